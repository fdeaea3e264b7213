/* SPDX-License-Identifier: GPL-3.0-or-later */
/* 1 GiB of shared memory, of which three pages are touched; then says how many pages it has. */
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { GIB = 1 << 30 };

int main(void)
{
	int fd = memfd_create("large", MFD_CLOEXEC);
	struct stat st;
	char *p;

	if (ftruncate(fd, GIB) < 0)
		return 1;
	p = mmap(NULL, GIB, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	p[0] = 'a';
	p[GIB / 2] = 'b';
	p[GIB - 1] = 'c';
	p[GIB / 2 + 1] = (char)(p[GIB / 2] + 1);
	fstat(fd, &st);
	printf("%c%c%c%c, %ld pages\n", p[0], p[GIB / 2], p[GIB / 2 + 1], p[GIB - 1], (long)st.st_blocks / 8);
	return 0;
}
