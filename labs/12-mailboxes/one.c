/* SPDX-License-Identifier: 0BSD */
/* one: second solution. Only one process at a time may be in receive: a lock around it. */
#include <pthread.h>
#include <sys/mman.h>

#include "mailbox.h"

static void receiver(mailbox box, pthread_mutex_t *turn, const char *who)
{
	pthread_mutex_lock(turn);
	box_receive(box, who);
	pthread_mutex_unlock(turn);
}

int main(void)
{
	pthread_mutex_t *turn = mmap(NULL, sizeof *turn, PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	mailbox box = box_create("/A");
	pthread_mutexattr_t attr;

	if (turn == MAP_FAILED)
		return 1;
	pthread_mutexattr_init(&attr);
	pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	pthread_mutex_init(turn, &attr);
	if (fork() == 0) {
		receiver(box, turn, "P2");
		return 0;
	}
	if (fork() == 0) {
		receiver(box, turn, "P3");
		return 0;
	}
	box_send(box, "m1");
	box_send(box, "m2");
	while (wait(NULL) > 0)
		;
	box_destroy("/A");
	return 0;
}
