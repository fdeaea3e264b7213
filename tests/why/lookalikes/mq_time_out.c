/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mq_timedreceive(3) of an empty queue.
 *
 * why ENDED
 */
#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

int main(void)
{
	struct mq_attr attr = {.mq_maxmsg = 2, .mq_msgsize = 8};
	struct timespec end;
	char name[40], got[8];
	mqd_t q;

	snprintf(name, sizeof name, "/ipclab-hang-%d", (int)getpid());
	q = mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, &attr);
	if (q < 0)
		return 1;
	mq_unlink(name);
	clock_gettime(CLOCK_REALTIME, &end);
	end.tv_nsec += 300000000;
	end.tv_sec += end.tv_nsec / 1000000000;
	end.tv_nsec %= 1000000000;
	mq_timedreceive(q, got, sizeof got, NULL, &end);
	return 0;
}
