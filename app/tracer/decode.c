/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a call's number to its decoder. One line a call; the decoders are in decode/, one file a
 * family. A decoder reads arguments at the entry stop, fills struct entry, and says by its result
 * whether the call is of interest at all. */
#include "tracer/private.h"

struct row {
	u16 call;
	decoder *decode;
};

static const struct row rows[] = {
	[SYS_read] = {CALL_read, decode_rw},
	[SYS_write] = {CALL_write, decode_rw},
	[SYS_readv] = {CALL_readv, decode_vector},
	[SYS_writev] = {CALL_writev, decode_vector},
	[SYS_preadv2] = {CALL_preadv2, decode_vector},
	[SYS_pwritev2] = {CALL_pwritev2, decode_vector},
	[SYS_pipe] = {CALL_pipe, decode_pipe},
	[SYS_pipe2] = {CALL_pipe2, decode_pipe},
	[SYS_close] = {CALL_close, decode_close},
	[SYS_close_range] = {CALL_close_range, decode_close_range},
	[SYS_dup] = {CALL_dup, decode_dup},
	[SYS_dup2] = {CALL_dup2, decode_dup},
	[SYS_dup3] = {CALL_dup3, decode_dup},
	[SYS_fcntl] = {CALL_fcntl, decode_fcntl},
	[SYS_ioctl] = {CALL_ioctl, decode_ioctl},
	[SYS_open] = {CALL_open, decode_open},
	[SYS_openat] = {CALL_openat, decode_open},
	[SYS_openat2] = {CALL_openat2, decode_open},
	[SYS_creat] = {CALL_creat, decode_open},
	[SYS_splice] = {CALL_splice, decode_splice},
	[SYS_tee] = {CALL_tee, decode_splice},
	[SYS_vmsplice] = {CALL_vmsplice, decode_splice},
	[SYS_sendfile] = {CALL_sendfile, decode_splice},
	[SYS_pidfd_getfd] = {CALL_pidfd_getfd, decode_receive},
	[SYS_fork] = {CALL_fork, decode_fork},
	[SYS_vfork] = {CALL_vfork, decode_fork},
	[SYS_clone] = {CALL_clone, decode_fork},
	[SYS_clone3] = {CALL_clone3, decode_fork},
	[SYS_unshare] = {CALL_unshare, decode_unshare},
	[SYS_execve] = {CALL_execve, decode_exec},
	[SYS_execveat] = {CALL_execveat, decode_exec},
	[SYS_exit] = {CALL_exit, decode_end},
	[SYS_exit_group] = {CALL_exit_group, decode_end},
	[SYS_wait4] = {CALL_wait4, decode_wait},
	[SYS_waitid] = {CALL_waitid, decode_wait},
	[SYS_kill] = {CALL_kill, decode_kill},
	[SYS_tkill] = {CALL_tkill, decode_kill},
	[SYS_tgkill] = {CALL_tgkill, decode_kill},
	[SYS_pause] = {CALL_pause, decode_pause},
	[SYS_rt_sigsuspend] = {CALL_rt_sigsuspend, decode_pause},
	[SYS_nanosleep] = {CALL_nanosleep, decode_sleep},
	[SYS_clock_nanosleep] = {CALL_clock_nanosleep, decode_sleep},
	[SYS_poll] = {CALL_poll, decode_poll},
	[SYS_ppoll] = {CALL_ppoll, decode_poll},
	[SYS_select] = {CALL_select, decode_select},
	[SYS_pselect6] = {CALL_pselect6, decode_select},
	[SYS_mmap] = {CALL_mmap, decode_mmap},
	[SYS_msync] = {CALL_msync, decode_msync},
	[SYS_ftruncate] = {CALL_ftruncate, decode_ftruncate},
	[SYS_memfd_create] = {CALL_memfd_create, decode_memfd},
	[SYS_unlink] = {CALL_unlink, decode_unlink},
	[SYS_unlinkat] = {CALL_unlinkat, decode_unlink},
	[SYS_timerfd_create] = {CALL_timerfd_create, decode_event},
	[SYS_timerfd_settime] = {CALL_timerfd_settime, decode_timerfd_settime},
	[SYS_pidfd_open] = {CALL_pidfd_open, decode_event},
	[SYS_pidfd_send_signal] = {CALL_pidfd_send_signal, decode_event},
	[SYS_epoll_create] = {CALL_epoll_create, decode_event},
	[SYS_epoll_create1] = {CALL_epoll_create1, decode_event},
	[SYS_epoll_ctl] = {CALL_epoll_ctl, decode_epoll_ctl},
	[SYS_epoll_wait] = {CALL_epoll_wait, decode_epoll_wait},
	[SYS_epoll_pwait] = {CALL_epoll_pwait, decode_epoll_wait},
	[SYS_epoll_pwait2] = {CALL_epoll_pwait2, decode_epoll_wait},
	[SYS_flock] = {CALL_flock, decode_flock},
	[SYS_rt_sigaction] = {CALL_rt_sigaction, decode_sigaction},
	[SYS_rt_sigtimedwait] = {CALL_rt_sigtimedwait, decode_sigtimedwait},
	[SYS_rt_sigqueueinfo] = {CALL_rt_sigqueueinfo, decode_sigqueue},
	[SYS_rt_tgsigqueueinfo] = {CALL_rt_tgsigqueueinfo, decode_sigqueue},
	[SYS_alarm] = {CALL_alarm, decode_timer},
	[SYS_setitimer] = {CALL_setitimer, decode_timer},
	[SYS_timer_create] = {CALL_timer_create, decode_timer},
	[SYS_timer_settime] = {CALL_timer_settime, decode_timer},
	[SYS_timer_delete] = {CALL_timer_delete, decode_timer},
	[SYS_mknod] = {CALL_mknod, decode_mknod},
	[SYS_mknodat] = {CALL_mknodat, decode_mknod},
	[SYS_futex] = {CALL_futex, decode_futex},
	[SYS_socket] = {CALL_socket, decode_socket},
	[SYS_socketpair] = {CALL_socketpair, decode_socket},
	[SYS_bind] = {CALL_bind, decode_address},
	[SYS_connect] = {CALL_connect, decode_address},
	[SYS_listen] = {CALL_listen, decode_on_socket},
	[SYS_shutdown] = {CALL_shutdown, decode_on_socket},
	[SYS_accept] = {CALL_accept, decode_on_socket},
	[SYS_accept4] = {CALL_accept4, decode_on_socket},
	[SYS_setsockopt] = {CALL_setsockopt, decode_setsockopt},
	[SYS_getsockopt] = {CALL_setsockopt, decode_getsockopt},
	[SYS_sendto] = {CALL_sendto, decode_send},
	[SYS_sendmsg] = {CALL_sendmsg, decode_send},
	[SYS_sendmmsg] = {CALL_sendmmsg, decode_messages},
	[SYS_recvfrom] = {CALL_recvfrom, decode_receive_from},
	[SYS_recvmsg] = {CALL_recvmsg, decode_receive_from},
	[SYS_recvmmsg] = {CALL_recvmmsg, decode_messages},
	[SYS_mq_open] = {CALL_mq_open, decode_mq_open},
	[SYS_mq_unlink] = {CALL_mq_unlink, decode_mq_unlink},
	[SYS_mq_timedsend] = {CALL_mq_timedsend, decode_mq_send},
	[SYS_mq_timedreceive] = {CALL_mq_timedreceive, decode_mq_receive},
	[SYS_mq_notify] = {CALL_mq_notify, decode_mq_notify},
	[SYS_mq_getsetattr] = {CALL_mq_getsetattr, decode_mq_attr},
	[SYS_msgget] = {CALL_msgget, decode_sysv_get},
	[SYS_semget] = {CALL_semget, decode_sysv_get},
	[SYS_shmget] = {CALL_shmget, decode_sysv_get},
	[SYS_msgsnd] = {CALL_msgsnd, decode_msgsnd},
	[SYS_msgrcv] = {CALL_msgrcv, decode_msgrcv},
	[SYS_msgctl] = {CALL_msgctl, decode_sysv_control},
	[SYS_semop] = {CALL_semop, decode_semop},
	[SYS_semtimedop] = {CALL_semtimedop, decode_semop},
	[SYS_semctl] = {CALL_semctl, decode_sysv_control},
	[SYS_shmat] = {CALL_shmat, decode_shmat},
	[SYS_shmdt] = {CALL_shmdt, decode_shmdt},
	[SYS_shmctl] = {CALL_shmctl, decode_sysv_control},
	[SYS_eventfd] = {CALL_eventfd, decode_event},
	[SYS_eventfd2] = {CALL_eventfd2, decode_event},
	[SYS_signalfd] = {CALL_signalfd, decode_event},
	[SYS_signalfd4] = {CALL_signalfd4, decode_event},
	[SYS_io_uring_setup] = {CALL_none, decode_foreign},
};

