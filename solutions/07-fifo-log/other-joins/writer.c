/* writer FIFO: sends each line of standard input to the log, whole. */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t n;
	int fd;

	if (argc != 2)
		return 2;
	fd = open(argv[1], O_WRONLY);
	if (fd < 0) {
		perror(argv[1]);
		return 1;
	}
	while ((n = getline(&line, &room, stdin)) > 0) {
		if (n > PIPE_BUF) {
			fprintf(stderr, "a line is longer than %d bytes\n", PIPE_BUF);
			return 1;
		}
		if (write(fd, line, (size_t)n) != n) /* one write: nobody comes in between */
			return 1;
	}
	free(line);
	return 0;
}
