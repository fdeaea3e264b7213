/* SPDX-License-Identifier: 0BSD */
/* drops [ITEMS]: a sender that does not wait, and does not look whether its message
 * went in. The box holds three; five are sent if nothing is said. Then it is emptied
 * and counted.
 *     Alone:  cc -o drops drops.c && ./drops 5 */
#include "box.h"

int main(int argc, char **argv)
{
	int items = argc > 1 ? atoi(argv[1]) : 5, got = 0;
	mqd_t box = box_make(3, O_NONBLOCK);
	char text[16];

	for (int i = 0; i < items; i++)
		/* With O_NONBLOCK a call that would sleep fails at once, with EAGAIN.
		 * Its result is the only place where that is said: mq_send(3). */
		mq_send(box, "item", 5, 0);
	/* Here the result is looked at: EAGAIN is what ends the loop. */
	while (mq_receive(box, text, sizeof text, NULL) > 0)
		got++;
	printf("%d of %d arrived\n", got, items);
	return 0;
}
