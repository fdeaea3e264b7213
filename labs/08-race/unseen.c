/* SPDX-License-Identifier: 0BSD */
/* unseen: an account with 150 on it. Two processes want 100 each. */
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
	pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	pthread_mutex_init(&account->lock, &attr);
	account->balance = 150;
	if (fork() == 0) {
		withdraw(account, 100);
		return 0;
	}
	withdraw(account, 100);
	wait(NULL);
	printf("%d\n", account->balance);
	return 0;
}
