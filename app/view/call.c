/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An operation as a noun phrase: a call and what it is about. */
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>

#include "view/private.h"

void words_place(const struct scene *s, u32 site, const char *before, struct str *out)
{
	char at[160];

	if (!s->sources || !site)
		return;
	sources_at(s->sources, site, s->style == STYLE_PLAIN, at, sizeof at);
	if (!at[0])
		return;
	str_add(out, before);
	str_add_escaped(out, at, strlen(at));
}

void words_at(const struct scene *s, u32 site, struct str *out)
{
	words_place(s, site, s->style == STYLE_PLAIN ? ", " : " at ", out);
}

void words_duration(u64 ns, struct str *out)
{
	static const struct {
		u64 ns;
		const char *name;
	} units[] = {{1000000000, "s"}, {1000000, "ms"}, {1000, "us"}, {1, "ns"}};
	unsigned i = 0;

	if (ns == 0) {
		str_add(out, "0 ms");
		return;
	}
	while (ns < units[i].ns)
		i++;
	/* 1.5 s as such; 1.234567 s in ms, and so on down, so that nothing is rounded away. */
	while (i < 3 && ns % units[i].ns && (ns % (units[i].ns / 10) || ns / units[i].ns >= 100))
		i++;
	if (ns % units[i].ns)
		str_addf(out, "%llu.%llu %s", (unsigned long long)(ns / units[i].ns),
			(unsigned long long)(ns / (units[i].ns / 10) % 10), units[i].name);
	else
		str_addf(out, "%llu %s", (unsigned long long)(ns / units[i].ns), units[i].name);
}

void words_signal(int sig, struct str *out)
{
	const char *name = sigabbrev_np(sig);

	if (name)
		str_addf(out, "SIG%s", name);
	else
		str_addf(out, "signal %d", sig);
}

/* clone(2) is how the C library spells fork and pthread_create. */
static const char *clone_name(u64 flags)
{
	if (flags & CLONE_THREAD)
		return "pthread_create";
	if (flags & CLONE_VFORK)
		return "vfork";
	if (flags & CLONE_VM)
		return "clone";
	return "fork";
}

const char *words_call_name(const struct w_op *op)
{
	switch (op->call) {
	case CALL_clone:
	case CALL_clone3: return clone_name(op->arg);
	case CALL_pipe2: return op->arg ? "pipe2" : "pipe";
	case CALL_wait4: return op->fd == -1 && !op->arg ? "wait" : "waitpid";
	case CALL_exit: return "the end of its thread";
	case CALL_exit_group: return "exit";
	case CALL_nanosleep:
	case CALL_clock_nanosleep: return "sleep";
	case CALL_execve:
	case CALL_execveat: return "exec";
	case CALL_pselect6: return "select";
	case CALL_rt_sigsuspend: return "sigsuspend";
	case CALL_openat:
	case CALL_openat2:
	case CALL_creat: return "open";
	case CALL_tkill:
	case CALL_tgkill: return "kill";
	default: return call_name(op->call);
	}
}

/* The process with that pid: "P2", else "process 4711". Of several the latest: pids come back. */
void words_pid(const struct scene *s, i64 pid, struct str *out)
{
	char name[24];

	for (u32 i = world_procs(s->world); i-- > 1;) {
		const struct w_proc *p = world_proc(s->world, i);

		if (p && p->pid == pid) {
			str_add(out, world_proc_name(s->world, i, name));
			return;
		}
	}
	str_addf(out, "process %lld", (long long)pid);
}

static void add_contents(const struct scene *s, const struct w_op *op, struct str *out)
{
	const u8 *bytes;
	u32 n;

	if (bytes_of_write(s->log, op->pos, &bytes, &n)) {
		words_bytes(bytes, n, op->size, out);
	} else {
		str_addf(
			out, "%llu byte%s", (unsigned long long)op->size, op->size == 1 ? "" : "s");
	}
}

static void add_path(const struct scene *s, const struct w_op *op, struct str *out)
{
	const u8 *bytes;
	u32 n;

	if (!bytes_of_write(s->log, op->pos, &bytes, &n))
		return;
	str_add(out, " of ");
	str_add_escaped(out, bytes, strnlen((const char *)bytes, n));
}

static const char *fcntl_name(u64 cmd)
{
	switch (cmd) {
	case F_DUPFD: return "F_DUPFD";
	case F_DUPFD_CLOEXEC: return "F_DUPFD_CLOEXEC";
	case F_GETFD: return "F_GETFD";
	case F_SETFD: return "F_SETFD";
	case F_GETFL: return "F_GETFL";
	case F_SETFL: return "F_SETFL";
	case F_GETPIPE_SZ: return "F_GETPIPE_SZ";
	case F_SETPIPE_SZ: return "F_SETPIPE_SZ";
	default: return NULL;
	}
}

static void plain_wait(const struct scene *s, const struct w_op *op, struct str *out)
{
	str_add(out, words_call_name(op));
	if (op->call == CALL_wait4 && op->fd > 0) {
		str_add(out, " for ");
		words_pid(s, op->fd, out);
	}
	if (op->call == CALL_waitid && op->size == P_PID) {
		str_add(out, " for ");
		words_pid(s, op->fd, out);
	}
}

