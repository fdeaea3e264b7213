/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Without hooks: shared memory and semaphores as any program uses them. And what is private: mappings and
 * mutexes nobody else can see. */
#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static struct shared {
	sem_t full;
	char text[32];
	long numbers[4];
} *s;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static void *contend(void *arg)
{
	int word = 0;

	for (int i = 0; i < 2000; i++) {
		pthread_mutex_lock(&mutex);
		munmap(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), 4096);
		pthread_mutex_unlock(&mutex);
		syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
	}
	return arg;
}

int main(int argc, char **argv)
{
	pthread_t one, two;
	struct timespec soon;

	if (argc > 1) { /* nothing here is anybody else's */
		pthread_create(&one, NULL, contend, NULL);
		pthread_create(&two, NULL, contend, NULL);
		pthread_join(one, NULL);
		pthread_join(two, NULL);
		return strcmp(argv[1], "private") != 0;
	}
	s = mmap(NULL, sizeof *s, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	sem_init(&s->full, 1, 0);
	if (fork() == 0) {
		strcpy(s->text, "written by nobody's hook");
		s->numbers[3] = 12345;
		sem_post(&s->full);
		usleep(1000);
		_exit(0);
	}
	sem_wait(&s->full);
	printf("%s %ld\n", s->text, s->numbers[3]);
	clock_gettime(CLOCK_REALTIME, &soon);
	soon.tv_sec++;
	puts(sem_timedwait(&s->full, &soon) == -1 && errno == ETIMEDOUT ? "late" : "NOT OK");
	wait(NULL);
	munmap(s, sizeof *s);
	return 0;
}
