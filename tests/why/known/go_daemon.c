/* SPDX-License-Identifier: GPL-3.0-or-later */
/* As os/exec's CombinedOutput: a goroutine copies the output to its end while Wait waits; the command left a daemon.
 *
 * URL: https://github.com/golang/go/issues/13155
 * diagnosis: the command forked a daemon that keeps the pipe; Wait waits for the copying goroutine, not for the command alone
 *
 * why HANG
 * why outside WAITS
 * why P1 futex other @wait <- P1/2
 * why P1/2 read pipe @copy <- P2 write inherited @dup
 * why P2 pause signal @daemon <- nobody
 */
#include <fcntl.h>
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

static int ends[2];

static void *copy(void *arg)
{
	char bytes[4096];

	while (read(ends[0], bytes, sizeof bytes) > 0) /* @copy */
		;
	return arg;
}

static void command(void)
{
	if (fork() == 0) {
		setsid();
		pause(); /* @daemon */
	}
	(void)!write(1, "daemon started\n", 15);
	_exit(0);
}

int main(void)
{
	pthread_t goroutine;
	pid_t child;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return 1;
	child = fork();
	if (child == 0) {
		dup2(ends[1], 1); /* @dup */
		close(ends[0]);
		close(ends[1]);
		command();
	}
	close(ends[1]);
	pthread_create(&goroutine, NULL, copy, NULL);
	waitpid(child, NULL, 0);
	pthread_join(goroutine, NULL); /* @wait */
	return 0;
}
