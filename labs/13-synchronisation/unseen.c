/* SPDX-License-Identifier: 0BSD */
/* unseen: two processes, P1 and P2, swap a number each, through two boxes that hold one
 * message each.
 *     Alone:  cc -o unseen unseen.c && timeout 3 ./unseen */
#include "box.h"

static void swap(const char *who, mqd_t give, mqd_t take)
{
	char text[16];

	/* Both run this, with the boxes the other way round. */
	if (mq_receive(take, text, sizeof text, NULL) > 0
	    && mq_send(give, who, 3, 0) == 0)
		printf("%s has %s\n", who, text);
}

int main(void)
{
	/* Both of them block: no O_NONBLOCK. */
	mqd_t one = box_make(1, 0), two = box_make(1, 0);

	if (fork() == 0) {
		swap("P2", two, one);
		return 0;
	}
	swap("P1", one, two);
	wait(NULL);
	return 0;
}
