/* SPDX-License-Identifier: 0BSD */
/* lossy KIND LOSES: a client, P1, a server, P2, and the wire between them, P3. KIND is
 * what the server does with a call it has run before: again runs it again, once answers
 * from memory. LOSES is what the wire loses: nothing, call (the first one), reply (the
 * first one), or twice: it loses nothing and delivers the first call twice.
 *     Alone:  cc -o lossy lossy.c $(pkg-config --cflags --libs libtirpc) && ./lossy once reply */
#include "../18-rpc/rpc.h"

static int balance;

static int add(int amount)
{
	printf("run: deposit %d\n", amount);
	return balance += amount;
}

static void server(int fd, int remembers)
{
	/* The answer is kept, not only the number: who asks again wants a result. A
	 * real server keeps one for each client. */
	struct reply last = {0};
	struct call call;
	char bytes[MESSAGE];
	int from;

	for (;;) {
		if (!call_read(bytes, udp_receive(fd, bytes, &from), &call))
			return; /* an empty message: the client is done */
		if (!remembers || last.xid != call.xid)
			last = (struct reply){call.xid, add(call.argument)};
		udp_send(fd, from, bytes, reply_write(bytes, &last));
	}
}

/* Carries what comes from the client to the server, and back. */
static void wire(int fd, int server_port, const char *loses)
{
	int client = 0, from, lose_call = !strcmp(loses, "call"), lose_reply = !strcmp(loses, "reply");
	int twice = !strcmp(loses, "twice");
	char bytes[MESSAGE];

	for (;;) {
		/* Both sides talk to the wire; whose it is the sender's port says. */
		ssize_t n = udp_receive(fd, bytes, &from);
		int is_reply = from == server_port;

		if (!is_reply)
			client = from;
		if (n > 0 && is_reply && lose_reply) {
			lose_reply = 0; /* gone */
			continue;
		}
		if (n > 0 && !is_reply && lose_call) {
			lose_call = 0;
			continue;
		}
		/* Neither side can see what the wire does: to P1 a lost call, a lost
		 * reply and a slow server are the same. */
		udp_send(fd, is_reply ? client : server_port, bytes, (size_t)n);
		/* Nobody loses anything here: routers may send a datagram twice. */
		if (twice && !is_reply) {
			twice = 0;
			udp_send(fd, server_port, bytes, (size_t)n);
		}
		if (n == 0)
			return;
	}
}

/* Sends the same call, with the same xid, until there is an answer; three times at most. */
static int deposit(int fd, int port, int amount)
{
	struct call call = {.xid = 7, .procedure = DEPOSIT, .argument = amount};
	struct pollfd answer = {.fd = fd, .events = POLLIN};
	struct reply reply;
	char bytes[MESSAGE];
	int from;

	for (int tries = 0; tries < 3; tries++) {
		udp_send(fd, port, bytes, call_write(bytes, &call));
		/* How long to wait is a guess: too short, and calls are sent for
		 * nothing; too long, and a loss costs more: poll(2). */
		if (poll(&answer, 1, PATIENCE_MS) == 1 &&
		/* Only the reply to this call: a late one to an earlier call has
		 * another xid. */
		    reply_read(bytes, udp_receive(fd, bytes, &from), &reply) && reply.xid == call.xid)
			return reply.result;
	}
	return -1;
}

int main(int argc, char **argv)
{
	int remembers = argc > 1 && !strcmp(argv[1], "once"), server_port, wire_port, mine;
	const char *loses = argc > 2 ? argv[2] : "nothing";
	int server_fd = udp_open(&server_port), wire_fd = udp_open(&wire_port), fd;

	if (fork() == 0) {
		close(wire_fd);
		server(server_fd, remembers);
		return 0;
	}
	close(server_fd);
	if (fork() == 0) {
		/* Two processes, two ports, and in between this one, which both take
		 * for the other. */
		wire(wire_fd, server_port, loses);
		return 0;
	}
	close(wire_fd);
	fd = udp_open(&mine);
	printf("the bank says: %d\n", deposit(fd, wire_port, 100));
	udp_send(fd, wire_port, "", 0); /* the others may go home */
	while (wait(NULL) > 0)
		;
	return 0;
}
