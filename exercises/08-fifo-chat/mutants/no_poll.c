// verdict: HANG
// scenario: one types nothing, the other one says much
// says: is full
/* fifo_chat HEAR SAY: what is typed goes into SAY, what comes out of HEAR is printed. One process, with poll. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int make(const char *name)
{
	return mkfifo(name, 0600) == 0 || errno == EEXIST;
}

/* A line of mine, a line of yours, in turn. */
static int talk(int hear, int say)
{
	FILE *in = fdopen(hear, "r");
	char *line = NULL;
	size_t room = 0;
	int heard = 1, typed = 1;

	while (typed || heard) {
		if (typed && getline(&line, &room, stdin) > 0) {
			if (write(say, line, strlen(line)) < 0)
				return 1;
		} else if (typed) {
			typed = 0;
			close(say);
		}
		if (heard && getline(&line, &room, in) > 0) {
			fputs(line, stdout);
			fflush(stdout);
		} else {
			heard = 0;
		}
	}
	free(line);
	return 0;
}

int main(int argc, char **argv)
{
	int hear, say;

	if (argc != 3)
		return 2;
	signal(SIGPIPE, SIG_IGN);
	if (!make(argv[1]) || !make(argv[2])) {
		perror("fifo_chat");
		return 1;
	}
	if (strcmp(argv[1], argv[2]) < 0) { /* so that the two do not both wait for the same */
		hear = open(argv[1], O_RDONLY);
		say = open(argv[2], O_WRONLY);
	} else {
		say = open(argv[2], O_WRONLY);
		hear = open(argv[1], O_RDONLY);
	}
	if (hear < 0 || say < 0)
		return 1;
	unlink(argv[1]); /* both have them open: the names are not needed any more */
	unlink(argv[2]);
	return talk(hear, say);
}
