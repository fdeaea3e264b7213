/* SPDX-License-Identifier: 0BSD */
/* unseen: P1 makes two calls before it waits for an answer, and takes the first answer
 * for the first call. P2 is the server.
 *     Alone:  cc -o unseen unseen.c $(pkg-config --cflags --libs libtirpc) && ./unseen */
#include "bank.h"

static int balance;

static int add(int amount)
{
	return balance += amount;
}

int main(void)
{
	/* A call and its reply have the same xid: that is what it is for. */
	struct call one = {.xid = 7, .procedure = DEPOSIT, .argument = 1},
		    two = {.xid = 8, .procedure = DEPOSIT, .argument = 10};
	int port, mine, from, fd = udp_open(&port);
	struct reply reply;
	char bytes[MESSAGE];

	if (fork() == 0) {
		char late[MESSAGE];
		/* The first call is here, in `late`, and not run yet. */
		ssize_t n = udp_receive(fd, late, &from);

		serve_one(fd, add); /* the second call came while the first one was read: it goes first */
		(void)call_read(late, n, &one);
		reply = (struct reply){one.xid, add(one.argument)};
		udp_send(fd, from, bytes, reply_write(bytes, &reply));
		return 0;
	}
	/* P1's own socket comes next: at this one P2 listens. */
	close(fd);
	fd = udp_open(&mine);
	udp_send(fd, port, bytes, call_write(bytes, &one));
	udp_send(fd, port, bytes, call_write(bytes, &two));
	/* Sleeps until a reply is there: the next one that comes. */
	reply_read(bytes, udp_receive(fd, bytes, &from), &reply);
	printf("after the deposit of 1 there are %d\n", reply.result);
	wait(NULL);
	return 0;
}
