/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Results at the edge: nothing asked, wrong end, closed, no such descriptor, memory that is bad or becomes so, a position in a
 * pipe. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static void *volatile nowhere = (void *)8;

static void show(const char *what, ssize_t n)
{
	printf("%s: %zd %s\n", what, n, n < 0 ? strerrorname_np(errno) : "");
}

int main(void)
{
	static char pages[3 * 4096];
	struct iovec v[3] = {{"ab", 2}, {NULL, 0}, {"cde", 3}}, half[2] = {{pages, sizeof pages}, {nowhere, 4000}};
	char text[16];
	int ends[2];

	if (pipe(ends) < 0)
		return 1;
	show("write nothing", write(ends[1], text, 0));
	show("read nothing", read(ends[0], text, 0));
	show("read the write end", read(ends[1], text, 1));
	show("write the read end", write(ends[0], text, 1));
	show("write bad memory", write(ends[1], nowhere, 10));
	show("writev", writev(ends[1], v, 3));
	show("read into bad memory", read(ends[0], nowhere, 2));
	v[0].iov_base = text;
	v[2].iov_base = text + 4;
	show("readv", readv(ends[0], v, 3));
	show("writev that comes to bad memory", writev(ends[1], half, 2));
	half[0].iov_len = 4096;
	show("readv that comes to bad memory", readv(ends[0], half, 2));
	show("what is left", read(ends[0], pages, sizeof pages));
	show("preadv2 at a position", preadv2(ends[0], v, 3, 1, 0));
	show("pwritev2 at a position", pwritev2(ends[1], v, 3, 0, 0));
	show("writev of 2^32 pieces", syscall(SYS_writev, ends[1], v, 1ul << 32));
	show("seek", lseek(ends[0], 0, SEEK_SET));
	close(ends[0]);
	show("read a closed one", read(ends[0], text, 1));
	show("close a closed one", close(ends[0]));
	show("dup a closed one", dup(ends[0]));
	show("dup2 to nowhere", dup2(ends[1], -1));
	show("dup2 to itself", dup2(ends[1], ends[1]) == ends[1] ? 0 : -1);
	return 0;
}
