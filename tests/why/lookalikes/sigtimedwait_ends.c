/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sigtimedwait(2) of a signal that nobody sends.
 *
 * why ENDED
 */
#include <signal.h>
#include <time.h>

int main(void)
{
	struct timespec limit = {0, 300000000};
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	sigtimedwait(&set, NULL, &limit);
	return 0;
}
