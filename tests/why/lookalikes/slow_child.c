/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A child that sleeps before it writes.
 *
 * why ENDED
 */
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
	int ends[2];
	char byte;

	if (pipe(ends) < 0)
		return 1;
	if (fork() == 0) {
		usleep(300000);
		(void)!write(ends[1], "x", 1);
		_exit(0);
	}
	(void)!read(ends[0], &byte, 1);
	wait(NULL);
	return 0;
}
