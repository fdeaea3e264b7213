/* SPDX-License-Identifier: GPL-3.0-or-later */
/* alarm(2) ends a pause(2).
 *
 * why ENDED
 */
#include <signal.h>
#include <unistd.h>

static void ring(int sig)
{
	(void)sig;
}

int main(void)
{
	signal(SIGALRM, ring);
	alarm(1);
	pause();
	return 0;
}
