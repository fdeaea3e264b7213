// verdict: LEAK
/* pipeline CMD1 -- CMD2 -- ...: runs them all, the output of each being the input of the next. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { STAGES = 16 };

/* Cuts the arguments at "--": where each command begins. */
static int commands_find(char **argv, char **commands[])
{
	int n = 0;

	commands[n++] = argv;
	for (; *argv; argv++)
		if (strcmp(*argv, "--") == 0 && n < STAGES) {
			*argv = NULL;
			commands[n++] = argv + 1;
		}
	return n;
}

/* The child of one stage: in and out become its standard streams. -1: as they are. */
static void stage_run(char **command, int in, int out)
{
	if (in >= 0) {
		dup2(in, STDIN_FILENO);
		close(in);
	}
	if (out >= 0) {
		dup2(out, STDOUT_FILENO);
		close(out);
	}
	execvp(command[0], command);
	fprintf(stderr, "%s: %s\n", command[0], strerror(errno));
	_exit(127);
}

int main(int argc, char **argv)
{
	char **commands[STAGES];
	pid_t last = -1;
	int n, in = -1, fds[2], status = 0, result = 127;

	if (argc < 2)
		return 2;
	n = commands_find(argv + 1, commands);
	for (int i = 0; i < n; i++) {
		int more = i + 1 < n;

		if (more && pipe(fds) < 0)
			return 1;
		last = fork();
		if (last == 0) {
			stage_run(commands[i], in, more ? fds[1] : -1);
		}
		if (in >= 0)
			close(in);
		if (more) {
			close(fds[1]); /* or the next stage never sees the end */
			in = fds[0];
		}
	}
	for (pid_t pid; (pid = wait(&status)) > 0;)
		if (pid == last)
			result = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	return result;
}
