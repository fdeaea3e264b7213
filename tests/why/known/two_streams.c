/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Standard output is read to its end, then standard error; the child writes much to standard error first.
 *
 * URL: https://github.com/ziglang/zig/issues/6343
 * diagnosis: reading one stream to its end and then the other deadlocks when the child fills the pipe of the other
 *
 * why HANG
 * why P1 read pipe @read <- P2 write dup @dup1
 * why P2 write pipe @write <- P1 read opened @errors
 * why cycle P1 P2
 */
#include <sys/wait.h>
#include <unistd.h>

static char much[131072];

static void drain(int fd)
{
	while (read(fd, much, sizeof much) > 0) /* @read */
		;
}

int main(void)
{
	int output[2], errors[2];

	if (pipe(output) < 0)
		return 1;
	if (pipe(errors) < 0) /* @errors */
		return 1;
	if (fork() == 0) {
		dup2(output[1], 1); /* @dup1 */
		dup2(errors[1], 2);
		for (int i = 0; i < 2; i++) {
			close(output[i]);
			close(errors[i]);
		}
		(void)!write(2, much, sizeof much); /* @write */
		_exit(1);
	}
	close(output[1]);
	close(errors[1]);
	drain(output[0]);
	drain(errors[0]);
	wait(NULL);
	return 0;
}
