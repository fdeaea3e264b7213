/* A thread for each client. */
#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
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

static void *serve(void *arg)
{
	int fd = (int)(long)arg;
	char line[32], c = '\n';

	do {
		time_t now = time(NULL);
		struct tm t;

		if (c != '\n')
			continue;
		strftime(line, sizeof line, "%Y-%m-%d %H:%M:%S\n", gmtime_r(&now, &t));
		if (send(fd, line, 20, MSG_NOSIGNAL) != 20)
			break;
	} while (read(fd, &c, 1) == 1);
	close(fd);
	return NULL;
}

int main(int argc, char **argv)
{
	int fd = argc == 3 ? listen_at(atoi(argv[1])) : -1, n = argc == 3 ? atoi(argv[2]) : 0;
	pthread_t *t = calloc((size_t)n + 1, sizeof *t);

	for (int i = 0; i < n; i++) {
		int client = accept(fd, NULL, NULL);

		if (client < 0 || pthread_create(&t[i], NULL, serve, (void *)(long)client) != 0)
			return 1;
	}
	for (int i = 0; i < n; i++)
		pthread_join(t[i], NULL);
	free(t);
	return n ? 0 : 2;
}
