/* SPDX-License-Identifier: 0BSD */
/* A small file to be mapped, made anew by each program in the folder where it is
 * started. For the programs of this lab. */
#ifndef FILE_H
#define FILE_H

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define NAME "notes"

/* The file with that text in it, open for both. Ends the program when the folder cannot be written to. */
static inline int file_make(const char *text)
{
	int fd = open(NAME, O_RDWR | O_CREAT | O_TRUNC, 0600);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		exit(1);
	return fd;
}

/* Addresses for `size` bytes of the file, to be read and written. flags: MAP_SHARED or
 * MAP_PRIVATE. The descriptor may be closed afterwards: the mapping stays until
 * munmap(2) or the end of the process. Ends the program when it fails. */
static inline void *file_map(int fd, size_t size, int flags)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, flags, fd, 0);

	if (p == MAP_FAILED)
		exit(1);
	return p;
}

/* What is in the file, as one who reads it gets it. */
static inline void file_print(void)
{
	char text[64];
	int fd = open(NAME, O_RDONLY);
	ssize_t n = read(fd, text, sizeof text - 1);

	text[n < 0 ? 0 : n] = '\0';
	printf("the file: %s\n", text);
	close(fd);
}

#endif