static void plain_timed(const struct w_op *op, struct str *out)
{
	if (op->call != CALL_nanosleep && op->call != CALL_clock_nanosleep) {
		str_addf(out, "%s of %llu fd%s", words_call_name(op), (unsigned long long)op->size,
			op->size == 1 ? "" : "s");
		if (op->arg == TIME_NONE)
			return;
		str_add(out, " for at most ");
	} else {
		str_add(out, "sleep of ");
	}
	words_duration(op->arg, out);
}

static void plain_op(const struct scene *s, const struct w_op *op, bool bytes, struct str *out)
{
	const char *name = words_call_name(op), *cmd;

	switch (op->call) {
	case CALL_write:
	case CALL_writev:
	case CALL_pwritev2:
	case CALL_vmsplice:
		str_add(out, name);
		if (bytes) {
			str_add(out, " of ");
			add_contents(s, op, out);
		}
		str_addf(out, " to fd %d", op->fd);
		return;
	case CALL_close_range:
		if (op->fd2 == INT32_MAX)
			str_addf(out, "close of every fd from %d on", op->fd);
		else
			str_addf(out, "close of fds %d to %d", op->fd, op->fd2);
		return;
	case CALL_read:
	case CALL_readv:
	case CALL_preadv2:
	case CALL_close:
	case CALL_dup:
	case CALL_ioctl: str_addf(out, "%s of fd %d", name, op->fd); return;
	case CALL_dup2:
	case CALL_dup3: str_addf(out, "%s of fd %d onto fd %d", name, op->fd, op->fd2); return;
	case CALL_fcntl:
		cmd = fcntl_name(op->arg);
		str_addf(out, "fcntl of fd %d%s%s", op->fd, cmd ? ", " : "", cmd ? cmd : "");
		return;
	case CALL_open:
	case CALL_openat:
	case CALL_openat2:
	case CALL_creat:
	case CALL_execve:
	case CALL_execveat:
		str_add(out, name);
		add_path(s, op, out);
		return;
	case CALL_wait4:
	case CALL_waitid: plain_wait(s, op, out); return;
	case CALL_exit_group: str_addf(out, "exit with status %d", op->fd & 0xff); return;
	case CALL_poll:
	case CALL_ppoll:
	case CALL_select:
	case CALL_pselect6:
	case CALL_nanosleep:
	case CALL_clock_nanosleep: plain_timed(op, out); return;
	case CALL_kill:
	case CALL_tkill:
	case CALL_tgkill:
		str_add(out, "kill of ");
		words_pid(s, op->fd, out);
		str_add(out, " with ");
		words_signal(op->fd2, out);
		return;
	case CALL_splice:
	case CALL_tee:
	case CALL_sendfile:
	case CALL_copy_file_range:
		str_addf(out, "%s from fd %d to fd %d", name, op->fd, op->fd2);
		return;
	default: str_add(out, name);
	}
}

static void short_op(const struct scene *s, const struct w_op *op, bool bytes, struct str *out)
{
	const char *name = words_call_name(op);

	switch (op->call) {
	case CALL_read:
	case CALL_readv:
	case CALL_preadv2:
	case CALL_close:
	case CALL_dup:
	case CALL_fcntl:
	case CALL_ioctl: str_addf(out, "%s(%d)", name, op->fd); return;
	case CALL_write:
	case CALL_writev:
	case CALL_pwritev2:
	case CALL_vmsplice:
		str_addf(out, "%s(%d", name, op->fd);
		if (bytes) {
			str_add(out, ", ");
			add_contents(s, op, out);
		}
		str_add(out, ")");
		return;
	case CALL_dup2:
	case CALL_dup3:
	case CALL_splice:
	case CALL_tee:
	case CALL_sendfile:
	case CALL_copy_file_range:
	case CALL_close_range: str_addf(out, "%s(%d, %d)", name, op->fd, op->fd2); return;
	case CALL_exit_group: str_addf(out, "exit(%d)", op->fd & 0xff); return;
	case CALL_exit: str_add(out, "pthread_exit()"); return;
	case CALL_nanosleep:
	case CALL_clock_nanosleep:
		str_add(out, "sleep(");
		words_duration(op->arg, out);
		str_add(out, ")");
		return;
	case CALL_wait4:
	case CALL_waitid:
		str_addf(out, "%s(", name);
		if (op->fd > 0)
			words_pid(s, op->fd, out);
		str_add(out, ")");
		return;
	case CALL_kill:
	case CALL_tkill:
	case CALL_tgkill:
		str_addf(out, "%s(", name);
		words_pid(s, op->fd, out);
		str_add(out, ", ");
		words_signal(op->fd2, out);
		str_add(out, ")");
		return;
	default: str_addf(out, "%s()", name);
	}
}

void words_op(const struct scene *s, u32 task, const struct w_op *op, bool bytes, struct str *out)
{
	(void)task;
	if (op->call == CALL_none)
		str_add(out, "a call");
	else if (s->style == STYLE_PLAIN)
		plain_op(s, op, bytes, out);
	else
		short_op(s, op, bytes, out);
}
