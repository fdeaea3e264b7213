/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A segment that shrinks under its mapping, grows again, is unmapped in parts, moved; a handler that
 * touches what the interrupted access is about. */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { PAGE = 4096 };
static sigjmp_buf back;
static volatile int *cell;

static void on_bus(int sig, siginfo_t *info, void *context)
{
	(void)context;
	siglongjmp(back, sig && info->si_addr ? 2 : 1);
}

static void on_user(int sig)
{
	(void)sig;
	cell[1] = cell[1] + 10;
}

int main(void)
{
	struct sigaction bus = {.sa_sigaction = on_bus, .sa_flags = SA_SIGINFO}, user = {.sa_handler = on_user};
	char name[64];
	volatile int *p;
	int fd;

	sigaction(SIGBUS, &bus, NULL);
	sigaction(SIGSEGV, &bus, NULL);
	sigaction(SIGUSR1, &user, NULL);
	snprintf(name, sizeof name, "/ipclab-faults-%d", (int)getpid());
	fd = shm_open(name, O_CREAT | O_RDWR | O_EXCL, 0600);
	shm_unlink(name);
	if (ftruncate(fd, 3 * PAGE) < 0)
		return 1;
	p = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	p[0] = 1;
	p[PAGE / 2] = 2; /* page 3 */
	if (ftruncate(fd, PAGE) < 0)
		return 1;
	if (sigsetjmp(back, 1) == 0)
		p[PAGE / 2] = 3;
	else
		puts("SIGBUS");
	if (ftruncate(fd, 3 * PAGE) < 0)
		return 1;
	printf("grown again: %d\n", p[PAGE / 2]);
	p[PAGE / 2] = 4;
	munmap((void *)(p + PAGE / 4), PAGE); /* the middle */
	printf("%d %d\n", p[0], p[PAGE / 2]);
	msync((void *)p, PAGE, MS_SYNC);
	p = mremap((void *)p, PAGE, 3 * PAGE, MREMAP_MAYMOVE); /* the third page is in the way */
	cell = p;
	p[PAGE / 4] = 5;
	raise(SIGUSR1);
	p[1] = p[1] + 1;
	printf("%d %d\n", p[1], p[PAGE / 4]);
	mprotect((void *)p, PAGE, PROT_READ);
	if (sigsetjmp(back, 1) == 0)
		p[2] = 6;
	else
		puts("SIGSEGV");
	return 0;
}
