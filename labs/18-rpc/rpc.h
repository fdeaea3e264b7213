/* SPDX-License-Identifier: 0BSD */
/* A remote procedure call as RFC 5531 has it, over UDP on this machine: what a call
 * looks like on the wire, what a reply looks like. xdr(3) of libtirpc turns numbers
 * into bytes and back: four for each, the most significant one first. */
#ifndef RPC_H
#define RPC_H

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <rpc/types.h>
#include <rpc/xdr.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* As in bank.x: the program, its version, its procedures. */
enum { BANK = 0x20000001, BANK_VERSION = 1, DEPOSIT = 1 };
enum { CALL = 0, REPLY = 1, RPC_VERSION = 2, MESSAGE = 64, PATIENCE_MS = 500 };

struct call {
	u_int xid; /* which call: a reply to it has the same */
	u_int procedure;
	int argument;
};
struct reply {
	u_int xid;
	int result;
};

static inline bool_t xdr_word(XDR *x, u_int word)
{
	return xdr_u_int(x, &word);
}

/* Both ways: x says whether bytes are made or read. Ten words go before the argument:
 * which call, that it is one, of which RPC, which program, version and procedure, then
 * who calls, twice two words. */
static inline bool_t xdr_call(XDR *x, struct call *c)
{
	return xdr_u_int(x, &c->xid) && xdr_word(x, CALL) && xdr_word(x, RPC_VERSION) &&
	       xdr_word(x, BANK) && xdr_word(x, BANK_VERSION) && xdr_u_int(x, &c->procedure) &&
	       xdr_word(x, 0) && xdr_word(x, 0) && /* who calls: nobody says */
	       xdr_word(x, 0) && xdr_word(x, 0) && xdr_int(x, &c->argument);
}

static inline bool_t xdr_reply(XDR *x, struct reply *r)
{
	return xdr_u_int(x, &r->xid) && xdr_word(x, REPLY) && xdr_word(x, 0) && /* accepted */
	       xdr_word(x, 0) && xdr_word(x, 0) && xdr_word(x, 0) && /* success */
	       xdr_int(x, &r->result);
}

static inline size_t call_write(char *bytes, struct call *c)
{
	XDR x;

	xdrmem_create(&x, bytes, MESSAGE, XDR_ENCODE);
	xdr_call(&x, c);
	return xdr_getpos(&x);
}

static inline size_t reply_write(char *bytes, struct reply *r)
{
	XDR x;

	xdrmem_create(&x, bytes, MESSAGE, XDR_ENCODE);
	xdr_reply(&x, r);
	return xdr_getpos(&x);
}

static inline int call_read(char *bytes, ssize_t n, struct call *c)
{
	XDR x;

	xdrmem_create(&x, bytes, n < 0 ? 0 : (u_int)n, XDR_DECODE);
	return xdr_call(&x, c);
}

static inline int reply_read(char *bytes, ssize_t n, struct reply *r)
{
	XDR x;

	xdrmem_create(&x, bytes, n < 0 ? 0 : (u_int)n, XDR_DECODE);
	return xdr_reply(&x, r);
}

/* ---- sockets ---- */

static inline struct sockaddr_in address(int port)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return a;
}

/* A socket at a port that the kernel chooses; *port. Ends the program when there is none. */
static inline int udp_open(int *port)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	struct sockaddr_in a = address(0);
	socklen_t n = sizeof a;

	if (bind(fd, (struct sockaddr *)&a, sizeof a) < 0 || getsockname(fd, (struct sockaddr *)&a, &n) < 0)
		exit(1);
	*port = ntohs(a.sin_port);
	return fd;
}

static inline void udp_send(int fd, int port, const char *bytes, size_t n)
{
	struct sockaddr_in to = address(port);

	sendto(fd, bytes, n, 0, (struct sockaddr *)&to, sizeof to);
}

/* *port: whose it is. */
static inline ssize_t udp_receive(int fd, char *bytes, int *port)
{
	struct sockaddr_in from;
	socklen_t n = sizeof from;
	ssize_t got = recvfrom(fd, bytes, MESSAGE, 0, (struct sockaddr *)&from, &n);

	*port = ntohs(from.sin_port);
	return got;
}

#endif
