/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asking the kernel about a process's descriptors, by other means than app's. */
#ifndef ORACLE_ASK_H
#define ORACLE_ASK_H

#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/lib.h"

/* Does /proc/PID/fd/FD lead to "KIND:[INODE]" ("pipe", "socket")? */
static inline bool ask_link(int pid, int fd, const char *kind, u64 *ino)
{
	char path[64], text[64], form[32];
	ssize_t n;

	snprintf(path, sizeof path, "/proc/%d/fd/%d", pid, fd);
	n = readlink(path, text, sizeof text - 1);
	if (n < 0)
		return false;
	text[n] = '\0';
	snprintf(form, sizeof form, "%s:[%%lu]", kind);
	return sscanf(text, form, ino) == 1;
}

/* Its flags in octal, as fdinfo has them; ~0: it is gone. */
static inline unsigned long ask_flags(int pid, int fd)
{
	char path[64], line[128];
	unsigned long flags = ~0ul;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/fdinfo/%d", pid, fd);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof line, f))
		if (sscanf(line, "flags: %lo", &flags) == 1)
			break;
	if (f)
		fclose(f);
	return flags;
}

/* A descriptor of another process as one of ours, to be closed at once; -1: it cannot be had. */
static inline int ask_borrow(int pid, int fd)
{
	int pidfd = (int)syscall(SYS_pidfd_open, pid, 0), got = -1;

	if (pidfd >= 0) {
		got = (int)syscall(SYS_pidfd_getfd, pidfd, fd, 0);
		close(pidfd);
	}
	return got;
}

#endif
