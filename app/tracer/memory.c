/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads of another task's memory. What it holds is hostile: every read is bounded, nothing is
 * expected to end with NUL, and a page that is not there cuts the answer (process_vm_readv(2)). */
#include <sys/uio.h>
#include <unistd.h>

#include "tracer/private.h"

/* The call transfers whole iovec elements only, so a range is split at page edges. */
enum { PAGES_A_CALL = 16 };

static size_t page_split(u64 addr, size_t n, struct iovec *remote, size_t *bytes)
{
	const size_t page = 4096;
	size_t parts = 0, sum = 0;

	while (sum < n && parts < PAGES_A_CALL) {
		size_t part = page - (size_t)((addr + sum) & (page - 1));
		if (part > n - sum)
			part = n - sum;
		remote[parts++] = (struct iovec){(void *)(uintptr_t)(addr + sum), part};
		sum += part;
	}
	*bytes = sum;
	return parts;
}

size_t memory_read(pid_t tid, u64 addr, void *buf, size_t n)
{
	size_t got = 0;

	while (got < n) {
		struct iovec remote[PAGES_A_CALL];
		size_t bytes, parts = page_split(addr + got, n - got, remote, &bytes);
		struct iovec local = {(u8 *)buf + got, bytes};
		ssize_t r = process_vm_readv(tid, &local, 1, remote, parts, 0);
		if (r <= 0)
			break;
		got += (size_t)r;
		if ((size_t)r < bytes)
			break;
	}
	return got;
}

size_t memory_read_string(pid_t tid, u64 addr, char *buf, size_t n)
{
	size_t got = memory_read(tid, addr, buf, n - 1);
	size_t len = strnlen(buf, got);

	buf[len] = 0;
	return len;
}

bool memory_write(pid_t tid, u64 addr, const void *buf, size_t n)
{
	struct iovec local = {(void *)(uintptr_t)buf, n};
	struct iovec remote = {(void *)(uintptr_t)addr, n};

	return process_vm_writev(tid, &local, 1, &remote, 1, 0) == (ssize_t)n;
}
