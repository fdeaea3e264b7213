/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A reader whose pipe is kept open by a child that sleeps for long and would end by itself.
 *
 * why WAITS
 * why run within=500ms
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
		close(ends[0]);
		sleep(1000);
		_exit(0);
	}
	(void)!read(ends[0], &byte, 1);
	return 0;
}
