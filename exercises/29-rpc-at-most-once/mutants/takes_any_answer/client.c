// verdict: WRONG
// scenario: the network doubles a call and an answer
// says: expected "6
/* client PORT NAME N...: a call for each N, repeated until it is answered. */
#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { TRIES = 10, WAIT_MS = 200 };

static long long clock_ns(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

/* The answer, if it comes before the time is over. */
static int answered(int fd, long long *sum)
{
	long long until = clock_ns(CLOCK_MONOTONIC) + WAIT_MS * 1000000LL, left, number;
	char text[128], who[24];

	while ((left = until - clock_ns(CLOCK_MONOTONIC)) > 0) {
		struct pollfd p = {.fd = fd, .events = POLLIN};
		ssize_t n;

		if (poll(&p, 1, (int)(left / 1000000) + 1) <= 0)
			continue;
		n = recv(fd, text, sizeof text - 1, 0);
		text[n > 0 ? n : 0] = '\0';
		if (sscanf(text, "%20s %lld %lld", who, &number, sum) == 3)
			return 1;
	}
	return 0;
}

static int call(int fd, const char *name, long long xid, const char *n, long long *sum)
{
	char text[128];
	int length = snprintf(text, sizeof text, "%s %lld add %s", name, xid, n);

	for (int i = 0; i < TRIES; i++) {
		send(fd, text, (size_t)length, 0); /* each time the same bytes */
		if (answered(fd, sum))
			return 1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct sockaddr_in a = {.sin_family = AF_INET};
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	long long xid = clock_ns(CLOCK_REALTIME), sum; /* larger than in every run before */

	if (argc < 3)
		return 2;
	a.sin_port = htons((unsigned short)atoi(argv[1]));
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	connect(fd, (struct sockaddr *)&a, sizeof a);
	for (int i = 3; i < argc; i++, xid++) {
		if (!call(fd, argv[2], xid, argv[i], &sum)) {
			puts("unknown");
			return 1;
		}
		printf("%lld\n", sum);
		fflush(stdout);
	}
	return 0;
}
