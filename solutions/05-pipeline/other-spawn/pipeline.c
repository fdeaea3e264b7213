/* With posix_spawn; pipes with O_CLOEXEC, so that nobody has to close what is another's. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

int main(int argc, char **argv)
{
	pid_t pids[16];
	int n = 0, in = -1, result = 127;

	if (argc < 2)
		return 2;
	argv++;
	while (argv) {
		posix_spawn_file_actions_t to;
		char **next = argv;
		int fds[2], error;

		while (*next && strcmp(*next, "--"))
			next++;
		posix_spawn_file_actions_init(&to);
		if (in >= 0)
			posix_spawn_file_actions_adddup2(&to, in, 0);
		if (*next) {
			*next++ = NULL;
			if (pipe2(fds, O_CLOEXEC) < 0)
				return 1;
			posix_spawn_file_actions_adddup2(&to, fds[1], 1);
		} else {
			next = NULL;
		}
		error = posix_spawnp(&pids[n], argv[0], &to, NULL, argv, environ);
		if (error) {
			fprintf(stderr, "%s: %s\n", argv[0], strerror(error));
			pids[n] = -1;
		}
		n++;
		posix_spawn_file_actions_destroy(&to);
		if (in >= 0)
			close(in);
		if (next) {
			close(fds[1]);
			in = fds[0];
		}
		argv = next;
	}
	for (int i = 0; i < n; i++) {
		int status;

		if (pids[i] == -1) {
			result = 127;
			continue;
		}
		waitpid(pids[i], &status, 0);
		result = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	}
	return result;
}
