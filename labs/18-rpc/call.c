/* SPDX-License-Identifier: 0BSD */
/* call [N]: a client, P1, calls a procedure of a server, P2, N times (once if not
 * said).
 *     Alone:  cc -o call call.c $(pkg-config --cflags --libs libtirpc) && ./call 3 */
#include "bank.h"

static int balance;

/* The procedure. It is written as if its caller were in the same program, and knows
 * nothing of messages. */
static int add(int amount)
{
	printf("the procedure runs: %d\n", amount);
	return balance += amount;
}

int main(int argc, char **argv)
{
	int calls = argc > 1 ? atoi(argv[1]) : 1, port, mine, fd = udp_open(&port);

	if (fork() == 0) {
		for (int i = 0; i < calls; i++)
			/* Sleeps until a call comes. */
			serve_one(fd, add);
		return 0;
	}
	close(fd);
	fd = udp_open(&mine);
	for (int i = 0; i < calls; i++)
		/* The call. It looks like any other, and that is the idea of it. */
		printf("balance: %d\n", deposit(fd, port, 100));
	wait(NULL);
	return 0;
}
