// verdict: TOO SLOW
// says: asks again and again
/* What comes from a client goes back to it in capital letters. A process for each client. */
#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

/* False: the client is gone. */
static int send_all(int client, const char *buf, ssize_t n)
{
	while (n > 0) {
		ssize_t sent = send(client, buf, n, MSG_NOSIGNAL);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0)
			return 0;
		buf += sent;
		n -= sent;
	}
	return 1;
}

static void serve(int client)
{
	char buf[1024];
	ssize_t n;

	while ((n = recv(client, buf, sizeof buf, MSG_DONTWAIT)) > 0 || (n < 0 && (errno == EINTR || errno == EAGAIN))) {
		for (ssize_t i = 0; i < n; i++)
			if (buf[i] >= 'a' && buf[i] <= 'z')
				buf[i] -= 'a' - 'A';
		if (!send_all(client, buf, n))
			break;
	}
	close(client);
}

int main(int argc, char **argv)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	int server = socket(AF_INET, SOCK_STREAM, 0), yes = 1;

	if (argc != 2)
		return 2;
	signal(SIGCHLD, SIG_IGN); /* nobody is to be waited for */
	address.sin_port = htons(atoi(argv[1]));
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
	if (bind(server, (struct sockaddr *)&address, sizeof address) == -1 || listen(server, 20) == -1) {
		perror("upper_server");
		return 1;
	}
	for (;;) {
		int client = accept(server, NULL, NULL);

		if (client < 0)
			continue;
		if (fork() == 0) {
			close(server);
			serve(client);
			_exit(0);
		}
		close(client); /* the child's now: else it never ends */
	}
}
