/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A signal is waited for, and its time passes. */
/* explore: fine */
#include "../program.h"

int main(void)
{
	struct timespec t = {1, 0};
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	if (sigtimedwait(&set, NULL, &t) != -1 || errno != EAGAIN)
		return 1;
	kill(getpid(), SIGUSR1);
	return sigtimedwait(&set, NULL, &t) != SIGUSR1;
}
