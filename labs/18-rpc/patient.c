/* SPDX-License-Identifier: 0BSD */
/* patient: as call, but the client's stub waits for 500 ms at most. Then it has no result to give. */
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

	if (fork() == 0) {
		serve_one(fd, add);
		return 0;
	}
	close(fd);
	answer.fd = udp_open(&mine);
	udp_send(answer.fd, port, bytes, call_write(bytes, &call));
	if (poll(&answer, 1, PATIENCE_MS) == 1)
		printf("done\n");
	else
		printf("no answer\n");
	wait(NULL);
	return 0;
}
