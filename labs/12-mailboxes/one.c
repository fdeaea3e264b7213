/* SPDX-License-Identifier: 0BSD */
/* one: second solution. Only one process at a time may be in receive: a lock around it.
 * P1 sends two messages, P2 and P3 receive one each.
 *     Alone:  cc -o one one.c && ./one */
#include <pthread.h>
#include <sys/mman.h>

#include "mailbox.h"

struct turn {
	pthread_mutex_t lock;
};

static void receiver(mailbox box, struct turn *turn, const char *who)
{
	/* Who has the lock may wait inside for a message, as long as that takes; the
	 * other one waits here, for the lock. Which of the two comes first is nobody's
	 * decision. */
	pthread_mutex_lock(&turn->lock);
	box_receive(box, who);
	pthread_mutex_unlock(&turn->lock);
}

int main(void)
{
	/* The lock has to lie in memory that all three have: mmap(2), before fork. */
	struct turn *turn = mmap(NULL, sizeof *turn, PROT_READ | PROT_WRITE,
				 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	mailbox box = box_create("/A");
	pthread_mutexattr_t attr;

	if (turn == MAP_FAILED)
		return 1;
	pthread_mutexattr_init(&attr);
	/* Else it is one for threads of one process, and keeps nobody of another one
	 * out. */
	pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	pthread_mutex_init(&turn->lock, &attr);
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
	/* The name is needed until both have received. */
	while (wait(NULL) > 0)
		;
	box_destroy("/A");
	return 0;
}
