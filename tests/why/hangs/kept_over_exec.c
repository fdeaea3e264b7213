/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A helper is executed with the write end still open: the pipe has no close-on-exec.
 *
 * why HANG
 * why P1 read pipe @read <- P2 write inherited @pipe
 * why P2 read pipe @serve <- P1 write opened @orders
 */
#include <string.h>
#include <unistd.h>

static int serve(void)
{
	char order;

	return (int)read(0, &order, 1); /* @serve */
}

int main(int argc, char **argv)
{
	int answers[2], orders[2];
	char byte;

	if (argc > 1 && strcmp(argv[1], "serve") == 0)
		return serve();
	if (pipe(answers) < 0) /* @pipe */
		return 1;
	if (pipe(orders) < 0) /* @orders */
		return 1;
	if (fork() == 0) {
		dup2(orders[0], 0);
		close(orders[0]);
		close(orders[1]);
		close(answers[0]);
		execl("/proc/self/exe", argv[0], "serve", NULL);
		_exit(127);
	}
	close(orders[0]);
	close(answers[1]);
	while (read(answers[0], &byte, 1) > 0) /* @read */
		;
	(void)!write(orders[1], "end", 3);
	return 0;
}
