// verdict: WRONG
// scenario: one listener
// says: clock: listen: No such device
/* clock tick|listen GROUP PORT INTERFACE: tells the time to a group, and listens to it. */
#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct place {
	struct sockaddr_in group; /* and port */
	struct in_addr interface;
};

/* A socket that sends to the group, by the interface. */
static int tick_open(const struct place *p)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	(void)p;
	return fd;
}

/* One tick, to all that listen. -1: an error. */
static int send_tick(int fd, const struct place *p, const char *text, size_t n)
{
	return sendto(fd, text, n, 0, (const struct sockaddr *)&p->group, sizeof p->group) < 0 ? -1 : 0;
}

/* A socket that has the port. -1: an error. */
static int listen_open(const struct place *p)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = p->group.sin_port};
	int fd = socket(AF_INET, SOCK_DGRAM, 0), yes = 1;

	a.sin_addr.s_addr = htonl(INADDR_ANY);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes); /* several have it */
	return bind(fd, (struct sockaddr *)&a, sizeof a) < 0 ? -1 : fd;
}

/* Makes the socket a member of the group, or (yes is 0) a member no more. -1: an error. */
static int member(int fd, const struct place *p, int yes)
{
	struct ip_mreq m = {p->group.sin_addr, {htonl(INADDR_ANY)}};

	return setsockopt(fd, IPPROTO_IP, yes ? IP_ADD_MEMBERSHIP : IP_DROP_MEMBERSHIP, &m, sizeof m);
}

/* Each line of the input, as long as there are any. */
static int tick(const struct place *p)
{
	int fd = tick_open(p);
	char line[128];

	while (fgets(line, sizeof line, stdin)) {
		size_t n = strcspn(line, "\n");

		if (send_tick(fd, p, line, n) < 0) {
			perror("clock: send");
			return 1;
		}
	}
	return 0;
}

static void hear(int fd)
{
	char text[128];
	ssize_t n = recv(fd, text, sizeof text, 0);

	if (n >= 0)
		printf("%.*s\n", (int)n, text);
}

/* What comes from the group, and what is typed. */
static int listener(const struct place *p)
{
	int fd = listen_open(p);
	struct pollfd in[2] = {{.fd = fd, .events = POLLIN}, {.fd = STDIN_FILENO, .events = POLLIN}};
	char said[64];
	ssize_t n;

	if (fd < 0 || member(fd, p, 1) < 0) {
		perror("clock: listen");
		return 1;
	}
	while (poll(in, 2, -1) > 0) {
		if (in[0].revents)
			hear(fd);
		if (!in[1].revents)
			continue;
		n = read(STDIN_FILENO, said, sizeof said - 1);
		if (n <= 0)
			return 0;
		said[n] = '\0';
		if (member(fd, p, strncmp(said, "join", 4) == 0) < 0)
			perror("clock: member");
	}
	return 1;
}

int main(int argc, char **argv)
{
	struct place p = {.group = {.sin_family = AF_INET}};

	if (argc != 5 || inet_pton(AF_INET, argv[2], &p.group.sin_addr) != 1 || inet_pton(AF_INET, argv[4], &p.interface) != 1)
		return 2;
	p.group.sin_port = htons((unsigned short)atoi(argv[3]));
	return strcmp(argv[1], "tick") == 0 ? tick(&p) : listener(&p);
}
