/* The pipe's ends close by themselves over exec; the process stands at its descriptor's number. */
#define _GNU_SOURCE
#include "my_popen.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t started[1024];

FILE *my_popen(const char *command, const char *type)
{
	int ends[2], reads = type[0] == 'r' && type[1] == '\0';
	FILE *stream;
	pid_t pid;

	if (!reads && !(type[0] == 'w' && type[1] == '\0')) {
		errno = EINVAL;
		return NULL;
	}
	if (pipe2(ends, O_CLOEXEC) < 0)
		return NULL;
	stream = reads ? fdopen(ends[0], "r") : fdopen(ends[1], "w");
	pid = vfork();
	if (pid == 0) {
		char *const argv[] = {"sh", "-c", (char *)command, NULL};

		if (reads)
			dup2(ends[1], STDOUT_FILENO);
		else
			dup2(ends[0], STDIN_FILENO);
		execv("/bin/sh", argv);
		_exit(127);
	}
	started[fileno(stream)] = pid;
	close(reads ? ends[1] : ends[0]);
	return stream;
}

int my_pclose(FILE *stream)
{
	pid_t pid = started[fileno(stream)];
	siginfo_t info;

	fclose(stream);
	do
		errno = 0;
	while (waitid(P_PID, pid, &info, WEXITED) < 0 && errno == EINTR);
	return info.si_code == CLD_EXITED ? info.si_status : 128 + info.si_status;
}
