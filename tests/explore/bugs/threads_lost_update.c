/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Threads of one process add to a global. */
/* explore: WRONG --threads */
#include "../program.h"

static int count;
static void *add(void *p) { (void)p; for (int i = 0; i < 2; i++) count++; return NULL; }
int main(void)
{
	pthread_t t[2];

	for (int i = 0; i < 2; i++)
		pthread_create(&t[i], NULL, add, NULL);
	for (int i = 0; i < 2; i++)
		pthread_join(t[i], NULL);
	return count != 4;
}
