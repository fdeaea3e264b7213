/* posix_spawn does the redirecting. */
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
	posix_spawn_file_actions_t a;
	int status, error, fd;
	pid_t pid;

	if (argc < 3)
		return 2;
	fd = open(argv[1], O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0666);
	if (fd == -1)
		return 1;
	posix_spawn_file_actions_init(&a);
	posix_spawn_file_actions_adddup2(&a, fd, 1);
	posix_spawn_file_actions_adddup2(&a, fd, 2);
	error = posix_spawnp(&pid, argv[2], &a, NULL, argv + 2, environ);
	if (error) {
		dprintf(fd, "%s: %s\n", argv[2], strerror(error));
		return 127;
	}
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
