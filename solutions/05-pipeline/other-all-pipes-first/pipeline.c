/* All pipes are made first; each child takes its two and closes the rest. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	char ***command = calloc((size_t)argc + 1, sizeof *command);
	int n = 0, (*p)[2], last_status = 0;
	pid_t *pid;

	if (argc < 2)
		return 2;
	command[n++] = argv + 1;
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], "--") == 0) {
			argv[i] = NULL;
			command[n++] = argv + i + 1;
		}
	p = calloc((size_t)n, sizeof *p);
	pid = calloc((size_t)n, sizeof *pid);
	for (int i = 0; i + 1 < n; i++)
		if (pipe(p[i]))
			return 1;
	for (int i = 0; i < n; i++) {
		pid[i] = fork();
		if (pid[i])
			continue;
		if (i > 0)
			dup2(p[i - 1][0], 0);
		if (i + 1 < n)
			dup2(p[i][1], 1);
		for (int k = 0; k + 1 < n; k++) {
			close(p[k][0]);
			close(p[k][1]);
		}
		execvp(command[i][0], command[i]);
		perror(command[i][0]);
		_exit(127);
	}
	for (int k = 0; k + 1 < n; k++) {
		close(p[k][0]);
		close(p[k][1]);
	}
	for (int i = 0; i < n; i++)
		waitpid(pid[i], &last_status, 0);
	free(p);
	free(pid);
	free(command);
	return WIFEXITED(last_status) ? WEXITSTATUS(last_status) : 128 + WTERMSIG(last_status);
}
