/* SPDX-License-Identifier: 0BSD */
/* check: as counter, once each. It ends with status 1 when an addition was lost. */
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

struct shared {
	int count;
};

static void add(struct shared *shared)
{
	shared->count = shared->count + 1;
}

int main(void)
{
	struct shared *shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (shared == MAP_FAILED)
		return 2;
	if (fork() == 0) {
		add(shared);
		return 0;
	}
	add(shared);
	wait(NULL);
	printf("%d\n", shared->count);
	return shared->count == 2 ? 0 : 1;
}
