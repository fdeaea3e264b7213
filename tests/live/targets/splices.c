/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tee copies, splice moves, vmsplice puts in, sendfile from a file into a pipe. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/uio.h>
#include <unistd.h>

static void show(const char *what, int fd)
{
	char text[64] = "";
	ssize_t n = read(fd, text, sizeof text - 1);

	printf("%s: %zd %s\n", what, n, text);
}

int main(void)
{
	struct iovec v = {"given", 5};
	int a[2], b[2], file;

	if (pipe(a) < 0 || pipe(b) < 0 || write(a[1], "hello world", 11) != 11)
		return 1;
	printf("tee %zd\n", tee(a[0], b[1], 5, 0));
	show("copied", b[0]);
	printf("splice %zd\n", splice(a[0], NULL, b[1], NULL, 100, 0));
	show("moved", b[0]);
	printf("vmsplice %zd\n", vmsplice(a[1], &v, 1, 0));
	show("put in", a[0]);
	file = open("/etc/passwd", O_RDONLY);
	printf("splice from a file %zd\n", splice(file, NULL, a[1], NULL, 4, 0));
	show("from a file", a[0]);
	file = open("/dev/null", O_WRONLY);
	if (write(a[1], "gone", 4) != 4)
		return 1;
	printf("splice away %zd\n", splice(a[0], NULL, file, NULL, 100, 0));
	file = open("/etc/passwd", O_RDONLY);
	printf("sendfile %zd\n", sendfile(a[1], file, NULL, 4));
	show("sent", a[0]);
	return 0;
}
