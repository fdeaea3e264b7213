/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A System V message queue. */
/* explore: fine */
#include "../program.h"

static int id;
static void sender(int n)
{
	struct { long type; char text[4]; } m = {1, "abc"};

	while (n--)
		if (msgsnd(id, &m, sizeof m.text, 0) != 0)
			_exit(1);
}
int main(void)
{
	struct { long type; char text[4]; } m;

	id = msgget(1234567, IPC_CREAT | IPC_EXCL | 0600);
	if (id < 0)
		return 98;
	start(sender, 1);
	start(sender, 1);
	for (int i = 0; i < 2; i++)
		if (msgrcv(id, &m, sizeof m.text, 0, 0) < 0)
			return 1;
	return wait_all(); /* the queue stays: explore removes it */
}
