// verdict: WRONG
// scenario: two equal calls are two
// says: got "ann 2 5"
/* server PORT: an account; each call is run at most once. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MOST = 100 };
struct last { /* the last call of a client, and what it got for it */
	char name[24];
	long long sum;
	int n, used;
};
static struct last table[MOST];
static long long account;

static struct last *last_of(const char *name)
{
	for (int i = 0; i < MOST; i++) {
		if (!table[i].name[0])
			strcpy(table[i].name, name);
		if (strcmp(table[i].name, name) == 0)
			return &table[i];
	}
	return NULL;
}

/* False: there is nothing to answer. */
static int call(const char *text, char *answer, size_t room)
{
	char name[24], more;
	long long xid;
	int n;
	struct last *l;

	if (sscanf(text, "%20[A-Za-z] %lld add %d%c", name, &xid, &n, &more) != 3 || xid < 1)
		return 0;
	l = last_of(name);
	if (!l)
		return 0;
	if (!l->used || n != l->n) { /* else it is the same call again */
		account += n;
		l->used = 1;
		l->n = n;
		l->sum = account;
	}
	snprintf(answer, room, "%s %lld %lld", name, xid, l->sum);
	return 1;
}

int main(int argc, char **argv)
{
	struct sockaddr_in a = {.sin_family = AF_INET}, from;
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	char text[128], answer[128];

	if (argc != 2)
		return 2;
	a.sin_port = htons((unsigned short)atoi(argv[1]));
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(fd, (struct sockaddr *)&a, sizeof a) < 0) {
		perror("server");
		return 1;
	}
	for (;;) {
		socklen_t size = sizeof from;
		ssize_t n = recvfrom(fd, text, sizeof text - 1, 0, (struct sockaddr *)&from, &size);

		if (n < 0)
			continue;
		text[n] = '\0';
		if (call(text, answer, sizeof answer))
			sendto(fd, answer, strlen(answer), 0, (struct sockaddr *)&from, size);
	}
}
