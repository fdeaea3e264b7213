/* SPDX-License-Identifier: 0BSD */
/* call: a client, P1, calls a procedure of a server, P2. */
#include "bank.h"

static int balance;

static int add(int amount)
{
	printf("the procedure runs: %d\n", amount);
	return balance += amount;
}

int main(void)
{
	int port, mine, fd = udp_open(&port);

	if (fork() == 0) {
		serve_one(fd, add);
		return 0;
	}
	close(fd);
	printf("balance: %d\n", deposit(udp_open(&mine), port, 100));
	wait(NULL);
	return 0;
}
