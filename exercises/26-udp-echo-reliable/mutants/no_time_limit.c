// verdict: HANG
// scenario: a line is lost, and an answer
// says: waits in recv
/* reliable PORT: an answer for each line of the input, over UDP. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { TRIES = 10 };

static int server_at(int port)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	/* From now on only what comes from there is taken. */
	if (fd < 0 || connect(fd, (struct sockaddr *)&a, sizeof a) < 0) {
		perror("reliable");
		exit(1);
	}
	return fd;
}

/* The text of the answer to that line, if it comes in time. */
static char *answer(int fd, long number)
{
	static char got[2000];
	char *text;
	ssize_t n;

	while ((n = recv(fd, got, sizeof got - 1, 0)) >= 0) {
		got[n] = '\0';
		if (strtol(got, &text, 10) == number && *text == ' ')
			return text + 1;
	}
	return NULL;
}

int main(int argc, char **argv)
{
	char line[1100], out[1200], *text;
	int fd;

	if (argc != 2)
		return 2;
	fd = server_at(atoi(argv[1]));
	for (long number = 1; fgets(line, sizeof line, stdin); number++) {
		int n = 0, tries = 0;

		line[strcspn(line, "\n")] = '\0';
		n = snprintf(out, sizeof out, "%ld %s", number, line);
		do {
			if (tries++ == TRIES) {
				puts("no answer");
				return 1;
			}
			send(fd, out, (size_t)n, 0);
		} while (!(text = answer(fd, number)));
		puts(text);
	}
	return 0;
}
