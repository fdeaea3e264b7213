/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two processes count for each other by eventfds; both read first.
 *
 * why HANG
 * why P1 read other @parent <- P1 * opened @two, P2 * inherited @two
 * why P2 read other @child <- P1 * opened @one, P2 * inherited @one
 */
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

int main(void)
{
	int one = eventfd(0, 0); /* @one */
	int two = eventfd(0, 0); /* @two */
	uint64_t n;

	if (fork() == 0) {
		(void)!read(one, &n, sizeof n); /* @child */
		(void)!write(two, &n, sizeof n);
		_exit(0);
	}
	(void)!read(two, &n, sizeof n); /* @parent */
	(void)!write(one, &n, sizeof n);
	return 0;
}
