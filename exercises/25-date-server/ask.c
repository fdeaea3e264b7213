/* ask PORT N: a client of the date server. Gets a line, and N - 1 more, each for a newline; then it ends its sending, and wants the
 * end. Prints what it got. Given. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* A line is what `date -u '+%F %T'` prints, and is of this minute or so. */
static int is_now(const char *line)
{
	struct tm t = {0};
	const char *rest = strptime(line, "%Y-%m-%d %H:%M:%S\n", &t);
	long off = rest && !*rest ? (long)(timegm(&t) - time(NULL)) : 3600;

	return off > -120 && off < 120;
}

/* Up to a newline, the end, or until there is no room. */
static int get_line(int fd, char *line, int room)
{
	int n = 0;

	while (n < room - 1 && read(fd, line + n, 1) == 1 && line[n++] != '\n')
		;
	line[n] = '\0';
	return n;
}

int main(int argc, char **argv)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(argc > 1 ? argv[1] : "0"))};
	int fd = socket(AF_INET, SOCK_STREAM, 0), times = atoi(argc > 2 ? argv[2] : "1");
	char line[128];

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (connect(fd, (struct sockaddr *)&a, sizeof a) < 0) {
		perror("ask: no connection");
		return 1;
	}
	for (int i = 0; i < times; i++) {
		if (i > 0 && send(fd, "\n", 1, MSG_NOSIGNAL) != 1)
			return 1;
		if (get_line(fd, line, sizeof line) == 0) {
			printf("the end, and no line\n");
			return 1;
		}
		printf("%s", is_now(line) ? "the date and the time\n" : line);
	}
	shutdown(fd, SHUT_WR);
	if (get_line(fd, line, sizeof line) > 0) {
		printf("one more: %s\n", line);
		return 1;
	}
	printf("the end\n");
	return 0;
}
