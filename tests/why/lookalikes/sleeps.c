/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A sleep of 300 ms, then its end.
 *
 * why ENDED
 */
#include <unistd.h>

int main(void)
{
	usleep(300000);
	return 0;
}
