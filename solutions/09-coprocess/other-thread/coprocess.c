/* A thread feeds the command; pipes are stdio streams. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static FILE *to;

static void *feed(void *unused)
{
	int c;

	while ((c = getchar()) != EOF)
		if (putc(c, to) == EOF)
			break;
	fclose(to);
	return unused;
}

int main(int argc, char **argv)
{
	int in[2], out[2], c, status;
	pthread_t thread;
	FILE *from;
	pid_t pid;

	if (argc < 2)
		return 2;
	if (pipe2(in, O_CLOEXEC) < 0 || pipe2(out, O_CLOEXEC) < 0)
		return 1;
	if ((pid = fork()) == 0) {
		dup2(in[0], 0);
		dup2(out[1], 1);
		execvp(argv[1], &argv[1]);
		perror("exec");
		_exit(127);
	}
	signal(SIGPIPE, SIG_IGN);
	close(in[0]);
	close(out[1]);
	to = fdopen(in[1], "w");
	from = fdopen(out[0], "r");
	pthread_create(&thread, NULL, feed, NULL);
	while ((c = getc(from)) != EOF)
		putchar(c);
	fflush(stdout);
	waitpid(pid, &status, 0);
	exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}
