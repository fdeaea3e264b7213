/* SPDX-License-Identifier: 0BSD */
/* raw [AMOUNT]: as call, but P1 sends its int, 100 if not said, as it lies in memory. P2 reads it as XDR says. */
#include "bank.h"

static int add(int amount)
{
	printf("the procedure runs: %d\n", amount);
	return amount;
}

int main(int argc, char **argv)
{
	int port, mine, from, fd = udp_open(&port), amount = argc > 1 ? atoi(argv[1]) : 100;
	struct call call = {.xid = 7, .procedure = DEPOSIT};
	char bytes[MESSAGE];
	size_t n;

	if (fork() == 0) {
		serve_one(fd, add);
		return 0;
	}
	close(fd);
	fd = udp_open(&mine);
	n = call_write(bytes, &call);
	memcpy(bytes + n - sizeof amount, &amount, sizeof amount); /* it is an int, is it not */
	udp_send(fd, port, bytes, n);
	udp_receive(fd, bytes, &from);
	wait(NULL);
	return 0;
}
