/* By posix_spawn: what the child does between fork and exec is a list of file actions. */
#define _GNU_SOURCE
#include "my_popen.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

struct open_stream {
	FILE *file;
	pid_t pid;
	struct open_stream *next;
};
static struct open_stream *first;

FILE *my_popen(const char *command, const char *type)
{
	char *argv[] = {"sh", "-c", strdup(command), NULL};
	struct open_stream *s;
	posix_spawn_file_actions_t actions;
	int ends[2], error, reads = strcmp(type, "r") == 0;

	if (!reads && strcmp(type, "w") != 0) {
		free(argv[2]);
		errno = EINVAL;
		return NULL;
	}
	if (pipe(ends) < 0)
		return NULL;
	fcntl(ends[reads ? 0 : 1], F_SETFD, FD_CLOEXEC);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, ends[reads], reads);
	posix_spawn_file_actions_addclose(&actions, ends[reads]);
	s = malloc(sizeof *s);
	error = posix_spawn(&s->pid, "/bin/sh", &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	free(argv[2]);
	close(ends[reads]);
	if (error) {
		close(ends[!reads]);
		free(s);
		errno = error;
		return NULL;
	}
	s->file = fdopen(ends[!reads], type);
	s->next = first;
	first = s;
	return s->file;
}

int my_pclose(FILE *stream)
{
	struct open_stream **at = &first, *s;
	int status;

	while (*at && (*at)->file != stream)
		at = &(*at)->next;
	if (!*at)
		return -1;
	s = *at;
	*at = s->next;
	fclose(stream);
	waitpid(s->pid, &status, 0);
	free(s);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
