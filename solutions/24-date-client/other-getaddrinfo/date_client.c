/* Addresses by getaddrinfo; nothing is written before all of it is here. */
#define _GNU_SOURCE
#include <netdb.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct addrinfo want = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV}, *list;
	size_t have = 0, room = 0;
	char *all = NULL;
	ssize_t n;
	int fd = -1;

	if (argc != 2 || getaddrinfo("127.0.0.1", argv[1], &want, &list) != 0)
		return 2;
	for (struct addrinfo *a = list; a && fd < 0; a = a->ai_next) {
		fd = socket(a->ai_family, a->ai_socktype, a->ai_protocol);
		if (fd >= 0 && connect(fd, a->ai_addr, a->ai_addrlen) < 0) {
			close(fd);
			fd = -1;
		}
	}
	freeaddrinfo(list);
	if (fd < 0)
		return 1;
	do {
		if (have == room && !(all = realloc(all, room += 4096)))
			return 1;
		n = recv(fd, all + have, room - have, MSG_WAITALL);
		have += n > 0 ? (size_t)n : 0;
	} while (n > 0);
	for (size_t at = 0; at < have;) {
		ssize_t put = write(STDOUT_FILENO, all + at, have - at);

		if (put < 0)
			return 1;
		at += (size_t)put;
	}
	free(all);
	return n == 0 ? 0 : 1;
}
