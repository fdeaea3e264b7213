#include <stdio.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/sem.h>
#include <sys/shm.h>

static key_t key_of(const char *name)
{
	key_t k = 5381;

	if (strchr(name + 1, '/'))
		return 0;
	for (; *name; name++)
		k = k * 33 + *name;
	return k ? k : 1;
}

int main(int argc, char **argv)
{
	struct sembuf down = {0, -1, 0};
	key_t key = argc > 1 ? key_of(argv[1]) : 0;
	int shm, sem;
	char *m;

	if (!key)
		return 1;
	shm = shmget(key, 100, IPC_CREAT | 0600);
	sem = semget(key, 1, IPC_CREAT | 0600);
	m = shm < 0 ? (char *)-1 : shmat(shm, NULL, SHM_RDONLY);
	if (sem < 0 || m == (char *)-1 || semop(sem, &down, 1) < 0)
		return 1;
	printf("%s\n", m);
	shmctl(shm, IPC_RMID, NULL);
	semctl(sem, 0, IPC_RMID);
	return 0;
}
