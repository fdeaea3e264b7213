/* SPDX-License-Identifier: GPL-3.0-or-later */
/* flock(2) of two files in opposite order.
 *
 * why HANG
 * why P1 flock lock @second <- P2
 * why P2 flock lock @first <- P1
 * why cycle P1 P2
 */
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

static void take(const char *one, const char *other)
{
	int first = open(one, O_RDWR | O_CREAT, 0600), second = open(other, O_RDWR | O_CREAT, 0600);

	flock(first, LOCK_EX);
	usleep(100000);
	if (one[0] == 'a')
		flock(second, LOCK_EX); /* @second */
	else
		flock(second, LOCK_EX); /* @first */
}

int main(void)
{
	if (fork() == 0) {
		take("b", "a");
		_exit(0);
	}
	take("a", "b");
	return 0;
}
