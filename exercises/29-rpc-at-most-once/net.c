/* net PORT TO [RULE WHICH]...: a network between a client, who sends to PORT, and a server at TO. Calls and answers are counted from 1.
 * RULE is lose-call, lose-answer, double-call or double-answer; WHICH is a number, or 2- for the second one and all behind it.
 * Given. */
#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static char **rules;
static int rules_n;

static int struck(const char *rule, long nth)
{
	for (int i = 0; i + 1 < rules_n; i += 2) {
		char *rest;
		long from = strtol(rules[i + 1], &rest, 10);

		if (strcmp(rules[i], rule) == 0 && (nth == from || (*rest == '-' && nth > from)))
			return 1;
	}
	return 0;
}

static int at_port(const char *port, int (*join)(int, const struct sockaddr *, socklen_t))
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(port))};
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || join(fd, (struct sockaddr *)&a, sizeof a) < 0) {
		perror("net");
		exit(1);
	}
	return fd;
}

/* How often the next one goes on: not at all, once, twice. */
static int times(const char *lose, const char *twice, long nth)
{
	return struck(lose, nth) ? 0 : struck(twice, nth) ? 2 : 1;
}

int main(int argc, char **argv)
{
	struct sockaddr_in client = {0};
	struct pollfd p[2] = {{.events = POLLIN}, {.events = POLLIN}};
	long calls = 0, answers = 0;
	char buf[2048];
	ssize_t n;

	if (argc < 3)
		return 2;
	rules = argv + 3;
	rules_n = argc - 3;
	p[0].fd = at_port(argv[1], bind);
	p[1].fd = at_port(argv[2], connect);
	while (poll(p, 2, -1) > 0) {
		socklen_t size = sizeof client;

		if (p[0].revents && (n = recvfrom(p[0].fd, buf, sizeof buf, 0, (struct sockaddr *)&client, &size)) >= 0)
			for (int i = times("lose-call", "double-call", ++calls); i > 0; i--)
				send(p[1].fd, buf, (size_t)n, 0);
		if (p[1].revents && (n = recv(p[1].fd, buf, sizeof buf, 0)) >= 0)
			for (int i = times("lose-answer", "double-answer", ++answers); i > 0; i--)
				sendto(p[0].fd, buf, (size_t)n, 0, (struct sockaddr *)&client, sizeof client);
	}
	return 1;
}
