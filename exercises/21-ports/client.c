/* client NAME WHO: connects to the port NAME, gets a handle, sends the numbers of its input through it and prints the answers.
 * client NAME K: K clients, one after the other. Given. */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

struct client {
	char who[32];
	int connection, handle;
};

static _Noreturn void complain(const struct client *c, const char *what)
{
	printf("%s: %s\n", c->who, what);
	exit(1);
}

/* The one descriptor that comes over the connection. */
static void handle_receive(struct client *c)
{
	char bytes[64], room[CMSG_SPACE(4 * sizeof(int))];
	struct iovec data = {bytes, sizeof bytes};
	struct msghdr m = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = room, .msg_controllen = sizeof room};
	ssize_t n = recvmsg(c->connection, &m, 0);
	struct cmsghdr *h = n > 0 ? CMSG_FIRSTHDR(&m) : NULL;

	if (n <= 0)
		complain(c, "the connection came to its end, and no handle was sent");
	if (!h || h->cmsg_type != SCM_RIGHTS)
		complain(c, "bytes came over the connection, and no handle beside them");
	if (h->cmsg_len != CMSG_LEN(sizeof(int)))
		complain(c, "more than one handle came");
	memcpy(&c->handle, CMSG_DATA(h), sizeof(int));
}

static void open_port(struct client *c, const char *name, const char *who)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	char request[64];

	snprintf(c->who, sizeof c->who, "%s", who);
	snprintf(a.sun_path, sizeof a.sun_path, "%s", name);
	c->connection = socket(AF_UNIX, SOCK_STREAM, 0);
	if (connect(c->connection, (struct sockaddr *)&a, sizeof a) < 0)
		complain(c, "nobody listens at the connection port");
	snprintf(request, sizeof request, "connect %s\n", who);
	if (write(c->connection, request, strlen(request)) < 0)
		complain(c, "the connection is gone");
	handle_receive(c);
}

/* Whether anything comes over the connection is looked at, too. */
static long ask(struct client *c, long number)
{
	char line[64];
	ssize_t n;

	n = snprintf(line, sizeof line, "%ld\n", number);
	if (send(c->handle, line, (size_t)n, MSG_NOSIGNAL) < 0)
		complain(c, "nobody reads what is sent through the handle");
	for (;;) {
		struct pollfd p[2] = {{.fd = c->handle, .events = POLLIN}, {.fd = c->connection, .events = POLLIN}};

		if (poll(p, 2, -1) < 0)
			continue;
		if (p[1].revents) {
			if (read(c->connection, line, sizeof line) > 0)
				complain(c, "an answer came over the connection, not through the handle");
			close(c->connection);
			c->connection = -1;
		}
		if (!p[0].revents)
			continue;
		n = read(c->handle, line, sizeof line - 1);
		if (n <= 0)
			complain(c, "the server has closed the private port");
		line[n] = '\0';
		return strtol(line, NULL, 10);
	}
}

static void close_port(struct client *c)
{
	char byte;

	close(c->handle);
	if (c->connection >= 0 && read(c->connection, &byte, 1) > 0)
		complain(c, "something came over the connection behind the handle");
	close(c->connection);
}

static int many(const char *name, long k)
{
	struct client c;
	char who[32];

	for (long i = 1; i <= k; i++) {
		snprintf(who, sizeof who, "c%ld", i);
		open_port(&c, name, who);
		if (ask(&c, i) != i)
			complain(&c, "the answer is wrong");
		close_port(&c);
	}
	printf("%ld clients, one after the other\n", k);
	return 0;
}

int main(int argc, char **argv)
{
	struct client c;
	char line[64];

	if (argc != 3)
		return 2;
	if (atol(argv[2]) > 0)
		return many(argv[1], atol(argv[2]));
	open_port(&c, argv[1], argv[2]);
	printf("%s has a port\n", c.who);
	fflush(stdout);
	while (fgets(line, sizeof line, stdin)) {
		printf("%s got %ld\n", c.who, ask(&c, atol(line)));
		fflush(stdout);
	}
	close_port(&c);
	return 0;
}
