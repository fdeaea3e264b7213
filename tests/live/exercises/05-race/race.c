#include <semaphore.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
struct sh { int n; sem_t s; };
int main(void)
{
	struct sh *p = mmap(NULL, sizeof *p, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	sem_init(&p->s, 1, 1);
	for (int i = 0; i < 2; i++)
		if (fork() == 0) {
			for (int k = 0; k < 2; k++)
				p->n++;
			_exit(0);
		}
	wait(NULL); wait(NULL);
	return p->n != 4;
}
