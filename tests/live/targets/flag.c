/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The child computes until it sees what the parent has written into memory they share: no system
 * call and no stop tells of it. Then it makes its next operation. */
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
	volatile int *flag = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int fds[2];

	if (flag == MAP_FAILED || pipe(fds))
		return 1;
	if (fork() == 0) {
		while (!*flag)
			;
		return write(fds[1], "seen", 4) == 4 ? 0 : 1;
	}
	if (write(fds[1], "now", 3) != 3)
		return 1;
	*flag = 1;
	wait(NULL);
	return 0;
}
