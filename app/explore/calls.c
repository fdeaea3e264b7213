/* SPDX-License-Identifier: GPL-3.0-or-later */
/* System calls: which of them are points, would they block now? A task whose call would block stays before
 * it, so that whoever comes first afterwards may take what it waits for. */
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "explore/private.h"

enum { WRITE_WHOLE = 4096 };

/* ---- what a descriptor is ---- */

/* Files count, too, but for the ones in memory that stand for standard input and error. */
static bool talks(const struct stat *st)
{
	return S_ISFIFO(st->st_mode) || S_ISSOCK(st->st_mode) ||
	       (S_ISREG(st->st_mode) && st->st_nlink > 0) ||
	       (st->st_mode & S_IFMT) == 0; /* eventfd and its like have no type */
}

/* Is it something that others can be reached through? *key: which; inode numbers differ in every execution. */
static bool fd_talks(const struct xtask *k, int fd, u64 *key, bool *is_file)
{
	int ours = lean_borrow(k->tgid, fd);
	char link[64], path[300];
	struct stat st;
	ssize_t n;
	bool yes;

	if (ours < 0)
		return false;
	yes = fstat(ours, &st) == 0 && talks(&st);
	*is_file = false;
	if (yes && S_ISREG(st.st_mode)) {
		snprintf(link, sizeof link, "/proc/self/fd/%d", ours);
		n = readlink(link, path, sizeof path);
		*key = hash64(0xf11e, path, n > 0 ? (size_t)n : 0);
		path[n > 0 && n < (ssize_t)sizeof path ? n : 0] = '\0';
		*is_file = path_is_own(path) && strncmp(path, "/dev/shm/", 9) != 0;
	} else if (yes) {
		*key = mix(0xf11e, st.st_mode & S_IFMT);
	}
	close(ours);
	return yes;
}

/* socket(7): after that time a call on it gives up by itself. */
static bool has_limit(int socket, short events)
{
	struct timeval limit;

	return socket_limit(socket, events & POLLIN ? SO_RCVTIMEO : SO_SNDTIMEO, &limit);
}

/* Asked not to wait, this once. */
static bool never_waits(const struct xtask *k)
{
	switch (k->nr) {
	case SYS_recvfrom:
	case SYS_sendto: return k->args[3] & MSG_DONTWAIT;
	case SYS_recvmsg:
	case SYS_sendmsg: return k->args[2] & MSG_DONTWAIT;
	default: return false;
	}
}

static enum can fd_can(const struct xtask *k, int fd, short events)
{
	int ours = never_waits(k) ? -1 : lean_borrow(k->tgid, fd);
	struct pollfd p = {.fd = ours, .events = events};
	enum can can = CAN_GO;

	if (ours < 0)
		return CAN_GO; /* EBADF comes at once */
	if (poll(&p, 1, 0) == 0 && !(fcntl(ours, F_GETFL) & O_NONBLOCK))
		can = has_limit(ours, events) ? CAN_BY_TIME : CAN_NOT;
	close(ours);
	return can;
}

/* ---- points ---- */

static bool point(struct xtask *k, enum manner manner, u64 object)
{
	k->point = POINT_CALL;
	k->manner = (u8)manner;
	k->object = object | 1;
	k->of_file = false;
	k->op = 0;
	k->pc = 0;
	k->period = 0;
	return true;
}

static bool on_fd(struct xtask *k, int arg, enum manner manner)
{
	u64 key = 0;
	bool is_file;

	if (!fd_talks(k, (int)k->args[arg], &key, &is_file))
		return false;
	point(k, manner, key);
	k->of_file = is_file;
	return true;
}

static u64 family(const struct exec *x, const struct xtask *k, bool as_child)
{
	if (!as_child) {
		for (u32 t = 0; t < x->tasks; t++)
			if (x->task[t].tgid == k->tgid && x->task[t].leads)
				return mix(0xc41d, x->task[t].identity);
	} else if (k->parent) {
		return mix(0xc41d, x->task[k->parent - 1].identity);
	}
	return mix(0xc41d, 0);
}

static bool is_futex_wait(const struct xtask *k)
{
	switch (k->args[1] & FUTEX_CMD_MASK) {
	case FUTEX_WAIT:
	case FUTEX_WAIT_BITSET:
	case FUTEX_LOCK_PI:
	case FUTEX_WAIT_REQUEUE_PI: return true;
	default: return false;
	}
}

