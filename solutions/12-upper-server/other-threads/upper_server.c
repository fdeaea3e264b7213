/* A thread for each client. */
#include <arpa/inet.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static void *serve(void *arg)
{
	int c = (int)(intptr_t)arg;
	char b[100];

	for (ssize_t n; (n = recv(c, b, sizeof b, 0)) > 0;) {
		for (ssize_t i = 0; i < n; i++)
			b[i] = b[i] >= 'a' && b[i] <= 'z' ? b[i] - 32 : b[i];
		for (ssize_t done = 0, w; done < n; done += w)
			if ((w = send(c, b + done, n - done, MSG_NOSIGNAL)) < 0)
				goto out;
	}
out:
	close(c);
	return NULL;
}

int main(int argc, char **argv)
{
	int s = socket(AF_INET, SOCK_STREAM, 0), one = 1;
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(argc > 1 ? atoi(argv[1]) : 0), .sin_addr = {htonl(INADDR_LOOPBACK)}};

	setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	if (bind(s, (struct sockaddr *)&a, sizeof a) || listen(s, 30))
		return 1;
	for (;;) {
		int c = accept(s, 0, 0);
		pthread_t t;

		if (c >= 0 && pthread_create(&t, NULL, serve, (void *)(intptr_t)c) == 0)
			pthread_detach(t);
	}
}