static bool begins_or_ends_a_task(u16 call)
{
	return call == CALL_exit || call == CALL_exit_group || call == CALL_execve || call == CALL_execveat ||
	       call == CALL_fork || call == CALL_vfork || call == CALL_clone || call == CALL_clone3;
}

bool decode_entry(struct tracer *t, struct tracee *x, struct entry *e)
{
	long nr = x->call_nr;
	const struct row *row;

	if (nr < 0 || (size_t)nr >= ARRAY_LEN(rows) || !rows[nr].decode)
		return false;
	row = &rows[nr];
	/* Everything but bytes[], which only `held` bytes of are ever read. */
	memset(e, 0, offsetof(struct entry, bytes));
	e->call = row->call;
	e->hold = e->wants_exit = e->logged = true;
	e->fd = e->fd2 = -1;
	e->timed.ns = TIME_NONE;
	if (told_open(x) && !begins_or_ends_a_task(row->call))
		return told_inner(t, x, e);
	return row->decode(t, x, e);
}

/* IPC that no rule covers yet: noted once per call, never held, one stop. */
bool decode_foreign(struct tracer *t, struct tracee *x, struct entry *e)
{
	struct err ignored = {0};

	(void)e;
	emit_observe(t, x, OBS_UNKNOWN_CALL, (u64)x->call_nr, 0, 0, 0, 0, &ignored);
	return false;
}
