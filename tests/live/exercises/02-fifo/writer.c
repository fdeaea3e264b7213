#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
int main(int argc, char **argv)
{
	int fd = open(argv[1], O_WRONLY), n = atoi(argv[3]);
	char l[64];
	for (int i = 1; argc > 3 && i <= n; i++) {
		snprintf(l, sizeof l, "%s%d\n", argv[2], i);
		write(fd, l, strlen(l));
	}
	return 0;
}
