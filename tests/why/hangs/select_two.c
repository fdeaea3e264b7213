/* SPDX-License-Identifier: GPL-3.0-or-later */
/* select(2) on two pipes whose writers both wait for a first order.
 *
 * why HANG
 * why P1 select|pselect6 pipe @select <- P2 write inherited @make, P3 write inherited @make
 * why P2 read pipe @child <- P1 write opened @orders
 * why P3 read pipe @child <- P1 write opened @orders
 */
#include <sys/select.h>
#include <unistd.h>

int main(void)
{
	int answers[2][2], orders[2];
	fd_set set;
	char byte;

	if (pipe(orders) < 0) /* @orders */
		return 1;
	FD_ZERO(&set);
	for (int i = 0; i < 2; i++) {
		if (pipe(answers[i]) < 0) /* @make */
			return 1;
		if (fork() == 0) {
			close(orders[1]);
			for (int k = 0; k < i; k++)
				close(answers[k][0]);
			close(answers[i][0]);
			(void)!read(orders[0], &byte, 1); /* @child */
			_exit(0);
		}
		close(answers[i][1]);
		FD_SET(answers[i][0], &set);
	}
	close(orders[0]);
	select(answers[1][0] + 1, &set, NULL, NULL, NULL); /* @select */
	return 0;
}
