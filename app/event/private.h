/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The first page of a log, shared by its writer, its readers and their tests. */
#ifndef EVENT_PRIVATE_H
#define EVENT_PRIVATE_H

#include "event/lib.h"

#define LOG_ORDER     0x01020304u /* as the writer's machine stores it */
#define LOG_ARCH      62u         /* EM_X86_64: whose registers note_site holds */
#define LOG_SPACE_MIN (256ull << 20)

struct log_head {
	u8 magic[8];   /* LOG_MAGIC, written last */
	u32 version;   /* LOG_VERSION */
	u32 head_size; /* LOG_DATA */
	u32 order;     /* LOG_ORDER */
	u32 arch;
	u32 page_size;
	u32 complete;  /* atomic; 1: the writer closed it */
	u64 real_ns;   /* CLOCK_REALTIME when the log was made */
	u64 start_ns;  /* CLOCK_MONOTONIC at the same moment: t_ns counts from here */
	u64 events;    /* atomic, relaxed: records with a sequence number */
	u64 length;    /* atomic, released: a record exists when this covers it */
	char tool[64]; /* who wrote it */
};
_Static_assert(sizeof(struct log_head) == 128, "the first page is a file format");
_Static_assert(sizeof(struct rec) == 32, "a record is a file format");

/* Maps up to LOG_SPACE bytes of address space onto fd, halving down to `least` where a limit on
 * address space (RLIMIT_AS) refuses more. NULL with errno when even that is refused. */
void *log_map(int fd, int prot, u64 want, u64 least, u64 *space);

#endif
