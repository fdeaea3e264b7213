/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Threads: a pointer is published before what it leads to is filled in. */
/* explore: CRASH --threads */
#include "../program.h"

struct box { int value; };
static struct box *_Atomic box;
static struct box one;
static void *maker(void *p) { atomic_store(&box, &one); one.value = 4; return p; }
int main(void)
{
	pthread_t t;
	struct box *b;

	pthread_create(&t, NULL, maker, NULL);
	if ((b = atomic_load(&box)))
		assert(b->value == 4);
	pthread_join(t, NULL);
	return 0;
}
