/* echo PORT [RULE NUMBER]...: sends back each datagram `NUMBER TEXT` that comes to UDP port PORT, over a network with these rules.
 *   lose-line N      line N does not arrive, the first time        lose-answer N    its answer does not, the first time
 *   late N           the answer to line N comes once more, before the answer to line N + 1
 *   stranger N       somebody else answers line N first, and not with the truth
 *   silent N         no answer from line N on
 * Given. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static char **rules;
static int rules_n;
static struct sockaddr_in client;

static long rule(const char *name)
{
	for (int i = 0; i + 1 < rules_n; i += 2)
		if (strcmp(rules[i], name) == 0)
			return atol(rules[i + 1]);
	return 0;
}

static void answer(int fd, const char *text, size_t n)
{
	sendto(fd, text, n, 0, (struct sockaddr *)&client, sizeof client);
}

static void lie(long number)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	char text[64];
	int n = snprintf(text, sizeof text, "%ld from a stranger", number);

	answer(fd, text, (size_t)n);
	close(fd);
}

int main(int argc, char **argv)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(argc > 1 ? argv[1] : "0"))};
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	char text[2048], late[2048];
	long number, last = 0;
	size_t late_n = 0;
	ssize_t n;

	rules = argv + 2;
	rules_n = argc - 2;
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(fd, (struct sockaddr *)&a, sizeof a) < 0)
		return 1;
	for (;; last = number) {
		socklen_t size = sizeof client;
		int first;

		if ((n = recvfrom(fd, text, sizeof text - 1, 0, (struct sockaddr *)&client, &size)) < 0)
			return 1;
		text[n] = '\0';
		number = atol(text);
		first = number != last;
		if (rule("silent") && number >= rule("silent"))
			continue;
		if (first && (number == rule("lose-line") || number == rule("lose-answer")))
			continue;
		if (late_n && number == rule("late") + 1) {
			answer(fd, late, late_n);
			late_n = 0;
		}
		if (first && number == rule("stranger"))
			lie(number);
		answer(fd, text, (size_t)n);
		if (first && number == rule("late"))
			memcpy(late, text, late_n = (size_t)n);
	}
}
