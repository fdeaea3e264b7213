/* SPDX-License-Identifier: 0BSD */
/* ledger ORDER: a server that keeps its balance in a file, and in another one which
 * calls it has done, so that it can be killed and started again. ORDER: do-log, log-do,
 * or both: one file, written at once. P1 starts a server whenever there is none; P2 is
 * the client, P3 the server.
 *     Alone:  cc -o ledger ledger.c $(pkg-config --cflags --libs libtirpc) && ./ledger both */
#include <fcntl.h>

#include "../18-rpc/rpc.h"

struct state {
	u_int done; /* the xid of the last call */
	int balance;
};

static void number_read(const char *name, void *p, size_t n)
{
	int fd = open(name, O_RDONLY);

	if (fd >= 0 && read(fd, p, n) < 0)
		exit(1);
	close(fd);
}

/* All of it or nothing: written beside, then renamed. */
static void number_write(const char *name, const void *p, size_t n)
{
	/* fsync(2): the bytes are on the disk before the name leads to them. rename(2)
	 * replaces the old file in one step: who opens it sees the old one or the new
	 * one. */
	int fd = open("new", O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (fd < 0 || write(fd, p, n) != (ssize_t)n || fsync(fd) < 0 || rename("new", name) < 0)
		exit(1);
	close(fd);
}

static int run(const char *order, struct call *call)
{
	struct state s = {0};

	/* The call's number and the balance in one file, hence in one rename. */
	if (!strcmp(order, "both")) {
		number_read("state", &s, sizeof s);
		if (s.done == call->xid)
			return s.balance;
		s = (struct state){call->xid, s.balance + call->argument};
		number_write("state", &s, sizeof s);
		return s.balance;
	}
	/* Two files, hence two steps, and a server can be killed between any two steps. */
	number_read("done", &s.done, sizeof s.done);
	number_read("balance", &s.balance, sizeof s.balance);
	if (s.done == call->xid)
		return s.balance;
	s.balance += call->argument;
	if (!strcmp(order, "log-do"))
		number_write("done", &call->xid, sizeof call->xid);
	number_write("balance", &s.balance, sizeof s.balance);
	if (!strcmp(order, "do-log"))
		number_write("done", &call->xid, sizeof call->xid);
	return s.balance;
}

/* Started anew, a server knows nothing but what is in the files. */
static void server(int fd, const char *order)
{
	struct reply reply;
	struct call call;
	char bytes[MESSAGE];
	int from;

	/* An empty message is no call: the client is done, and so is this. */
	while (call_read(bytes, udp_receive(fd, bytes, &from), &call)) {
		reply = (struct reply){call.xid, run(order, &call)};
		udp_send(fd, from, bytes, reply_write(bytes, &reply));
	}
}

static void client(int port)
{
	struct call call = {.xid = 7, .procedure = DEPOSIT, .argument = 100};
	struct pollfd answer = {.events = POLLIN};
	struct reply reply = {0};
	char bytes[MESSAGE];
	int mine, from;

	answer.fd = udp_open(&mine);
	/* The same xid each time: it is the same call, sent again. A new number would
	 * make a new deposit of it. */
	for (int tries = 0; tries < 5 && !reply.xid; tries++) {
		udp_send(answer.fd, port, bytes, call_write(bytes, &call));
		if (poll(&answer, 1, PATIENCE_MS) == 1)
			reply_read(bytes, udp_receive(answer.fd, bytes, &from), &reply);
	}
	printf("the bank says: %d\n", reply.result);
	udp_send(answer.fd, port, "", 0);
}

int main(int argc, char **argv)
{
	const char *order = argc > 1 ? argv[1] : "do-log";
	int port, fd = udp_open(&port), status;

	if (fork() == 0) {
		close(fd);
		client(port);
		return 0;
	}
	for (;;) {
		/* What inetd, systemd and every supervisor do. The socket is P1's, so
		 * that a call which comes while there is no server waits in it. */
		pid_t server_pid = fork();

		if (server_pid == 0) {
			server(fd, order);
			return 0;
		}
		waitpid(server_pid, &status, 0);
		/* Killed, it is started again, and finds the files of the last one.
		 * What it had in memory is lost. */
		if (WIFEXITED(status))
			break; /* it was told to go home */
	}
	wait(NULL);
	return 0;
}
