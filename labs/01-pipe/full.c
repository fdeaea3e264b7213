/* SPDX-License-Identifier: 0BSD */
/*
 * How much fits into a pipe?
 *
 *     full [BYTES [CAPACITY]]
 *
 * P1 writes BYTES bytes a call (4096 unless told) until the pipe's capacity is reached, and then
 * one byte more. P2 makes room: 4095 bytes, then one byte, then all the rest. CAPACITY asks for
 * another capacity; what the kernel makes of it is another matter. See pipe(7), fcntl(2).
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char bytes[1 << 20];

static void reader(int fd)
{
	ssize_t n = read(fd, bytes, 4095);

	if (n > 0)
		n = read(fd, bytes, 1);
	while (n > 0)
		n = read(fd, bytes, sizeof bytes);
}

static void writer(int fd, int each)
{
	int capacity = fcntl(fd, F_GETPIPE_SZ);
	int sum = 0;
	char letter = 'a';

	while (sum < capacity) {
		memset(bytes, letter, (size_t)each);
		letter = letter == 'z' ? 'a' : letter + 1;
		if (write(fd, bytes, (size_t)each) == -1) {
			perror("write");
			return;
		}
		sum += each;
	}
	if (write(fd, bytes, 1) == -1)
		perror("write of one byte more");
}

int main(int argc, char *argv[])
{
	int each = argc > 1 ? atoi(argv[1]) : 4096;
	int fds[2];

	if (each < 1 || each > (int)sizeof bytes || pipe(fds) == -1) {
		fprintf(stderr, "full [BYTES [CAPACITY]]: BYTES from 1 to %zu\n", sizeof bytes);
		return 1;
	}
	if (argc > 2 && fcntl(fds[1], F_SETPIPE_SZ, atoi(argv[2])) == -1)
		perror("F_SETPIPE_SZ");

	switch (fork()) {
	case -1:
		perror("fork");
		return 1;
	case 0: /* P2 */
		close(fds[1]);
		reader(fds[0]);
		return 0;
	}

	/* P1 */
	close(fds[0]);
	writer(fds[1], each);
	close(fds[1]);
	wait(NULL);
	return 0;
}