/* 1: a point, 0: none, -1: not decided here */
static int take_waiting(struct exec *x, u32 task)
{
	struct xtask *k = &x->task[task];

	switch (k->nr) {
	case SYS_wait4:
	case SYS_waitid: return point(k, CALL_WAITS, family(x, k, false));
	case SYS_nanosleep:
	case SYS_clock_nanosleep: return point(k, CALL_SLEEPS, 0x51ee9);
	case SYS_poll:
	case SYS_epoll_wait:
	case SYS_epoll_pwait:
	case SYS_ppoll:
	case SYS_select:
	case SYS_pselect6: return point(k, CALL_TRIED, 0x9011);
	case SYS_msgsnd:
	case SYS_msgrcv: return point(k, CALL_TRIED, mix(0x3359, 0));
	case SYS_semop:
	case SYS_semtimedop:
	case SYS_semctl:
		return point(k, k->nr == SYS_semctl ? CALL_GOES : CALL_TRIED, mix(0x5e3a, 0));
	case SYS_flock: return point(k, CALL_TRIED, 0xf10c);
	case SYS_fcntl:
		switch (k->args[1]) {
		case F_SETLK:
		case F_OFD_SETLK: return point(k, CALL_GOES, 0xf10c);
		case F_SETLKW:
		case F_OFD_SETLKW: return point(k, CALL_TRIED, 0xf10c);
		default: return 0;
		}
	case SYS_mq_timedsend: return point(k, CALL_WRITES, 0x3900);
	case SYS_mq_timedreceive: return point(k, CALL_READS, 0x3900);
	case SYS_futex:
		return point(k, is_futex_wait(k) ? CALL_ENTERED : CALL_GOES,
			place_key(x, task, k->args[0]));
	case SYS_pause:
	case SYS_rt_sigsuspend: return point(k, CALL_ENTERED, SIGNALS_KEY);
	case SYS_rt_sigtimedwait: return point(k, CALL_TRIED, SIGNALS_KEY);
	case SYS_connect: return point(k, CALL_ENTERED, 0x50c7);
	default: return -1;
	}
}

enum opened { OPENS_FILE, OPENS_FIFO, OPENS_NAME, MAKES_FILE };

/* A FIFO, where it may wait; or a name that others may be making at the same time. */
static enum opened what_opens(const struct xtask *k, u64 *key)
{
	char path[512] = "", full[600];
	u64 flags = k->nr == SYS_openat ? k->args[2] : k->args[1];
	u64 at = k->nr == SYS_openat ? k->args[1] : k->args[0];
	struct stat st;

	for (size_t i = 0; i + 1 < sizeof path; i += 8) {
		if (!lean_peek(k->tid, at + i, path + i, 8))
			break;
		path[i + 8 < sizeof path ? i + 8 : i] = '\0';
		if (memchr(path + i, '\0', 8))
			break;
	}
	snprintf(full, sizeof full, path[0] == '/' ? "%s%s" : "/proc/%s/cwd/%s",
		path[0] == '/' ? "" : "self", path);
	if (path[0] != '/')
		snprintf(full, sizeof full, "/proc/%d/cwd/%s", (int)k->tgid, path);
	*key = hash64(0x4a3e, path, strlen(path));
	if (stat(full, &st) == 0 && S_ISFIFO(st.st_mode))
		return OPENS_FIFO;
	if (strncmp(path, "/dev/shm/", 9) == 0 || (flags & O_CREAT && !path_is_own(path)))
		return OPENS_NAME;
	return flags & O_CREAT ? MAKES_FILE : OPENS_FILE;
}

/* Calls that make, find or remove a name. */
static bool take_naming(struct xtask *k, bool *result)
{
	u64 key;

	switch (k->nr) {
	case SYS_unlink: {
		bool of_sem = k->unlinks_sem;

		k->unlinks_sem = false;
		return !of_sem && point(k, CALL_GOES, NAMES_KEY);
	}
	case SYS_unlinkat:
	case SYS_ftruncate:
	case SYS_mq_open:
	case SYS_mq_unlink:
	case SYS_msgget:
	case SYS_semget:
	case SYS_shmget:
	case SYS_msgctl:
	case SYS_shmctl:
	case SYS_bind:
	case SYS_listen: return point(k, CALL_GOES, NAMES_KEY);
	case SYS_openat:
	case SYS_open:
		*result = true;
		switch (what_opens(k, &key)) {
		case OPENS_FIFO: return point(k, CALL_ENTERED, 0xf1f0);
		case OPENS_NAME: return !k->sem_name && point(k, CALL_GOES, NAMES_KEY);
		case MAKES_FILE: return !k->sem_name && point(k, CALL_GOES, NAMES_KEY) && (k->of_file = true);
		default: return false;
		}
	default: return false;
	}
}

