/* A thread for each client. */
#include <arpa/inet.h>
#include <ctype.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static int listen_at(int port)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
	if (bind(fd, (struct sockaddr *)&a, sizeof a) < 0 || listen(fd, 16) < 0) {
		perror("upper_server");
		exit(1);
	}
	return fd;
}

static void *serve(void *arg)
{
	int fd = (int)(long)arg;
	char c;

	while (recv(fd, &c, 1, 0) == 1) {
		c = (char)toupper((unsigned char)c);
		if (send(fd, &c, 1, MSG_NOSIGNAL) != 1)
			break;
	}
	close(fd);
	return NULL;
}

int main(int argc, char **argv)
{
	int fd = argc == 2 ? listen_at(atoi(argv[1])) : -1;

	while (fd >= 0) {
		int client = accept(fd, NULL, NULL);
		pthread_t t;

		if (client >= 0 && pthread_create(&t, NULL, serve, (void *)(long)client) == 0)
			pthread_detach(t);
	}
	return 2;
}
