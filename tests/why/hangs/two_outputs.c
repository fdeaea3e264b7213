/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parent reads its child's output to the end; the child first fills the pipe of its messages, which nobody reads.
 *
 * why HANG
 * why P1 read pipe @reads <- P2 write
 * why P2 write pipe @fills <- P1 read
 * why cycle P1 P2
 * why mend P1 has to read pipe\d+ along with pipe\d+
 */
#include <unistd.h>

static void child(int out, int messages)
{
	char full[1000] = {0};

	for (int i = 0; i < 200; i++)
		if (write(messages, full, sizeof full) < 0) /* @fills */
			_exit(1);
	_exit(write(out, "x", 1) != 1);
}

int main(void)
{
	int out[2], messages[2];
	char buf[100];

	if (pipe(out) < 0 || pipe(messages) < 0)
		return 1;
	if (fork() == 0) {
		close(out[0]);
		close(messages[0]);
		child(out[1], messages[1]);
	}
	close(out[1]);
	close(messages[1]);
	return read(out[0], buf, sizeof buf) < 0; /* @reads */
}
