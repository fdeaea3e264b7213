// verdict: WRONG
// scenario: two clients count for themselves
// says: got "bob 7 5"
/* server PORT: an account; each call is run at most once. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct last { /* the last call, and its answer */
	long long xid, sum;
} last;
static long long account;

/* False: there is nothing to answer. */
static int call(const char *text, char *answer, size_t room)
{
	char name[24], more;
	long long xid;
	int n;
	struct last *l = &last;

	if (sscanf(text, "%20[A-Za-z] %lld add %d%c", name, &xid, &n, &more) != 3 || xid < 1)
		return 0;
	if (xid < l->xid)
		return 0; /* a duplicate that is late: it was answered long ago */
	if (xid > l->xid) {
		account += n;
		l->xid = xid;
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
