// verdict: TOO SLOW
// scenario: no answer ever comes
// says: it has not ended after 6 s
/* reliable PORT: an answer for each line of the input, over UDP. */
#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { WAIT_MS = 200 };

static long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int server_at(int port)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	/* From now on only what comes from there is taken. */
	if (fd < 0 || connect(fd, (struct sockaddr *)&a, sizeof a) < 0) {
		perror("reliable");
		exit(1);
	}
	return fd;
}

/* The text of the answer to that line, if it comes in time. */
static char *answer(int fd, long number)
{
	static char got[2000];
	long until = now_ms() + WAIT_MS, left;

	while ((left = until - now_ms()) > 0) {
		struct pollfd p = {.fd = fd, .events = POLLIN};
		char *text;
		ssize_t n;

		if (poll(&p, 1, (int)left) <= 0)
			continue;
		n = recv(fd, got, sizeof got - 1, 0);
		got[n > 0 ? n : 0] = '\0';
		if (strtol(got, &text, 10) == number && *text == ' ')
			return text + 1;
	}
	return NULL;
}

int main(int argc, char **argv)
{
	char line[1100], out[1200], *text;
	int fd;

	if (argc != 2)
		return 2;
	fd = server_at(atoi(argv[1]));
	for (long number = 1; fgets(line, sizeof line, stdin); number++) {
		int n = 0;

		line[strcspn(line, "\n")] = '\0';
		n = snprintf(out, sizeof out, "%ld %s", number, line);
		do {
			send(fd, out, (size_t)n, 0);
		} while (!(text = answer(fd, number)));
		puts(text);
	}
	return 0;
}
