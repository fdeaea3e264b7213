#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
int main(int argc, char **argv)
{
	char b[4096]; ssize_t n;
	if (argc < 2 || mkfifo(argv[1], 0600)) return 1;
	int fd = open(argv[1], O_RDONLY);
	while ((n = read(fd, b, sizeof b)) > 0)
		fwrite(b, 1, n, stdout);
	unlink(argv[1]);
	return 0;
}
