/* Waits for the first writer, and then is one itself: from then on there is always one, and no end of file. (To open the FIFO
 * again after an end of file is too late for a writer who came and went in between.) */
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
	ssize_t n;
	int fd;

	if (argc < 2 || snprintf(path, sizeof path, "%s", argv[1]) >= (int)sizeof path)
		return 2;
	signal(SIGTERM, on_term);
	if (mkfifo(path, S_IRUSR | S_IWUSR) != 0)
		return 1;
	fd = open(path, O_RDONLY);
	if (fd < 0 || open(path, O_WRONLY) < 0)
		return 1;
	while ((n = read(fd, c, sizeof c)) > 0)
		if (write(1, c, n) != n)
			return 1;
	return 1;
}
