/* SPDX-License-Identifier: GPL-3.0-or-later */
/* exec from a thread that is not the first, while another sleeps in a read: the new program has the
 * leader's id, the ends without close-on-exec, and one thread. */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int ends[2], closed[2];
static char **args;

static void *sleeper(void *arg)
{
	char byte;

	return read(ends[0], &byte, 1) < 0 ? arg : NULL;
}

static void *execer(void *arg)
{
	char text[32];
	char *next[] = {args[0], text, NULL};

	snprintf(text, sizeof text, "%d", (int)getpid());
	execv("/proc/self/exe", next);
	return arg;
}

int main(int argc, char **argv)
{
	pthread_t one, two;
	char byte = 'x';
	ssize_t n;

	args = argv;
	if (argc > 1) {
		printf("same pid: %s\n", atoi(argv[1]) == getpid() ? "ok" : "NOT OK");
		printf("write: %zd\n", write(4, &byte, 1));
		n = read(3, &byte, 1);
		printf("read: %zd %c\n", n, byte);
		printf("close-on-exec: %s\n",
			fcntl(5, F_GETFD) < 0 && fcntl(6, F_GETFD) < 0 ? "ok" : "NOT OK");
		return 3;
	}
	close_range(3, 100, 0);
	if (pipe(ends) < 0 || pipe2(closed, O_CLOEXEC) < 0)
		return 1;
	pthread_create(&one, NULL, sleeper, NULL);
	usleep(20000);
	pthread_create(&two, NULL, execer, NULL);
	pthread_join(two, NULL);
	return 1;
}
