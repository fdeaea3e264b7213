/* SPDX-License-Identifier: 0BSD */
/* A matchmaker in forty lines: it knows one program, and the port it is at. */
#ifndef MATCHMAKER_H
#define MATCHMAKER_H

#include "rpc.h"

/* What goes to the matchmaker and back: a program, and its port (0: where is it?). */
struct entry {
	u_int program, port;
};

/* In XDR, four bytes each, so that a client on another kind of machine reads the same
 * numbers: xdr(3). */
static inline size_t entry_write(char *bytes, struct entry *e)
{
	XDR x;

	xdrmem_create(&x, bytes, MESSAGE, XDR_ENCODE);
	return xdr_u_int(&x, &e->program) && xdr_u_int(&x, &e->port) ? xdr_getpos(&x) : 0;
}

/* What comes from a network may be anything: what cannot be read is an entry of zeros. */
static inline void entry_read(char *bytes, ssize_t n, struct entry *e)
{
	XDR x;

	xdrmem_create(&x, bytes, n < 0 ? 0 : (u_int)n, XDR_DECODE);
	if (!xdr_u_int(&x, &e->program) || !xdr_u_int(&x, &e->port))
		*e = (struct entry){0};
}

/* Two kinds of question in one form: with a port, and without. */
static inline void matchmaker(int fd)
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

/* Tells the matchmaker, or asks it: the port that it knows. Sleeps until it answers. */
static inline int match(int fd, int matchmaker_port, int port)
{
	struct entry e = {BANK, (u_int)port};
	char bytes[MESSAGE];
	int from;

	udp_send(fd, matchmaker_port, bytes, entry_write(bytes, &e));
	entry_read(bytes, udp_receive(fd, bytes, &from), &e);
	return (int)e.port;
}

#endif
