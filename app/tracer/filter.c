/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The seccomp filter: which calls stop. Built once with libseccomp, kept as a program, and
 * installed by each child between fork and exec with seccomp(2). It sees numbers and register
 * arguments only: neither paths nor what a descriptor leads to. No stat-like call, no mmap of
 * private memory, no private futex is in it; munmap and mremap are not either: what they undo is
 * learnt from maps. Our runtime's number (hook/protocol.h) always stops. The kernel (5.11 and newer) turns calls that are
 * allowed whatever their arguments into one bit test. */
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <sched.h>
#include <seccomp.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tracer/private.h"

/* Calls that stop whatever their arguments are. */
static const int stops[] = {
	SYS_read, SYS_write, SYS_readv, SYS_writev, SYS_preadv2, SYS_pwritev2,
	SYS_pipe, SYS_pipe2, SYS_close, SYS_close_range, SYS_dup, SYS_dup2, SYS_dup3,
	SYS_open, SYS_openat, SYS_openat2, SYS_creat,
	SYS_fork, SYS_vfork, SYS_clone, SYS_clone3, SYS_execve, SYS_execveat, SYS_exit, SYS_exit_group,
	SYS_wait4, SYS_waitid, SYS_poll, SYS_ppoll, SYS_select, SYS_pselect6,
	SYS_nanosleep, SYS_clock_nanosleep, SYS_pause, SYS_rt_sigsuspend,
	SYS_kill, SYS_tkill, SYS_tgkill,
	SYS_splice, SYS_tee, SYS_vmsplice, SYS_sendfile, SYS_recvmsg, SYS_pidfd_getfd, SYS_restart_syscall,
	/* Means of communication that no rule covers yet: counted as unknown when they are made. */
	SYS_eventfd,
	SYS_eventfd2, SYS_signalfd, SYS_signalfd4, SYS_io_uring_setup,
	SYS_socket, SYS_socketpair, SYS_bind, SYS_listen, SYS_accept, SYS_accept4, SYS_connect, SYS_shutdown,
	SYS_sendto, SYS_recvfrom, SYS_sendmsg, SYS_sendmmsg, SYS_recvmmsg,
	/* Queues and System V IPC. */
	SYS_mq_open, SYS_mq_unlink, SYS_mq_timedsend, SYS_mq_timedreceive, SYS_mq_notify, SYS_mq_getsetattr,
	SYS_msgget, SYS_msgsnd, SYS_msgrcv, SYS_msgctl, SYS_semget, SYS_semop, SYS_semtimedop, SYS_semctl,
	SYS_shmget, SYS_shmat, SYS_shmdt, SYS_shmctl,
	SYS_timerfd_create, SYS_timerfd_settime, SYS_pidfd_open, SYS_pidfd_send_signal,
	SYS_epoll_create, SYS_epoll_create1, SYS_epoll_ctl, SYS_epoll_wait, SYS_epoll_pwait, SYS_epoll_pwait2,
	SYS_flock,
	SYS_rt_sigtimedwait, SYS_rt_sigqueueinfo, SYS_rt_tgsigqueueinfo, SYS_alarm, SYS_setitimer, SYS_timer_create,
	SYS_timer_settime, SYS_timer_delete,
	/* Memory that is shared. */
	SYS_ftruncate, SYS_msync, SYS_memfd_create, SYS_unlink, SYS_unlinkat,
};

struct arg_rule {
	int call, arg;
	u64 mask, value;
};
static const struct arg_rule arg_rules[] = {
	{SYS_fcntl, 1, 0xffffffff, F_DUPFD},
	{SYS_fcntl, 1, 0xffffffff, F_DUPFD_CLOEXEC},
	{SYS_fcntl, 1, 0xffffffff, F_SETFD},
	{SYS_fcntl, 1, 0xffffffff, F_SETLK},
	{SYS_fcntl, 1, 0xffffffff, F_SETLKW},
	{SYS_fcntl, 1, 0xffffffff, F_OFD_SETLK},
	{SYS_fcntl, 1, 0xffffffff, F_OFD_SETLKW},
	{SYS_fcntl, 1, 0xffffffff, F_SETFL},
	{SYS_fcntl, 1, 0xffffffff, F_SETPIPE_SZ},
	{SYS_ioctl, 1, 0xffffffff, FIONBIO},
	{SYS_ioctl, 1, 0xffffffff, FIOCLEX},
	{SYS_ioctl, 1, 0xffffffff, FIONCLEX},
	{SYS_unshare, 0, CLONE_FILES, CLONE_FILES},
	{SYS_mknod, 1, S_IFMT, S_IFIFO},
	{SYS_mknodat, 2, S_IFMT, S_IFIFO},
	{SYS_setsockopt, 2, 0xffffffff, SO_RCVTIMEO_OLD},
	{SYS_setsockopt, 2, 0xffffffff, SO_SNDTIMEO_OLD},
	{SYS_setsockopt, 2, 0xffffffff, SO_RCVTIMEO_NEW},
	{SYS_setsockopt, 2, 0xffffffff, SO_SNDTIMEO_NEW},
	{SYS_getsockopt, 2, 0xffffffff, SO_RCVTIMEO_OLD},
	{SYS_getsockopt, 2, 0xffffffff, SO_SNDTIMEO_OLD},
	{SYS_getsockopt, 2, 0xffffffff, SO_RCVTIMEO_NEW},
	{SYS_getsockopt, 2, 0xffffffff, SO_SNDTIMEO_NEW},
	{SYS_mmap, 3, MAP_SHARED, MAP_SHARED}, /* MAP_SHARED_VALIDATE too: 1 and 3; private is 2 */
	{SYS_futex, 1, FUTEX_PRIVATE_FLAG, 0},
};

