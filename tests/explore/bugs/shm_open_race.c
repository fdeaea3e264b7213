/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who makes the segment gives it its size a moment later than its name. */
/* explore: WRONG */
#include "../program.h"

static void use(int me)
{
	int fd = shm_open("/ipclab-explore-shm", O_CREAT | O_EXCL | O_RDWR, 0600);
	int *p;

	(void)me;
	if (fd >= 0) {
		if (ftruncate(fd, 4096) != 0)
			_exit(2);
	} else {
		fd = shm_open("/ipclab-explore-shm", O_RDWR, 0600);
	}
	p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED || lseek(fd, 0, SEEK_END) < 4096)
		_exit(1);
	__atomic_fetch_add(p, 1, __ATOMIC_SEQ_CST);
}
int main(void)
{
	start(use, 0);
	start(use, 1);
	return wait_all();
}
