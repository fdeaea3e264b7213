/* Opens the FIFO again when the last writer has gone. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static char path[1024];

static void on_term(int sig)
{
	(void)sig;
	unlink(path);
	_exit(0);
}

int main(int argc, char **argv)
{
	char c[256];
	int fd;

	if (argc < 2 || snprintf(path, sizeof path, "%s", argv[1]) >= (int)sizeof path)
		return 2;
	signal(SIGTERM, on_term);
	if (mkfifo(path, S_IRUSR | S_IWUSR) != 0)
		return 1;
	while ((fd = open(path, O_RDONLY)) >= 0) {
		ssize_t n;

		while ((n = read(fd, c, sizeof c)) > 0)
			if (write(1, c, n) != n)
				return 1;
		close(fd);
	}
	return 1;
}
