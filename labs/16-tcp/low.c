/* SPDX-License-Identifier: 0BSD */
/* low [PORT]: tries to have that port. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* strerrorname_np */
#endif
#include <errno.h>

#include "tcp.h"

int main(int argc, char **argv)
{
	struct sockaddr_in a = tcp_address(argc > 1 ? atoi(argv[1]) : 80);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	printf("%s\n", bind(fd, (struct sockaddr *)&a, sizeof a) < 0 ? strerrorname_np(errno) : "yes");
	return 0;
}
