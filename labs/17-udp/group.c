/* SPDX-License-Identifier: 0BSD */
/* group [K]: K receivers (2 if not said), P2 and so on, join a group; the sender, P1,
 * sends to the group. All on this machine.
 *     Alone:  cc -o group group.c && ./group 3 */
#include "udp.h"

static struct sockaddr_in group_address(int port)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};

	/* 224.0.0.0 to 239.255.255.255 are groups, no machines; 239 is for use at home,
	 * as 192.168 is: ip(7). */
	a.sin_addr.s_addr = inet_addr("239.1.2.3");
	return a;
}

/* A socket that hears what is sent to the group at that port. */
static int join(int port)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0), yes = 1;
	struct sockaddr_in a = group_address(port);
	struct ip_mreq group = {.imr_multiaddr = a.sin_addr};

	/* Membership is asked for, by each socket, on one network: here, the machine's
	 * own. */
	group.imr_interface.s_addr = htonl(INADDR_LOOPBACK);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes); /* several may have the port */
	/* The port is given by bind, as always; the group by IP_ADD_MEMBERSHIP. Both
	 * are needed. */
	if (bind(fd, (struct sockaddr *)&a, sizeof a) < 0 ||
	    setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &group, sizeof group) < 0) {
		perror("join");
		exit(1);
	}
	return fd;
}

int main(int argc, char **argv)
{
	int k = argc > 1 ? atoi(argv[1]) : 2, port, fd = udp_open(&port), ready[2];
	struct in_addr here = {htonl(INADDR_LOOPBACK)};
	struct sockaddr_in to = group_address(port);
	char text[16], c;

	if (pipe(ready) < 0)
		return 1;
	for (int i = 0; i < k; i++)
		if (fork() == 0) {
			int mine = join(port);

			/* Who joins late has missed it: nothing is kept for later. So
			 * P1 has to know that all are there. */
			write(ready[1], "j", 1);
			udp_receive(mine, text, sizeof text, NULL);
			printf("got %s\n", text);
			return 0;
		}
	for (int i = 0; i < k; i++)
		read(ready[0], &c, 1); /* all have joined */
	/* Out by which network? Without this the machine's routes decide, and there may
	 * be none. */
	setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &here, sizeof here);
	sendto(fd, "news", 4, 0, (struct sockaddr *)&to, sizeof to);
	while (wait(NULL) > 0)
		;
	return 0;
}
