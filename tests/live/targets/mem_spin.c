/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Waits for another process by reading its memory again and again. Says on stderr how often. */
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

struct ring {
	int in, out, item;
};

int main(void)
{
	volatile struct ring *r = mmap(NULL, sizeof *r, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	long rounds = 0;

	if (fork() == 0) {
		usleep(300 * 1000);
		r->item = 7;
		r->in = 1;
		_exit(0);
	}
	while (r->in == r->out)
		rounds++;
	printf("%d %s\n", r->item, r->in ? "in" : "NOT OK");
	fprintf(stderr, "%ld\n", rounds);
	wait(NULL);
	return 0;
}