static bool take_other(struct exec *x, struct xtask *k, bool *result)
{
	switch (k->nr) {
	case SYS_read:
	case SYS_readv:
	case SYS_recvfrom:
	case SYS_recvmsg:
	case SYS_accept:
	case SYS_accept4: return on_fd(k, 0, CALL_READS);
	case SYS_write:
	case SYS_writev:
	case SYS_sendto:
	case SYS_sendmsg: return on_fd(k, 0, CALL_WRITES);
	case SYS_close:
	case SYS_shutdown: return on_fd(k, 0, CALL_GOES);
	case SYS_dup2:
	case SYS_dup3: return on_fd(k, 1, CALL_GOES); /* what was there is closed */
	case SYS_tkill:
	case SYS_tgkill:
		if ((pid_t)k->args[k->nr == SYS_tgkill] == k->tid)
			return false; /* raise(3), abort(3): nobody else's affair */
		return point(k, CALL_GOES, SIGNALS_KEY);
	case SYS_kill: return point(k, CALL_GOES, SIGNALS_KEY);
	case SYS_exit_group:
	case SYS_exit: return point(k, CALL_EXITS, family(x, k, true));
	case SYS_mmap: *result = true; return false;
	case SYS_shmat: k->shm_id = (u32)k->args[0]; return false;
	default: return take_naming(k, result);
	}
}

bool call_take(struct exec *x, u32 task)
{
	struct xtask *k = &x->task[task];
	bool result = false;
	int waiting = take_waiting(x, task);

	k->tried = k->tried && k->made_again;
	k->made_again = false;
	alike_call(x, task);
	outside_call(x, task);
	signal_call(x, task);
	if (waiting > 0 || (waiting < 0 && take_other(x, k, &result)))
		return true;
	k->manner = CALL_GOES;
	k->awaiting = result;
	lean_go(k->tid, result, 0);
	return false;
}

/* ---- would it block? ---- */

static bool child_is(const struct exec *x, const struct xtask *k, u32 t)
{
	const struct xtask *c = &x->task[t];
	u32 parent = c->parent;
	i64 pid = (i32)(k->nr == SYS_wait4 ? k->args[0] : k->args[1]);

	if (!parent || !c->leads || c->collected || x->task[parent - 1].tgid != k->tgid)
		return false;
	if (k->nr == SYS_waitid && k->args[0] == P_ALL)
		return true;
	return pid <= 0 || pid == c->tgid;
}

static bool process_is_gone(const struct exec *x, u32 leader)
{
	for (u32 t = 0; t < x->tasks; t++)
		if (x->task[t].tgid == x->task[leader].tgid && x->task[t].standing != X_GONE)
			return false;
	return true;
}

static bool would_wait(const struct exec *x, const struct xtask *k)
{
	u64 options = k->nr == SYS_wait4 ? k->args[2] : k->args[3];
	bool any = false;

	if (options & WNOHANG)
		return false;
	for (u32 t = 0; t < x->tasks; t++) {
		if (!child_is(x, k, t))
			continue;
		if (process_is_gone(x, t))
			return false;
		any = true;
	}
	return any;
}

/* Does this call have a time after which it gives up? */
static bool has_time(const struct xtask *k)
{
	switch (k->nr) {
	case SYS_poll: return (i32)k->args[2] >= 0;
	case SYS_epoll_wait:
	case SYS_epoll_pwait: return (i32)k->args[3] >= 0;
	case SYS_rt_sigtimedwait:
	case SYS_ppoll: return k->args[2] != 0;
	case SYS_select:
	case SYS_pselect6: return k->args[4] != 0;
	case SYS_semtimedop: return k->args[3] != 0;
	case SYS_mq_timedsend:
	case SYS_mq_timedreceive: return k->args[4] != 0;
	default: return false;
	}
}

