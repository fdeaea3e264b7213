/* SPDX-License-Identifier: 0BSD */
/*
 * Two writers, one pipe. Each writes three records of SIZE equal bytes, one write a record. P1
 * reads them again, record by record, and looks whether all bytes of a record are the same.
 *
 *     two_writers [SIZE]
 *
 * The pipe is made as small as pipes can be, one page, so that it is full at once. Up to PIPE_BUF
 * bytes (4096 on Linux) a write goes in whole: pipe(7).
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { RECORDS = 3, MOST = 1 << 16 };

static char record[MOST];

static void writer(int fds[2], char letter, size_t size)
{
	close(fds[0]);
	memset(record, letter, size);
	for (int i = 0; i < RECORDS; i++)
		if (write(fds[1], record, size) != (ssize_t)size)
			perror("write");
}

/* One record, in as many reads as it takes. False at end of file. */
static int record_read(int fd, size_t size)
{
	size_t have = 0;
	ssize_t n = 1;

	while (have < size && n > 0) {
		n = read(fd, record + have, size - have);
		have += n > 0 ? (size_t)n : 0;
	}
	return have == size;
}

static int is_whole(size_t size)
{
	for (size_t i = 1; i < size; i++)
		if (record[i] != record[0])
			return 0;
	return 1;
}

int main(int argc, char *argv[])
{
	size_t size = argc > 1 ? (size_t)atoi(argv[1]) : 5000;
	int fds[2], torn = 0, all = 0;

	if (size < 1 || size > MOST || pipe(fds) == -1 || fcntl(fds[1], F_SETPIPE_SZ, 4096) == -1) {
		perror("two_writers [SIZE], up to 65536");
		return 1;
	}
	for (int i = 0; i < 2; i++)
		if (fork() == 0) { /* P2, then P3 */
			writer(fds, "AB"[i], size);
			return 0;
		}

	/* P1 */
	close(fds[1]);
	while (record_read(fds[0], size)) {
		all++;
		if (!is_whole(size)) {
			torn++;
			printf("record %d is torn\n", all);
		}
	}
	printf("%d of %d records are torn\n", torn, all);
	while (wait(NULL) > 0)
		;
	return 0;
}
