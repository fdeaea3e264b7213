/* ports NAME N: a connection port; for each of N clients a private one. One process, with poll. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { MOST = 64 };
static struct client { /* behind each private port */
	char who[32];
	long sum;
} clients[MOST];
static struct pollfd ports[MOST]; /* 0: the connection port; the others: our ends of the private ones */
static int used = 1;

static _Noreturn void fail(const char *what)
{
	perror(what);
	exit(1);
}

static int publish(const char *name)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	strncpy(a.sun_path, name, sizeof a.sun_path - 1);
	if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof a) < 0 || listen(fd, 16) < 0)
		fail(name);
	return fd;
}

static void handle_send(int over, int handle)
{
	char byte = 'h', room[CMSG_SPACE(sizeof(int))] = {0};
	struct iovec data = {&byte, 1}; /* without a byte nothing is sent */
	struct msghdr m = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = room, .msg_controllen = sizeof room};
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);

	c->cmsg_len = CMSG_LEN(sizeof(int));
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	memcpy(CMSG_DATA(c), &handle, sizeof(int));
	sendmsg(over, &m, 0);
}

static void welcome(void)
{
	int connection = accept(ports[0].fd, NULL, NULL), pair[2];
	char request[64];
	ssize_t n;

	if (connection < 0)
		fail("accept");
	n = read(connection, request, sizeof request - 1);
	request[n > 0 ? n : 0] = '\0';
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0)
		fail("socketpair");
	if (used == MOST || sscanf(request, "connect %31s", clients[used].who) != 1) {
		close(connection);
		return;
	}
	handle_send(connection, pair[1]);
	close(pair[1]); /* it is the client's now: else we would never see its end */
	close(connection);
	clients[used].sum = 0;
	ports[used++] = (struct pollfd){.fd = pair[0], .events = POLLIN};
}

/* False: the client has gone. */
static int serve(int i)
{
	char line[64];
	ssize_t n = read(ports[i].fd, line, sizeof line - 1);

	if (n <= 0) {
		printf("%s has gone: %ld\n", clients[i].who, clients[i].sum);
		fflush(stdout);
		close(ports[i].fd);
		return 0;
	}
	line[n] = '\0';
	clients[i].sum += atol(line);
	n = snprintf(line, sizeof line, "%ld\n", clients[i].sum);
	send(ports[i].fd, line, (size_t)n, MSG_NOSIGNAL);
	return 1;
}

int main(int argc, char **argv)
{
	int left = argc == 3 ? atoi(argv[2]) : 0;

	if (left < 1)
		return 2;
	ports[0] = (struct pollfd){.fd = publish(argv[1]), .events = POLLIN};
	while (left) {
		if (poll(ports, (nfds_t)used, -1) < 0)
			continue;
		for (int i = used - 1; i > 0; i--)
			if (ports[i].revents && !serve(i)) {
				ports[i] = ports[--used];
				clients[i] = clients[used];
				left--;
			}
		if (ports[0].revents)
			welcome();
	}
	unlink(argv[1]);
	return 0;
}
