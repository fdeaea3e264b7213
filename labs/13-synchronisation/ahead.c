/* SPDX-License-Identifier: 0BSD */
/* ahead [CAPACITY]: P1 sends four items as fast as it can; the box holds so many, 1 if
 * not said. P2 receives four.
 *     Alone:  cc -o ahead ahead.c && strace -f -r -e mq_timedsend,mq_timedreceive ./ahead 1 */
#include "box.h"

int main(int argc, char **argv)
{
	mqd_t box = box_make(argc > 1 ? atol(argv[1]) : 1, 0);
	char text[16];

	if (fork() == 0) {
		for (int i = 0; i < 4; i++)
			/* Sleeps while the box is empty. */
			mq_receive(box, text, sizeof text, NULL);
		return 0;
	}
	for (int i = 0; i < 4; i++)
		/* Sleeps while the box is full: mq_send(3). */
		mq_send(box, "item", 5, 0);
	wait(NULL);
	return 0;
}
