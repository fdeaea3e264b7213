/* SPDX-License-Identifier: 0BSD */
/* pair: the producer and the consumer of the slide, at the same time. They need not be related: all they
 * have in common is a name. Alone it may crash: nothing keeps the consumer from coming too early. */
#include "message.h"

int main(void)
{
	if (fork() == 0) {
		consumer();
		return 0;
	}
	producer();
	wait(NULL);
	return 0;
}
