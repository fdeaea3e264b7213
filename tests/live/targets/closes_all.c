/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Closes every descriptor it has, as daemons do, makes a pipe in their places and uses it; then a call of the
 * 32-bit ABI where the kernel has it, which ipclab lets run. The status is the only word it can give: 7. */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static void not_here(int sig)
{
	(void)sig;
	_exit(7);
}

int main(void)
{
	int ends[2], status;
	char bytes[4];
	long pid = -1;

	if (close_range(0, ~0u, 0) < 0 || pipe(ends) < 0 || ends[0] != 0)
		return 2;
	if (fork() == 0)
		_exit(write(ends[1], "abcd", 4) == 4 ? 0 : 3);
	if (read(ends[0], bytes, sizeof bytes) != 4 || wait(&status) < 0 || status)
		return 4;
#ifdef __x86_64__
	signal(SIGSEGV, not_here);
	__asm__ volatile("int $0x80" : "=a"(pid) : "a"(20L) : "memory", "r8", "r9", "r10", "r11"); /* getpid */
	if (pid >= 0 && pid != getpid())
		return 5;
#endif
	return 7;
}
