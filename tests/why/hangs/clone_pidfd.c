/* SPDX-License-Identifier: GPL-3.0-or-later */
/* clone3(2) gives a pidfd, on which the parent waits for a child that waits for a signal.
 *
 * why HANG
 * why outside HANG
 * why P1 poll|ppoll * @poll <- P2
 * why P2 pause signal @pause
 */
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(void)
{
	struct {
		uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls;
	} how = {.flags = 0x1000 /* CLONE_PIDFD */, .exit_signal = SIGCHLD};
	int fd = -1;
	struct pollfd ended = {.events = POLLIN};

	how.pidfd = (uint64_t)(uintptr_t)&fd;
	if (syscall(SYS_clone3, &how, sizeof how) == 0) {
		pause(); /* @pause */
		_exit(0);
	}
	ended.fd = fd;
	poll(&ended, 1, -1); /* @poll */
	return 0;
}
