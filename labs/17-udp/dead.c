/* SPDX-License-Identifier: 0BSD */
/* dead [connect]: sends to a port at which nobody is, twice; with connect(2) before, or
 * without. It prints what each call says.
 *     Alone:  cc -o dead dead.c && ./dead; ./dead connect */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* strerrorname_np */
#endif
#include "udp.h"

int main(int argc, char **argv)
{
	int connects = argc > 1 && !strcmp(argv[1], "connect"), port, mine, fd;
	struct sockaddr_in to;

	close(udp_open(&port)); /* it was somebody's a moment ago */
	fd = udp_open(&mine);
	/* udp(7) says when errors are reported, and to whom. */
	to = udp_address(port);
	if (connects && connect(fd, (struct sockaddr *)&to, sizeof to) < 0)
		printf("connect: %s\n", strerrorname_np(errno));
	for (int i = 0; i < 2; i++)
		if ((connects ? send(fd, "hello", 5, 0) : udp_send(fd, port, "hello")) < 0)
			printf("send: %s\n", strerrorname_np(errno));
		else
			printf("send: done\n");
	return 0;
}
