/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The slots rule against this kernel: random reads, writes, resizes and O_DIRECT on a real pipe of
 * our own, each result and each figure the kernel gives told to the world, which must agree.
 */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "logbuild.h"

static u32 seed = 1;
static char bytes[1 << 20];

static u32 chance(u32 below)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % below;
}

static u64 some_size(void)
{
	static const u32 sizes[] = {1, 2, 100, 1000, 2047, 2048, 2049, 4095, 4096, 4097, 5000, 8192,
		10000, 65535, 65536, 70000, 200000};

	return chance(2) ? sizes[chance(ARRAY_LEN(sizes))] : 1 + chance(6000);
}

static i64 result(ssize_t r)
{
	return r < 0 ? -errno : r;
}

static void see(int fds[2], u64 ino)
{
	struct pollfd p = {fds[1], POLLOUT, 0};
	int held = 0;

	ck_assert_int_eq(ioctl(fds[0], FIONREAD, &held), 0);
	ck_assert_int_ge(poll(&p, 1, 0), 0);
	lb_observe(0, OBS_PIPE, ino, (u64)held, (u64)fcntl(fds[1], F_GETPIPE_SZ),
		!!(p.revents & POLLOUT), OBS_UNKNOWN);
}

static void some_operation(int fds[2])
{
	u64 size = some_size();
	int flags = O_NONBLOCK | (chance(3) ? 0 : O_DIRECT);
	int pages = 4096 << chance(6);

	switch (chance(12)) {
	case 0:
		lb_call(1, CALL_fcntl, 4, 0, (u64)flags, F_SETFL,
			result(fcntl(fds[1], F_SETFL, flags)));
		break;
	case 1:
		lb_call(1, CALL_fcntl, 4, 0, (u64)pages, F_SETPIPE_SZ,
			result(fcntl(fds[1], F_SETPIPE_SZ, pages)));
		break;
	case 2:
	case 3:
	case 4:
	case 5: lb_read(1, 3, size, result(read(fds[0], bytes, size))); break;
	default: lb_write(1, 4, size, result(write(fds[1], bytes, size)));
	}
}

START_TEST(slots_agree_with_the_kernel)
{
	for (seed = 1; seed <= 60; seed++) {
		u32 round = seed;
		int fds[2];
		u64 ino;

		ck_assert_int_eq(pipe2(fds, O_NONBLOCK), 0);
		lb_end_all();
		lb_begin();
		lb_spawn(0, 0);
		ino = seed;
		lb_enter(1, CALL_pipe2, 0, 0, 0, O_NONBLOCK);
		lb_exit_flags(1, CALL_pipe2, 0, 0, 3, 4, ino, (u64)fcntl(fds[1], F_GETPIPE_SZ));
		for (int i = 0; i < 400; i++) {
			some_operation(fds);
			see(fds, ino);
			ck_assert_msg(lb_drift() == 0, "seed %u: %s", round,
				world_head(lb.w)->first_drift);
		}
		ck_assert_uint_eq(lb_the_pipe(1)->slots_sure, 1);
		close(fds[0]);
		lb_close(1, 3);
		signal(SIGPIPE, SIG_IGN);
		lb_write(1, 4, 10, result(write(fds[1], bytes, 10)));
		lb_agrees();
		close(fds[1]);
		seed = round;
	}
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {slots_agree_with_the_kernel, NULL};

	return lb_main("world/kernel", tests);
}
