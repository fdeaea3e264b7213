// verdict: WRONG
// scenario: the output of a command
// says: expected "got 1\n", got "EINVAL\n"
/* popen and pclose, by hand. */
#include "my_popen.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST = 64 };
static struct { /* what is open */
	FILE *stream;
	pid_t pid;
} table[MOST];

/* In the child: nothing of the streams that were opened before is for it. */
static void become(const char *command, const int *ends, int mine)
{
	for (int i = 0; i < MOST; i++)
		if (table[i].stream)
			close(fileno(table[i].stream));
	dup2(ends[mine], mine);
	close(ends[0]);
	close(ends[1]);
	execl("/bin/sh", "sh", "-c", command, (char *)NULL);
	_exit(127);
}

FILE *my_popen(const char *command, const char *type)
{
	int ends[2], mine, at = 0; /* mine: the command's end, and which standard stream it becomes */

	if (strcmp(type, "r") != 0 && strcmp(type, "w") != 0) {
		errno = EINVAL;
		return NULL;
	}
	mine = type[0] == 'r' ? 0 : 1;
	while (at < MOST && table[at].stream)
		at++;
	if (at == MOST) {
		errno = EMFILE;
		return NULL;
	}
	if (pipe(ends) < 0)
		return NULL;
	table[at].pid = fork();
	if (table[at].pid == 0)
		become(command, ends, mine);
	close(ends[mine]);
	if (table[at].pid < 0) {
		close(ends[!mine]);
		return NULL;
	}
	table[at].stream = fdopen(ends[!mine], type);
	return table[at].stream;
}

int my_pclose(FILE *stream)
{
	int status, at = 0;

	while (at < MOST && table[at].stream != stream)
		at++;
	if (at == MOST) {
		errno = EINVAL;
		return -1;
	}
	table[at].stream = NULL;
	fclose(stream); /* before the wait: the command may wait for the end of its input */
	while (waitpid(table[at].pid, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