enum can call_can(struct exec *x, u32 task)
{
	struct xtask *k = &x->task[task];
	enum can else_ = has_time(k) ? CAN_BY_TIME : CAN_NOT, can;

	switch (k->manner) {
	case CALL_READS: can = fd_can(k, (int)k->args[0], POLLIN); return can == CAN_NOT ? else_ : can;
	case CALL_WRITES: can = fd_can(k, (int)k->args[0], POLLOUT); return can == CAN_NOT ? else_ : can;
	case CALL_WAITS: return would_wait(x, k) ? CAN_NOT : CAN_GO;
	case CALL_SLEEPS: return CAN_BY_TIME;
	case CALL_TRIED: return k->tried ? else_ : CAN_GO;
	default: return CAN_GO;
	}
}

/* ---- going ---- */

/* select(2) empties its sets when nothing was ready: kept before, put back after. */
static void keep_sets(struct xtask *k, bool back)
{
	size_t n = k->args[0] < 1024 ? (k->args[0] + 63) / 64 * 8 : sizeof k->sets[0];

	if (k->nr != SYS_select && k->nr != SYS_pselect6)
		return;
	for (int i = 0; i < 3; i++) {
		u64 at = k->args[i + 1];

		for (size_t j = 0; at && j < n; j += 8) {
			if (back)
				lean_poke(k->tid, at + j, k->sets[i] + j, 8);
			else
				lean_peek(k->tid, at + j, k->sets[i] + j, 8);
		}
	}
}

/* Made so that it does not wait. */
static void make_short(struct xtask *k)
{
	static const u64 no_time[2] = {0, 0};
	u64 args[6], place = lean_stack(k->tid) - 1024;
	long nr = k->nr;

	memcpy(args, k->args, sizeof args);
	switch (nr) {
	case SYS_poll: args[2] = 0; break;
	case SYS_epoll_wait:
	case SYS_epoll_pwait: args[3] = 0; break;
	case SYS_rt_sigtimedwait:
	case SYS_ppoll: args[2] = place; break;
	case SYS_select:
	case SYS_pselect6: args[4] = place; break;
	case SYS_semop:
	case SYS_semtimedop:
		nr = SYS_semtimedop;
		args[3] = place;
		break;
	case SYS_msgsnd: args[3] |= IPC_NOWAIT; break;
	case SYS_msgrcv: args[4] |= IPC_NOWAIT; break;
	case SYS_flock: args[1] |= LOCK_NB; break;
	case SYS_fcntl: args[1] = args[1] == F_SETLKW ? F_SETLK : F_OFD_SETLK; break;
	default: break;
	}
	keep_sets(k, false);
	lean_poke(k->tid, place, no_time, sizeof no_time);
	lean_set_call(k->tid, nr, args);
}

/* A signal is due, and the kernel would make the call again as it stands, without its time. */
static bool is_restart(struct exec *x, u32 task, i64 result)
{
	if (result <= -512 && result >= -516) /* -ERESTART* */
		return true;
	/* semop(2) is broken off, by a signal that is ignored, too, while we trace */
	return result == -EINTR && !signal_breaks_off(x, task);
}

static bool has_blocked(const struct xtask *k, i64 result)
{
	switch (k->nr) {
	case SYS_poll: return result == 0 && k->args[2] != 0;
	case SYS_epoll_wait:
	case SYS_epoll_pwait: return result == 0 && k->args[3] != 0;
	case SYS_ppoll:
	case SYS_select:
	case SYS_pselect6: return result == 0;
	case SYS_msgrcv: return result == -ENOMSG && !(k->args[4] & IPC_NOWAIT);
	case SYS_msgsnd: return result == -EAGAIN && !(k->args[3] & IPC_NOWAIT);
	case SYS_flock: return result == -EAGAIN && !(k->args[1] & LOCK_NB);
	default: return result == -EAGAIN || result == -EACCES;
	}
}

static i64 result_by_time(const struct xtask *k)
{
	switch (k->nr) {
	case SYS_mq_timedsend:
	case SYS_mq_timedreceive: return -ETIMEDOUT;
	case SYS_rt_sigtimedwait:
	case SYS_semtimedop: return -EAGAIN;
	default: return k->manner == CALL_READS || k->manner == CALL_WRITES ? -EAGAIN : 0; /* its socket's */
	}
}

