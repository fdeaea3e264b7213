/* SPDX-License-Identifier: 0BSD */
/* unseen: an account with 150 on it. Two processes, P1 and P2, want 100 each. P1 prints
 * what is left.
 *     Alone:  cc -o unseen unseen.c && ./unseen */
#include <pthread.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

struct account {
	int balance;
	pthread_mutex_t lock;
};

static void withdraw(struct account *account, int amount)
{
	if (account->balance < amount)
		return; /* not enough there */
	/* Nobody else can subtract between this line and unlock: pthread_mutex_lock(3). */
	pthread_mutex_lock(&account->lock);
	account->balance = account->balance - amount;
	pthread_mutex_unlock(&account->lock);
}

int main(void)
{
	struct account *account = mmap(NULL, sizeof *account, PROT_READ | PROT_WRITE,
				       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pthread_mutexattr_t attr;

	if (account == MAP_FAILED)
		return 1;
	pthread_mutexattr_init(&attr);
	/* Between processes: else it is one for the threads of one. */
	pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	pthread_mutex_init(&account->lock, &attr);
	/* Before fork: both find it there. */
	account->balance = 150;
	if (fork() == 0) {
		withdraw(account, 100);
		return 0;
	}
	withdraw(account, 100);
	/* P2 is done after this: the number does not change any more. */
	wait(NULL);
	printf("%d\n", account->balance);
	return 0;
}
