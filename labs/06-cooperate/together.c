/* SPDX-License-Identifier: 0BSD */
/* together: as apart, but the variable lies on a page that P1 makes to be shared,
 * before it makes P2. And P1 does not wait before it adds.
 *     Alone:  cc -o together together.c && ./together
 *     More:   for i in $(seq 100); do ./together | tail -1; done | sort | uniq -c */
#include "page.h"

struct shared {
	int visits;
};

int main(void)
{
	/* Before fork: afterwards it would be two pages. */
	struct shared *shared = page(sizeof *shared);

	if (fork() == 0) {
		shared->visits = shared->visits + 1;
		printf("child %d\n", shared->visits);
		return 0;
	}
	shared->visits = shared->visits + 1;
	printf("parent %d\n", shared->visits);
	/* Only here, at the end. Nothing above says who of the two adds first. */
	wait(NULL);
	return 0;
}
