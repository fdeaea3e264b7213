/* The answer is kept as it was sent; clients in a list, found by comparing the words of the call. */
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

struct client {
	struct client *next;
	unsigned long long xid;
	char *name, answer[100];
};
static struct client *clients;

static struct client *find(const char *name)
{
	struct client *c;

	for (c = clients; c; c = c->next)
		if (!strcmp(c->name, name))
			return c;
	c = calloc(1, sizeof *c);
	c->name = strdup(name);
	c->next = clients;
	return clients = c;
}

int main(int argc, char **argv)
{
	struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int s = socket(PF_INET, SOCK_DGRAM, IPPROTO_UDP);
	long sum = 0;

	here.sin_port = htons(argc > 1 ? atoi(argv[1]) : 0);
	if (bind(s, (struct sockaddr *)&here, sizeof here))
		return 1;
	for (;;) {
		char bytes[512] = "", *name, *xid, *add, *amount, *save;
		struct sockaddr_storage from;
		struct iovec data = {bytes, sizeof bytes - 1};
		struct msghdr m = {.msg_name = &from, .msg_namelen = sizeof from, .msg_iov = &data, .msg_iovlen = 1};
		unsigned long long number;
		struct client *c;

		if (recvmsg(s, &m, 0) <= 0)
			continue;
		name = strtok_r(bytes, " ", &save);
		xid = strtok_r(NULL, " ", &save);
		add = strtok_r(NULL, " ", &save);
		amount = strtok_r(NULL, " ", &save);
		if (!amount || strcmp(add, "add") || !(number = strtoull(xid, NULL, 10)))
			continue;
		c = find(name);
		if (number < c->xid)
			continue;
		if (number > c->xid) {
			sum += strtol(amount, NULL, 10);
			c->xid = number;
			snprintf(c->answer, sizeof c->answer, "%s %llu %ld", name, number, sum);
		}
		data = (struct iovec){c->answer, strlen(c->answer)};
		sendmsg(s, &m, 0);
	}
}
