/* SPDX-License-Identifier: 0BSD */
/* low [PORT]: tries to have that port, 80 if not said: yes, or the name of the error.
 *     Alone:  cc -o low low.c && ./low 80; ./low 8080 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* strerrorname_np */
#endif
#include <errno.h>

#include "tcp.h"

int main(int argc, char **argv)
{
	struct sockaddr_in a = tcp_address(argc > 1 ? atoi(argv[1]) : 80);
	/* Nothing is asked for but the number: no listen, no client. ip(7) says who may
	 * have which. */
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	/* bind(2) is where a port is given out, so it is where it is refused. */
	printf("%s\n", bind(fd, (struct sockaddr *)&a, sizeof a) < 0 ? strerrorname_np(errno) : "yes");
	return 0;
}
