/* Threads: each of three takes datagrams from the same socket; the table is behind a mutex. */
#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct entry {
	char name[32];
	long xid;
	char answer[96];
	size_t length;
} entries[100];
static long balance;
static int fd;

/* The lock is held. NULL: no answer. */
static const struct entry *obey(const char *name, long xid, long n)
{
	struct entry *e = entries;

	while (e < entries + 99 && e->name[0] && strcmp(e->name, name) != 0)
		e++;
	if (xid > e->xid) {
		balance += n;
		strcpy(e->name, name);
		e->xid = xid;
		e->length = (size_t)snprintf(e->answer, sizeof e->answer, "%s %ld %ld", name, xid, balance);
	}
	return xid < e->xid ? NULL : e;
}

static void *serve(void *arg)
{
	struct sockaddr_in from;

	for (;;) {
		char text[256], name[32];
		socklen_t size = sizeof from;
		ssize_t got = recvfrom(fd, text, sizeof text - 1, 0, (struct sockaddr *)&from, &size);
		const struct entry *e;
		long xid, n;
		int end = 0;

		if (got < 0)
			return arg;
		text[got] = '\0';
		if (sscanf(text, "%31s %ld add %ld%n", name, &xid, &n, &end) != 3 || text[end])
			continue;
		pthread_mutex_lock(&lock);
		e = obey(name, xid, n);
		if (e)
			sendto(fd, e->answer, e->length, 0, (struct sockaddr *)&from, size);
		pthread_mutex_unlock(&lock);
	}
}

int main(int argc, char **argv)
{
	struct sockaddr_in a = {AF_INET, 0, {htonl(INADDR_LOOPBACK)}, {0}};
	pthread_t t;

	if (argc != 2)
		return 2;
	a.sin_port = htons((unsigned short)atoi(argv[1]));
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	if (bind(fd, (struct sockaddr *)&a, sizeof a) < 0)
		return 1;
	for (int i = 0; i < 2; i++)
		pthread_create(&t, NULL, serve, NULL);
	serve(NULL);
	return 1;
}
