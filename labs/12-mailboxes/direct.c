/* SPDX-License-Identifier: 0BSD */
/* direct: send(P2, message). Here the address is the process itself: a datagram socket
 * with its name. P1 sends one message while P2 lives, and one afterwards.
 *     Alone:  cc -o direct direct.c && ./direct; rm P1 P2
 *     (first started, P1 may send before P2 is there: nothing here makes it wait) */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static struct sockaddr_un address(const char *process)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};

	snprintf(a.sun_path, sizeof a.sun_path, "%s", process);
	return a;
}

/* "I am this process": from now on others can send to it. A datagram socket, so that
 * each message stays one, and no connection: unix(7). The name is a file; bind(2) fails
 * with EADDRINUSE when it is there from the last time. */
static int be(const char *process)
{
	struct sockaddr_un a = address(process);
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	bind(fd, (struct sockaddr *)&a, sizeof a);
	return fd;
}

static void send_to(int fd, const char *process, const char *text)
{
	struct sockaddr_un a = address(process);

	/* Every send names whom it is for: sendto(2). Another name for P2, and this
	 * program is to be changed. */
	if (sendto(fd, text, strlen(text) + 1, 0, (struct sockaddr *)&a, sizeof a) < 0)
		printf("send to %s: %s\n", process, strerror(errno));
}

/* receive(id, message): from anybody; who sent it comes along. */
static void receive(int fd)
{
	struct sockaddr_un from = {0};
	socklen_t n = sizeof from;
	char text[16];

	/* Sleeps until a message is there, and learns the sender's name with it:
	 * recvfrom(2). A sender that was never bound has none, and could not be
	 * answered. */
	if (recvfrom(fd, text, sizeof text, 0, (struct sockaddr *)&from, &n) > 0)
		printf("%s, from %s\n", text, from.sun_path);
}

int main(void)
{
	int fd = be("P1");

	/* P2 forgets P1's socket, which it has by fork, and becomes somebody itself. */
	if (fork() == 0) {
		fd = be("P2");
		receive(fd);
		return 0;
	}
	send_to(fd, "P2", "hello");
	/* P2 is gone after this: wait(2). Its socket is closed, the file with its name
	 * is still there. */
	wait(NULL);
	send_to(fd, "P2", "again");
	return 0;
}
