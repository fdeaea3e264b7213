/* A child for each client. Two sockets joined by hand would do, too; here socketpair, and the handle goes with a whole line. */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static void give(int connection, int *handle)
{
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(int))];
	} control = {.header = {.cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS}};
	struct iovec text = {"here you are\n", 13};
	struct msghdr message = {NULL, 0, &text, 1, &control, sizeof control.room, 0};

	memcpy(CMSG_DATA(&control.header), handle, sizeof *handle);
	if (sendmsg(connection, &message, MSG_NOSIGNAL) < 0)
		perror("sendmsg");
	close(*handle);
}

static void talk(int port, const char *who)
{
	FILE *in = fdopen(port, "r");
	long sum = 0, number;

	while (fscanf(in, "%ld", &number) == 1) {
		getc(in);
		sum += number;
		dprintf(port, "%ld\n", sum);
	}
	printf("%s has gone: %ld\n", who, sum);
	fclose(in);
}

int main(int argc, char **argv)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	int listener = socket(AF_UNIX, SOCK_STREAM, 0), clients;

	if (argc != 3)
		return 2;
	signal(SIGPIPE, SIG_IGN);
	clients = atoi(argv[2]);
	strcpy(a.sun_path, argv[1]);
	if (bind(listener, (struct sockaddr *)&a, sizeof a) < 0 || listen(listener, clients) < 0)
		return 1;
	for (int i = 0; i < clients; i++) {
		int connection = accept(listener, NULL, NULL), ends[2];
		char who[32] = "";
		FILE *request;

		while (waitpid(-1, NULL, WNOHANG) > 0) /* those who have gone meanwhile */
			;
		request = fdopen(dup(connection), "r");
		if (fscanf(request, "connect %31s", who) != 1)
			return 1;
		fclose(request);
		socketpair(AF_UNIX, SOCK_STREAM, 0, ends);
		if (fork() == 0) {
			close(listener);
			close(connection);
			close(ends[1]);
			talk(ends[0], who);
			exit(0);
		}
		close(ends[0]);
		give(connection, &ends[1]);
		close(connection);
	}
	while (wait(NULL) > 0)
		;
	close(listener);
	remove(argv[1]);
	return 0;
}
