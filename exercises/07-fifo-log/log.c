/* log FIFO: prints every line that anybody writes into the FIFO, until
 * SIGTERM. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *name;

static void end(int sig)
{
	(void)sig;
	/* Yours: what must be done before the log ends? */
	_exit(0);
}

int main(int argc, char **argv)
{
	struct sigaction sa = {.sa_handler = end};
	char buf[4096];
	ssize_t n;
	int fd;

	if (argc != 2)
		return 2;
	name = argv[1];
	sigaction(SIGTERM, &sa, NULL);
	if (mkfifo(name, 0600) < 0) {
		perror(name);
		return 1;
	}
	fd = open(name, O_RDONLY);
	if (fd < 0)
		return 1;
	/* Yours: one writer's end is not the end of the log. */
	while ((n = read(fd, buf, sizeof buf)) > 0)
		for (ssize_t done = 0, w; done < n; done += w)
			if ((w = write(STDOUT_FILENO, buf + done, (size_t)(n - done))) < 0)
				return 1;
	return 0;
}
