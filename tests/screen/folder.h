/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One folder for all that a test program leaves in files. It goes when the program ends, however
 * that comes: a process of ours waits for that at the other end of a pipe. */
#ifndef FOLDER_H
#define FOLDER_H

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder_path[] = "/tmp/ipclab-tests-XXXXXX";
static int folder_alive[2] = {-1, -1}; /* its writing end is held by the tests */
static pid_t folder_owner, folder_cleaner;

static inline void folder_end(void)
{
	if (getpid() != folder_owner)
		return;
	close(folder_alive[1]);
	waitpid(folder_cleaner, NULL, 0);
}

/* In main, before the suite is run: what tests fork inherits it. */
static inline void folder_begin(void)
{
	char byte;

	if (!mkdtemp(folder_path) || pipe2(folder_alive, O_CLOEXEC) < 0) {
		perror(folder_path);
		exit(99);
	}
	folder_owner = getpid();
	fflush(NULL);
	folder_cleaner = fork();
	if (folder_cleaner == 0) {
		setsid(); /* neither ^C nor the end of the terminal is for it */
		close(folder_alive[1]);
		while (read(folder_alive[0], &byte, 1) > 0)
			;
		execlp("rm", "rm", "-rf", folder_path, (char *)NULL);
		_exit(127);
	}
	close(folder_alive[0]);
	atexit(folder_end);
}

/* A new folder in it. */
static inline bool folder_make(char *path, size_t n)
{
	snprintf(path, n, "%s/XXXXXX", folder_path);
	return mkdtemp(path) != NULL;
}

#endif
