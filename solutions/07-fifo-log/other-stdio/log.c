/* By stdio, with a second descriptor that only keeps the FIFO from ending. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *fifo;

static void leave(int sig)
{
	(void)sig;
	unlink(fifo);
	_exit(EXIT_SUCCESS);
}

int main(int argc, char *argv[])
{
	char *line = NULL;
	size_t n = 0;
	FILE *in;
	int keep;

	if (argc != 2)
		return 2;
	fifo = argv[1];
	signal(SIGTERM, leave);
	if (mkfifo(fifo, 0600)) {
		perror("mkfifo");
		return 1;
	}
	keep = open(fifo, O_RDWR);
	in = fopen(fifo, "r");
	if (keep < 0 || !in)
		return 1;
	while (getline(&line, &n, in) > 0) {
		fputs(line, stdout);
		fflush(stdout);
	}
	return 1;
}
