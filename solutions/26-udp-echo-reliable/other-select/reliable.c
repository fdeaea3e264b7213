/* select; the sender's address is compared; the answer must be what was sent. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/time.h>

int main(int argc, char **argv)
{
	struct sockaddr_in to = {.sin_family = AF_INET}, from;
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	char *line = NULL, packet[1200], got[65536];
	size_t room = 0;
	ssize_t n;

	if (argc != 2)
		return 2;
	to.sin_port = htons((unsigned short)atoi(argv[1]));
	to.sin_addr.s_addr = inet_addr("127.0.0.1");
	for (unsigned number = 1; (n = getline(&line, &room, stdin)) >= 0; number++) {
		int size, answered = 0;

		if (n > 0 && line[n - 1] == '\n')
			line[n - 1] = '\0';
		size = sprintf(packet, "%u %s", number, line);
		for (int sent = 0; sent < 10 && !answered; sent++) {
			struct timeval left = {0, 200000}; /* Linux counts it down */
			fd_set set;

			sendto(fd, packet, (size_t)size, 0, (struct sockaddr *)&to, sizeof to);
			for (;;) {
				socklen_t len = sizeof from;

				FD_ZERO(&set);
				FD_SET(fd, &set);
				if (select(fd + 1, &set, NULL, NULL, &left) < 1)
					break;
				n = recvfrom(fd, got, sizeof got, 0, (struct sockaddr *)&from, &len);
				if (from.sin_port == to.sin_port && from.sin_addr.s_addr == to.sin_addr.s_addr && n == size &&
					memcmp(got, packet, (size_t)n) == 0) {
					answered = 1;
					break;
				}
			}
		}
		if (!answered) {
			printf("no answer\n");
			return 1;
		}
		printf("%s\n", line);
		fflush(stdout);
	}
	free(line);
	return 0;
}
