/* SPDX-License-Identifier: 0BSD */
/* endless [MIB]: an unbounded queue. P2, the receiver, keeps what comes in its own
 * memory, an item behind the other, and never says no, as long as it gets memory: it
 * may have so many MiB, 8 if not said. Each item takes 256 KiB. P1 sends up to 1000 of
 * them.
 *     Alone:  cc -o endless endless.c && ./endless 8; ./endless 32 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* A list: the only bound is the memory there is. The kernel's own queues have a number
 * for it. */
struct item {
	struct item *next;
	char text[256 * 1024 - sizeof(struct item *)];
};

/* From now on this process gets so many MiB more, and then ENOMEM: setrlimit(2). */
static void limit(long mib)
{
	unsigned long pages = 0;
	/* What the process has already counts, too: the first number of statm is its
	 * pages, proc(5). */
	FILE *f = fopen("/proc/self/statm", "r");
	struct rlimit most;

	if (!f || fscanf(f, "%lu", &pages) != 1)
		exit(1);
	fclose(f);
	most.rlim_cur = most.rlim_max = pages * (unsigned long)sysconf(_SC_PAGESIZE) + ((unsigned long)mib << 20);
	setrlimit(RLIMIT_AS, &most);
}

static void receiver(int in, int out, long mib)
{
	struct item *queue = NULL, *item;
	int answer;
	char byte;

	limit(mib);
	/* Sleeps until P1 sends. It takes everything at once, so that P1 never waits
	 * for room. */
	while (read(in, &byte, 1) == 1) {
		/* As malloc asks the kernel for a large piece. */
		item = mmap(NULL, sizeof *item, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		answer = item == MAP_FAILED ? errno : 0;
		if (!answer) {
			item->next = queue;
			item->text[0] = byte;
			queue = item;
		}
		/* The answer is the errno of mmap(2), or 0: without one P1 would not
		 * learn how it went. */
		write(out, &answer, sizeof answer);
	}
}

int main(int argc, char **argv)
{
	int to[2], back[2], answer = 0, n = 0;

	/* Else what stdio holds back would be copied by fork: setbuf(3). */
	setvbuf(stdout, NULL, _IONBF, 0);
	if (pipe(to) < 0 || pipe(back) < 0)
		return 1;
	if (fork() == 0) {
		close(to[1]);
		receiver(to[0], back[1], argc > 1 ? atol(argv[1]) : 8);
		return 0;
	}
	/* One at a time: sent, and then the answer is waited for. */
	while (n < 1000 && write(to[1], "x", 1) == 1 && read(back[0], &answer, sizeof answer) > 0 && !answer)
		n++;
	printf("%d in the queue; then: %s\n", n, answer ? strerror(answer) : "no end was seen");
	close(to[1]);
	wait(NULL);
	return 0;
}
