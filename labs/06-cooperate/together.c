/* SPDX-License-Identifier: 0BSD */
/* together: as apart, but the variable lies on a page that both share. */
#include "page.h"

struct shared {
	int visits;
};

int main(void)
{
	struct shared *shared = page(sizeof *shared);

	if (fork() == 0) {
		shared->visits = shared->visits + 1;
		printf("child %d\n", shared->visits);
		return 0;
	}
	shared->visits = shared->visits + 1;
	printf("parent %d\n", shared->visits);
	wait(NULL);
	return 0;
}
