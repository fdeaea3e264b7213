// verdict: HANG
// scenario: one after the other
// says: no connection to sock1
/* date_server PORT N: the date and the time for N clients, several at the same time. A child for each. */
#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int listen_at(int port)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
	if (bind(fd, (struct sockaddr *)&a, sizeof a) < 0 || listen(fd, 16) < 0) {
		perror("date_server");
		exit(1);
	}
	return fd;
}

/* -1: the client is gone. */
static int send_date(int fd)
{
	time_t now = time(NULL);
	struct tm t;
	char line[32];
	size_t n = strftime(line, sizeof line, "%F %T\n", gmtime_r(&now, &t));

	return send(fd, line, n, 0) == (ssize_t)n ? 0 : -1;
}

/* One client, up to the end of what he sends. */
static void serve(int fd)
{
	char buf[256];
	ssize_t n;

	if (send_date(fd) < 0)
		return;
	while ((n = recv(fd, buf, sizeof buf, 0)) > 0)
		for (ssize_t i = 0; i < n; i++)
			if (buf[i] == '\n' && send_date(fd) < 0)
				return;
}

/* Those that have ended are collected at once. */
static void collect(int sig)
{
	int saved = errno;

	(void)sig;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	errno = saved;
}

int main(int argc, char **argv)
{
	struct sigaction on_child = {.sa_handler = collect};
	int fd, client, served = 0;

	if (argc != 3)
		return 2;
	sigaction(SIGCHLD, &on_child, NULL);
	fd = listen_at(atoi(argv[1]));
	while (served < atoi(argv[2])) {
		client = accept(fd, NULL, NULL);
		if (client < 0)
			continue; /* interrupted by a child's end, or he has gone already */
		served++;
		if (fork() == 0) {
			close(fd);
			serve(client);
			_exit(0);
		}
	}
	while (wait(NULL) > 0 || errno == EINTR)
		;
	return 0;
}
