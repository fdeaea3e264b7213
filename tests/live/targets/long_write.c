/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A write larger than the pipe goes on, though children end meanwhile: an ignored SIGCHLD must not
 * cut it short, being watched or not. The third time with SIGCHLD set to SIG_IGN. */
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static char bytes[300000];

static long read_to_end(int fd)
{
	long total = 0;
	ssize_t n;

	usleep(60000);
	while ((n = read(fd, bytes, 5000)) > 0)
		total += n;
	return total;
}

static void once(void)
{
	int ends[2];
	ssize_t n;
	long total;

	if (pipe(ends) < 0)
		_exit(1);
	for (int i = 1; i <= 3; i++)
		if (fork() == 0) {
			usleep((useconds_t)i * 10000);
			_exit(0);
		}
	if (fork() == 0) {
		close(ends[1]);
		total = read_to_end(ends[0]);
		printf("read in all: %ld\n", total);
		fflush(stdout);
		_exit(0);
	}
	close(ends[0]);
	n = write(ends[1], bytes, sizeof bytes);
	close(ends[1]);
	while (wait(NULL) > 0)
		;
	printf("one write: %zd\n", n);
	fflush(stdout);
}

int main(void)
{
	once();
	once();
	signal(SIGCHLD, SIG_IGN);
	once();
	return 0;
}
