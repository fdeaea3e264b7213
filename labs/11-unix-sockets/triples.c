/* SPDX-License-Identifier: 0BSD */
/* triples [K]: asks for the K-th kind of socket of the table below, and says what the
 * kernel answers: yes, or the name of the error. socket(2) lists these.
 *     Alone:  cc -o triples triples.c && for k in 1 2 3 4 5 6 7 8; do ./triples $k; done */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* strerrorname_np */
#endif
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static const struct {
	int domain, type, protocol;
	const char *words;
} triples[] = {
	/* Domain: what addresses look like. Type: how bytes travel. Protocol: 0 is the
	 * usual one. */
	{AF_UNIX, SOCK_STREAM, 0, "AF_UNIX, SOCK_STREAM, 0"},
	{AF_UNIX, SOCK_DGRAM, 0, "AF_UNIX, SOCK_DGRAM, 0"},
	{AF_UNIX, SOCK_SEQPACKET, 0, "AF_UNIX, SOCK_SEQPACKET, 0"},
	/* The same types, for the internet. */
	{AF_INET, SOCK_STREAM, 0, "AF_INET, SOCK_STREAM, 0"},
	{AF_INET, SOCK_DGRAM, 0, "AF_INET, SOCK_DGRAM, 0"},
	{AF_INET, SOCK_STREAM, IPPROTO_UDP, "AF_INET, SOCK_STREAM, UDP"},
	{AF_INET, SOCK_SEQPACKET, 0, "AF_INET, SOCK_SEQPACKET, 0"},
	{99, SOCK_STREAM, 0, "99, SOCK_STREAM, 0"},
};

int main(int argc, char **argv)
{
	int k = argc > 1 ? atoi(argv[1]) : 1, fd;

	if (k < 1 || k > (int)(sizeof triples / sizeof *triples))
		return 2;
	/* Nothing is sent by it, and nobody else takes part: socket(2) only looks for
	 * somebody who can do it. */
	fd = socket(triples[k - 1].domain, triples[k - 1].type, triples[k - 1].protocol);
	printf("%s: %s\n", triples[k - 1].words, fd < 0 ? strerrorname_np(errno) : "yes");
	return 0;
}
