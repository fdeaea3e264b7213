/* SPDX-License-Identifier: 0BSD */
/* match: P2 is the matchmaker. P3, the server, tells it at which port it is; P1 asks it, and calls. The
 * matchmaker's own port is known to all, as 111 is for rpcbind(8). */
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
