/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All is written to a filter (cat) before any of its output is read.
 *
 * why HANG
 * why P1 write pipe @write <- P2 read dup @dup
 * why P2 write pipe <- P1 read opened @out
 */
#include <unistd.h>

static char much[400000];

int main(void)
{
	int in[2], out[2];

	if (pipe(in) < 0) /* @in */
		return 1;
	if (pipe(out) < 0) /* @out */
		return 1;
	if (fork() == 0) {
		dup2(in[0], 0); /* @dup */
		dup2(out[1], 1);
		for (int fd = 3; fd < 16; fd++)
			close(fd);
		execlp("cat", "cat", NULL);
		_exit(127);
	}
	close(in[0]);
	close(out[1]);
	(void)!write(in[1], much, sizeof much); /* @write */
	close(in[1]);
	while (read(out[0], much, sizeof much) > 0)
		;
	return 0;
}
