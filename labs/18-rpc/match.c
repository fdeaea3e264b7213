/* SPDX-License-Identifier: 0BSD */
/* match: P2 is the matchmaker. P3, the server, tells it at which port it is; P1 asks it, and calls. The
 * matchmaker's own port is known to all, as 111 is for rpcbind(8). */
#include "bank.h"

/* What goes to the matchmaker and back: a program, and its port (0: where is it?). */
struct entry {
	u_int program, port;
};

static size_t entry_write(char *bytes, struct entry *e)
{
	XDR x;

	xdrmem_create(&x, bytes, MESSAGE, XDR_ENCODE);
	return xdr_u_int(&x, &e->program) && xdr_u_int(&x, &e->port) ? xdr_getpos(&x) : 0;
}

static void entry_read(char *bytes, ssize_t n, struct entry *e)
{
	XDR x;

	xdrmem_create(&x, bytes, n < 0 ? 0 : (u_int)n, XDR_DECODE);
	if (!xdr_u_int(&x, &e->program) || !xdr_u_int(&x, &e->port))
		*e = (struct entry){0};
}

static void matchmaker(int fd)
{
	struct entry known = {0}, asked;
	char bytes[MESSAGE];
	int from;

	for (;;) {
		entry_read(bytes, udp_receive(fd, bytes, &from), &asked);
		if (!asked.program)
			return; /* an empty message: all are done */
		if (asked.port)
			known = asked; /* a server registers */
		else if (asked.program != known.program)
			known.port = 0;
		udp_send(fd, from, bytes, entry_write(bytes, &known));
	}
}

/* Tells the matchmaker, or asks it: the port that it knows. */
static int match(int fd, int matchmaker_port, int port)
{
	struct entry e = {BANK, (u_int)port};
	char bytes[MESSAGE];
	int from;

	udp_send(fd, matchmaker_port, bytes, entry_write(bytes, &e));
	entry_read(bytes, udp_receive(fd, bytes, &from), &e);
	return (int)e.port;
}

static int add(int amount)
{
	return amount;
}

int main(void)
{
	int known, mine, fd = udp_open(&known);

	if (fork() == 0) {
		matchmaker(fd);
		return 0;
	}
	close(fd);
	if (fork() == 0) {
		fd = udp_open(&mine);
		match(fd, known, mine);
		serve_one(fd, add);
		return 0;
	}
	fd = udp_open(&mine);
	while ((mine = match(fd, known, 0)) == 0)
		sleep(1); /* nobody has registered yet */
	printf("balance: %d\n", deposit(fd, mine, 100));
	udp_send(fd, known, "", 0);
	while (wait(NULL) > 0)
		;
	return 0;
}
