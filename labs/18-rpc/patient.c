/* SPDX-License-Identifier: 0BSD */
/* patient: as call, but the client's stub, in P1, waits for 500 ms at most. Then it has
 * no result to give. P2 is the server.
 *     Alone:  cc -o patient patient.c $(pkg-config --cflags --libs libtirpc) && ./patient */
#include "bank.h"

static int balance;

static int add(int amount)
{
	printf("the procedure runs: %d\n", amount);
	return balance += amount;
}

int main(void)
{
	struct call call = {.xid = 7, .procedure = DEPOSIT, .argument = 100};
	int port, mine, fd = udp_open(&port);
	char bytes[MESSAGE];
	struct pollfd answer = {.events = POLLIN};

	/* One call, and it ends. */
	if (fork() == 0) {
		serve_one(fd, add);
		return 0;
	}
	close(fd);
	answer.fd = udp_open(&mine);
	/* Sent once, and not again. */
	udp_send(answer.fd, port, bytes, call_write(bytes, &call));
	/* Sleeps until there is something to read, or the time is over (0): poll(2).
	 * Without a limit a stub waits for ever for a server that is not there. */
	if (poll(&answer, 1, PATIENCE_MS) == 1)
		printf("done\n");
	else
		printf("no answer\n");
	wait(NULL);
	return 0;
}
