#include <ctype.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
int main(int argc, char **argv)
{
	int s = socket(AF_INET, SOCK_STREAM, 0), one = 1;
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[argc > 1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	if (bind(s, (void *)&a, sizeof a) || listen(s, 8)) { perror("bind"); return 1; }
	for (;;) {
		int c = accept(s, NULL, NULL);
		char buf[1024];
		ssize_t n;
		while ((n = read(c, buf, sizeof buf)) > 0) {
			for (int i = 0; i < n; i++)
				buf[i] = toupper((unsigned char)buf[i]);
			if (write(c, buf, n) < 0)
				break;
		}
		close(c);
	}
}
