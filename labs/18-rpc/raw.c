/* SPDX-License-Identifier: 0BSD */
/* raw [AMOUNT]: as call, but P1 sends its int, 100 if not said, as it lies in memory.
 * P2 reads it as XDR says.
 *     Alone:  cc -o raw raw.c $(pkg-config --cflags --libs libtirpc) && ./raw */
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
	/* A whole call, as XDR has it, with a 0 at its end for the argument: xdr(3). */
	n = call_write(bytes, &call);
	memcpy(bytes + n - sizeof amount, &amount, sizeof amount); /* it is an int, is it not */
	udp_send(fd, port, bytes, n);
	/* The reply is waited for, and not looked at: what matters is what P2 got. */
	udp_receive(fd, bytes, &from);
	wait(NULL);
	return 0;
}
