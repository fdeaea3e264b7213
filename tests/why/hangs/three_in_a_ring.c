/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Three processes in a ring of pipes; everybody waits for the one before.
 *
 * why HANG
 * why P1 read pipe @read <- P3 write inherited @make
 * why P2 read pipe @read <- P1 write opened @make
 * why P3 read pipe @read <- P2 write inherited @make
 * why cycle P1 P2 P3
 */
#include <unistd.h>

static int ends[3][2];

static void stand(int me)
{
	char token;

	for (int i = 0; i < 3; i++) {
		if (i != me)
			close(ends[i][0]);
		if (i != (me + 1) % 3)
			close(ends[i][1]);
	}
	(void)!read(ends[me][0], &token, 1); /* @read */
	(void)!write(ends[(me + 1) % 3][1], &token, 1);
}

int main(void)
{
	for (int i = 0; i < 3; i++)
		if (pipe(ends[i]) < 0) /* @make */
			return 1;
	for (int i = 1; i < 3; i++)
		if (fork() == 0) {
			stand(i);
			_exit(0);
		}
	stand(0);
	return 0;
}