void call_go(struct exec *x, u32 task, bool by_time, bool *looking)
{
	struct xtask *k = &x->task[task];

	*looking = false;
	k->awaiting = false;
	if (k->interrupted || (k->manner == CALL_ENTERED && !by_time && x->signalled &&
				      lean_signal_due(k->tid))) {
		k->interrupted = false;
		/* the signal comes before the call, and then the call is made */
		lean_rewind(k->tid, k->nr, k->args);
		lean_go(k->tid, false, 0);
		return;
	}
	if (k->object == (SIGNALS_KEY) && k->manner == CALL_GOES) {
		x->signalled = true;
		x->anew |= !x->kills_seen;
		x->kills_seen = true;
	}
	if (k->manner != CALL_TRIED || by_time)
		step_add(x, task);
	if (by_time) {
		lean_answer(k->tid, result_by_time(k));
		lean_go(k->tid, false, 0);
		return;
	}
	switch (k->manner) {
	case CALL_TRIED:
		make_short(k);
		k->awaiting = true;
		break;
	case CALL_WAITS: k->awaiting = *looking = true; break;
	case CALL_ENTERED:
		*looking = true;
		k->awaiting = true;
		break;
	case CALL_WRITES:
		*looking = k->awaiting = k->args[2] > WRITE_WHOLE || k->nr != SYS_write;
		break;
	case CALL_GOES: k->awaiting = k->nr == SYS_openat || k->nr == SYS_open; break;
	case CALL_EXITS:
		if (task == 0)
			exec_look_at_end(x);
		break;
	default: break;
	}
	lean_go(k->tid, k->awaiting, 0);
}

static void mapped(struct exec *x, u32 task, u64 addr)
{
	struct xtask *k = &x->task[task];
	u64 key = mix(k->identity, 0x3a9 + ++k->made_maps);
	char link[64], path[512];
	ssize_t n;

	if (k->args[1] == ((sizeof(struct hook_page) + 4095) & ~4095ul) ||
		k->args[1] == sizeof(struct hook_page))
		return; /* our own page */
	if (!(k->args[3] & MAP_ANONYMOUS)) {
		snprintf(link, sizeof link, "/proc/%d/fd/%d", (int)k->tgid, (int)k->args[4]);
		n = readlink(link, path, sizeof path);
		key = n > 0 ? hash64(0x3a9, path, (size_t)n) : key;
		if (k->sem_name)
			key = k->sem_name;
		key = mix(key, k->args[5]);
	}
	place_add(x, task, addr, k->args[1], key);
}

bool call_result(struct exec *x, u32 task, i64 result)
{
	struct xtask *k = &x->task[task];
	k->awaiting = false;
	switch (k->nr) {
	case SYS_mmap:
		if (result > 0 && k->args[3] & MAP_SHARED)
			mapped(x, task, (u64)result);
		break;
	case SYS_wait4:
		for (u32 t = 0; result > 0 && t < x->tasks; t++)
			if (x->task[t].tgid == result && x->task[t].leads)
				x->task[t].collected = true;
		break;
	case SYS_waitid:
		for (u32 t = 0; result == 0 && !(k->args[3] & WNOWAIT) && t < x->tasks; t++)
			if (child_is(x, k, t) && process_is_gone(x, t)) {
				x->task[t].collected = true;
				break;
			}
		break;
	case SYS_openat:
	case SYS_open: alike_result(x, task, result); break;
	default: break;
	}
	if (k->manner == CALL_TRIED && (has_blocked(k, result) || is_restart(x, task, result))) {
		/* made again at once, which brings it before its entry; there it waits */
		keep_sets(k, true);
		lean_rewind(k->tid, k->nr, k->args);
		k->tried = !is_restart(x, task, result);
		k->made_again = true;
	} else if (k->manner == CALL_TRIED) {
		k->point = POINT_CALL;
		step_add(x, task);
		k->point = POINT_NONE;
	} else if (x->page->task != task) {
		/* woken while another ran: waits its turn */
		k->point = POINT_NONE;
		k->manner = CALL_GOES;
		return true;
	}
	k->manner = CALL_GOES;
	lean_go(k->tid, false, 0);
	return false;
}
