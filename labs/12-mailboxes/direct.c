/* SPDX-License-Identifier: 0BSD */
/* direct: send(P2, message). Here the address is the process itself: a datagram socket with its name. */
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

/* "I am this process": from now on others can send to it. */
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

	if (sendto(fd, text, strlen(text) + 1, 0, (struct sockaddr *)&a, sizeof a) < 0)
		printf("send to %s: %s\n", process, strerror(errno));
}

/* receive(id, message): from anybody; who sent it comes along. */
static void receive(int fd)
{
	struct sockaddr_un from = {0};
	socklen_t n = sizeof from;
	char text[16];

	if (recvfrom(fd, text, sizeof text, 0, (struct sockaddr *)&from, &n) > 0)
		printf("%s, from %s\n", text, from.sun_path);
}

int main(void)
{
	int fd = be("P1");

	if (fork() == 0) {
		fd = be("P2");
		receive(fd);
		return 0;
	}
	send_to(fd, "P2", "hello");
	wait(NULL);
	send_to(fd, "P2", "again");
	return 0;
}
