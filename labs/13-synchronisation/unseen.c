/* SPDX-License-Identifier: 0BSD */
/* unseen: two processes swap a number each, through two boxes that hold one message each. */
#include "box.h"

static void swap(const char *who, mqd_t give, mqd_t take)
{
	char text[16];

	if (mq_receive(take, text, sizeof text, NULL) > 0 && mq_send(give, who, 3, 0) == 0)
		printf("%s has %s\n", who, text);
}

int main(void)
{
	mqd_t one = box_make(1, 0), two = box_make(1, 0);

	if (fork() == 0) {
		swap("P2", two, one);
		return 0;
	}
	swap("P1", one, two);
	wait(NULL);
	return 0;
}
