/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parent would tell its child to end after it has waited for its end.
 *
 * why HANG
 * why P1 wait4 child @wait <- P2
 * why P2 pause signal @pause <- ?
 * why outside HANG WAITS
 * why mend P1 has to signal P2 before it waits for it
 */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t told;

static void tell(int sig)
{
	(void)sig;
	told = 1;
}

int main(void)
{
	pid_t child;

	signal(SIGUSR1, tell);
	child = fork();
	while (child == 0 && !told)
		pause(); /* @pause */
	if (child == 0)
		return 0;
	waitpid(child, NULL, 0); /* @wait */
	return kill(child, SIGUSR1) < 0;
}