/* What inject/user.c answers. */
static const int user_stops[] = {SYS_setgroups, SYS_setgid, SYS_setuid};

/* Of a futex that is private to a process those operations stop that wait, when they have a time-out: in all others the
 * fourth argument is no pointer, or there is none. */
static bool timed_rules(scmp_filter_ctx ctx)
{
	static const int waits[] = {FUTEX_WAIT, FUTEX_WAIT_BITSET, FUTEX_WAIT_REQUEUE_PI, FUTEX_LOCK_PI, FUTEX_LOCK_PI2};

	for (size_t i = 0; i < ARRAY_LEN(waits); i++)
		if (seccomp_rule_add(ctx, SCMP_ACT_TRACE(0), SYS_futex, 2,
		                     SCMP_CMP64(1, SCMP_CMP_MASKED_EQ, 0xffffffff & ~(u64)FUTEX_CLOCK_REALTIME,
		                                (u64)(FUTEX_PRIVATE_FLAG | waits[i])),
		                     SCMP_CMP64(3, SCMP_CMP_NE, 0, 0)) < 0)
			return false;
	return true;
}

static bool filter_rules(scmp_filter_ctx ctx, bool one_user, bool times)
{
	/* A call of a foreign ABI (int 0x80) runs and is not decoded; that is said at exec. */
	if (seccomp_attr_set(ctx, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_ALLOW) < 0)
		return false;
	seccomp_attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2); /* a binary tree, libseccomp 2.5 */
	for (size_t i = 0; i < ARRAY_LEN(stops); i++)
		if (seccomp_rule_add(ctx, SCMP_ACT_TRACE(0), stops[i], 0) < 0)
			return false;
	for (size_t i = 0; one_user && i < ARRAY_LEN(user_stops); i++)
		if (seccomp_rule_add(ctx, SCMP_ACT_TRACE(0), user_stops[i], 0) < 0)
			return false;
	/* sigaction that only asks changes nothing. */
	if (seccomp_rule_add(ctx, SCMP_ACT_TRACE(0), SYS_rt_sigaction, 1, SCMP_CMP64(1, SCMP_CMP_NE, 0, 0)) < 0)
		return false;
	if (seccomp_rule_add(ctx, SCMP_ACT_TRACE(0), HOOK_CALL, 0) < 0)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(arg_rules); i++) {
		const struct arg_rule *r = &arg_rules[i];
		if (seccomp_rule_add(ctx, SCMP_ACT_TRACE(0), r->call, 1,
		                     SCMP_CMP64((unsigned)r->arg, SCMP_CMP_MASKED_EQ, r->mask, r->value)) < 0)
			return false;
	}
	return !times || timed_rules(ctx);
}

bool filter_stops(long nr, const u64 *args)
{
	if (nr == HOOK_CALL)
		return true;
	if (nr == SYS_rt_sigaction)
		return args[1] != 0;
	for (size_t i = 0; i < ARRAY_LEN(stops); i++)
		if (stops[i] == nr)
			return true;
	for (size_t i = 0; i < ARRAY_LEN(arg_rules); i++)
		if (arg_rules[i].call == nr && (args[arg_rules[i].arg] & arg_rules[i].mask) == arg_rules[i].value)
			return true;
	return false;
}

bool filter_build(bool one_user, bool times, struct sock_filter **program, u16 *n, struct err *err)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ALLOW);
	int fd = memfd_create("ipclab-filter", MFD_CLOEXEC);
	struct stat st;
	bool ok = false;

	if (!ctx || fd < 0 || !filter_rules(ctx, one_user, times) || seccomp_export_bpf(ctx, fd) < 0 || fstat(fd, &st) < 0)
		goto out;
	*program = xmalloc((size_t)st.st_size);
	*n = (u16)((size_t)st.st_size / sizeof **program);
	ok = pread(fd, *program, (size_t)st.st_size, 0) == st.st_size;
out:
	if (!ok)
		err_sys(err, EXIT_MACHINE, "the seccomp filter cannot be built");
	if (fd >= 0)
		close(fd);
	if (ctx)
		seccomp_release(ctx);
	return ok;
}
