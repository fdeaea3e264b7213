/* SPDX-License-Identifier: 0BSD */
/* The two stubs of the procedure deposit: what rpcgen would make from bank.x, written
 * to be read. */
#ifndef BANK_H
#define BANK_H

#include "rpc.h"

/* The client's stub: to the caller it is a function like any other. */
static inline int deposit(int fd, int port, int amount)
{
	struct call call = {.xid = 7, .procedure = DEPOSIT, .argument = amount};
	struct reply reply = {0};
	char bytes[MESSAGE];
	int from;

	/* The caller sees a function; what is in the bytes, and where they go, is the
	 * stub's business. */
	udp_send(fd, port, bytes, call_write(bytes, &call)); /* marshal, send */
	reply_read(bytes, udp_receive(fd, bytes, &from), &reply); /* wait, unmarshal */
	return reply.result;
}

/* The server's stub: one call, from its bytes to the procedure and back. */
static inline void serve_one(int fd, int (*procedure)(int))
{
	struct call call;
	struct reply reply;
	char bytes[MESSAGE];
	int from;

	if (!call_read(bytes, udp_receive(fd, bytes, &from), &call))
		return; /* no call of ours */
	/* The answer has the xid of its question. */
	reply = (struct reply){call.xid, procedure(call.argument)};
	udp_send(fd, from, bytes, reply_write(bytes, &reply));
}

#endif
