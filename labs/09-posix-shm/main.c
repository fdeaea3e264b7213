/* SPDX-License-Identifier: 0BSD */
/* pair: the producer (P1) and the consumer (P2) of the slide, at the same time. They
 * need not be related: all they have in common is a name, /OS. Nothing here says who
 * comes first.
 *     Alone:  cc -o pair main.c producer.c consumer.c && ./pair
 *     More:   for i in $(seq 20); do ./pair; done */
#include "message.h"

int main(void)
{
	/* Two programs in two windows would do as well. It is fork only so that one
	 * command starts both. */
	if (fork() == 0) {
		consumer();
		return 0;
	}
	producer();
	/* P1 keeps its mapping until it ends; the kernel then takes it away: no munmap
	 * is needed. */
	wait(NULL);
	return 0;
}
