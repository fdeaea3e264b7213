/* SPDX-License-Identifier: 0BSD */
/* match: P2 is the matchmaker. P3, the server, tells it at which port it is; P1 asks
 * it, and calls. The matchmaker's own port is known to all, as 111 is for rpcbind(8).
 *     Alone:  cc -o match match.c $(pkg-config --cflags --libs libtirpc) && ./match */
#include "bank.h"
#include "matchmaker.h"

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
		/* A server's port is another one each time it starts: nobody can know
		 * it beforehand. */
		match(fd, known, mine);
		serve_one(fd, add);
		return 0;
	}
	fd = udp_open(&mine);
	/* Asked again while nobody has registered: a client may be there before its
	 * server. */
	while ((mine = match(fd, known, 0)) == 0)
		sleep(1); /* nobody has registered yet */
	printf("balance: %d\n", deposit(fd, mine, 100));
	/* An empty message ends the matchmaker: there is no end of file with datagrams. */
	udp_send(fd, known, "", 0);
	while (wait(NULL) > 0)
		;
	return 0;
}
