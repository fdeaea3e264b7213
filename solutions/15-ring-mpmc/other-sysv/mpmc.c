/* System V semaphores, and a poison item that tells a consumer to go home. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/sem.h>
#include <sys/wait.h>
#include <unistd.h>

enum { EMPTY, FULL, LOCK };

static struct { int cells, in, out, buffer[64]; long sum; } *r;
static int sems;

static void change(unsigned short which, short by)
{
	struct sembuf op = {which, by, 0};

	if (semop(sems, &op, 1) < 0)
		exit(1);
}

static void put(int item)
{
	change(EMPTY, -1);
	change(LOCK, -1);
	r->buffer[r->in] = item;
	r->in = (r->in + 1) % r->cells;
	change(LOCK, 1);
	change(FULL, 1);
}

static int take(void)
{
	int item;

	change(FULL, -1);
	change(LOCK, -1);
	item = r->buffer[r->out];
	r->out = (r->out + 1) % r->cells;
	r->sum += item;
	change(LOCK, 1);
	change(EMPTY, 1);
	return item;
}

int main(int argc, char **argv)
{
	int p, c, each;
	long n;

	if (argc != 5)
		return 2;
	p = atoi(argv[2]);
	c = atoi(argv[3]);
	each = atoi(argv[4]);
	r = mmap(NULL, sizeof *r, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	r->cells = atoi(argv[1]);
	sems = semget(IPC_PRIVATE, 3, 0600);
	semctl(sems, EMPTY, SETVAL, r->cells);
	semctl(sems, FULL, SETVAL, 0);
	semctl(sems, LOCK, SETVAL, 1);
	for (int i = 0; i < p; i++)
		if (fork() == 0) {
			for (int k = 1; k <= each; k++)
				put(i * each + k);
			_exit(0);
		}
	for (int i = 0; i < c; i++)
		if (fork() == 0) {
			while (take() != 0)
				;
			_exit(0);
		}
	for (int i = 0; i < p; i++)
		wait(NULL); /* producers end first: consumers wait for the poison */
	for (int i = 0; i < c; i++)
		put(0);
	while (wait(NULL) > 0)
		;
	semctl(sems, 0, IPC_RMID);
	n = (long)p * each;
	printf("%ld\n", r->sum);
	return r->sum != n * (n + 1) / 2;
}
