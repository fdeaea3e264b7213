/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An operation as a noun phrase: a call and what it is about. */
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>

#include "view/memory.h"
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
	if (ns > 1000000 && ns % 1000) { /* what is left until a moment: nobody means these digits */
		u64 digit = 1;
		while (ns / digit >= 1000)
			digit *= 10;
		ns = (ns + digit / 2) / digit * digit;
		str_add(out, "about ");
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
	case CALL_accept4: return op->arg ? "accept4" : "accept";
	case CALL_sendto: return op->arg >> 32 ? "sendto" : "send";
	case CALL_recvfrom: return "recv";
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

/* "/bin/echo": "echo". */
static void add_last_name(const struct scene *s, const struct w_op *op, struct str *out)
{
	const u8 *bytes, *slash;
	u32 n;

	if (!bytes_of_write(s->log, op->pos, &bytes, &n))
		return;
	n = (u32)strnlen((const char *)bytes, n);
	slash = memrchr(bytes, '/', n);
	if (slash) {
		n -= (u32)(slash + 1 - bytes);
		bytes = slash + 1;
	}
	str_add_escaped(out, bytes, n);
}

static const char *fcntl_name(u64 cmd)
{
	switch (cmd) {
	case F_DUPFD: return ", F_DUPFD";
	case F_DUPFD_CLOEXEC: return ", F_DUPFD_CLOEXEC";
	case F_GETFD: return ", F_GETFD";
	case F_SETFD: return ", F_SETFD";
	case F_GETFL: return ", F_GETFL";
	case F_SETFL: return ", F_SETFL";
	case F_GETPIPE_SZ: return ", F_GETPIPE_SZ";
	case F_SETPIPE_SZ: return ", F_SETPIPE_SZ";
	default: return "";
	}
}

/* The one child that is waited for; 0: any. */
static i64 waited_for(const struct w_op *op)
{
	bool one = op->call == CALL_waitid ? op->size == P_PID : op->fd > 0;

	return one ? op->fd : 0;
}

static void add_polled(const struct w_op *op, struct str *out)
{
	str_addf(out, "%llu fd%s", (unsigned long long)op->size, op->size == 1 ? "" : "s");
	if (op->arg == TIME_NONE)
		return;
	str_add(out, " for at most ");
	words_duration(op->arg, out);
}

static void add_closed_range(const struct w_op *op, struct str *out)
{
	if (op->fd2 == INT32_MAX)
		str_addf(out, "every fd from %d on", op->fd);
	else
		str_addf(out, "fds %d to %d", op->fd, op->fd2);
}

/* ---- shared memory, and the C library's objects ---- */

static void add_cell(const struct scene *s, const struct w_op *op, struct str *out)
{
	if (op->segment)
		words_cell(s, op->segment, op->off, op->size, out);
	else
		str_addf(out, "%llu byte%s at 0x%llx", (unsigned long long)op->size,
			op->size == 1 ? "" : "s", (unsigned long long)op->arg);
}

/* The object it is about: by its name here, or by the place at which it will be made. */
static void add_sync(const struct scene *s, const struct w_op *op, struct str *out)
{
	const char *name = world_text(s->world, op->text);

	if (op->sync) {
		words_sync_name(s, op->sync, out);
	} else if (name[0]) {
		str_add(out, "\"");
		str_add_escaped(out, name, strlen(name));
		str_add(out, "\"");
	} else if (op->segment) {
		words_field(s, op->segment, op->off, out);
	} else {
		str_addf(out, "0x%llx", (unsigned long long)op->arg);
	}
}

static void add_mutex(const struct scene *s, const struct w_op *op, struct str *out)
{
	if (op->sync2)
		words_sync_name(s, op->sync2, out);
	else
		str_add(out, "its mutex");
}

static void add_thread(const struct scene *s, const struct w_op *op, struct str *out)
{
	for (u32 i = 1; i < world_tasks(s->world) && op->fd > 0; i++) {
		const struct w_task *t = world_task(s->world, i);

		if (t && t->tid == op->fd) {
			words_name(s, i, out);
			return;
		}
	}
	str_add(out, "a thread");
}

#define SHM_FOLDER "/dev/shm"

/* shm_open and shm_unlink are open and unlink in a folder that is memory. */
static bool is_shm(const struct scene *s, const struct w_op *op)
{
	const char *path = world_text(s->world, op->text);

	return strncmp(path, SHM_FOLDER "/", sizeof SHM_FOLDER) == 0 &&
	       strncmp(path + sizeof SHM_FOLDER, "sem.", 4) != 0 && /* sem_open(3) keeps its semaphores there */
	       (op->call == CALL_open || op->call == CALL_openat || op->call == CALL_openat2 ||
		       op->call == CALL_unlink || op->call == CALL_unlinkat);
}

void words_name_of_op(const struct scene *s, const struct w_op *op, struct str *out)
{
	const char *path = world_text(s->world, op->text);

	if (is_shm(s, op))
		path += sizeof SHM_FOLDER - 1;
	if (path[0])
		str_add_escaped(out, path, strlen(path));
}

static void add_quoted_name(const struct scene *s, const struct w_op *op, struct str *out)
{
	if (!world_text(s->world, op->text)[0])
		return;
	str_add(out, "\"");
	words_name_of_op(s, op, out);
	str_add(out, "\"");
}

/* What a form's letter behind $ stands for. */
static void add_part(const struct scene *s, const struct w_op *op, char letter, struct str *out)
{
	switch (letter) {
	case 'n': str_add(out, words_call_name(op)); return;
	case 'd': str_addf(out, "%d", op->fd); return;
	case 'e': str_addf(out, "%d", op->fd2); return;
	case 'b': add_contents(s, op, out); return;
	case 'f': add_path(s, op, out); return;
	case 'P': add_last_name(s, op, out); return;
	case 'c': str_add(out, fcntl_name(op->arg)); return;
	case 'r': add_closed_range(op, out); return;
	case 'm': add_polled(op, out); return;
	case 't': words_duration(op->arg, out); return;
	case 'x': str_addf(out, "%d", op->fd & 0xff); return;
	case 'p': words_pid(s, op->fd, out); return;
	case 's': words_signal(op->fd2, out); return;
	case 'a': str_add(out, op->flags & EVF_ATOMIC ? "atomic " : ""); return;
	case 'v': add_cell(s, op, out); return;
	case 'y': add_sync(s, op, out); return;
	case 'w': add_mutex(s, op, out); return;
	case 'j': add_thread(s, op, out); return;
	case 'q': add_quoted_name(s, op, out); return;
	case 'k': str_addf(out, "%u", (u32)op->size); return;
	case 'l': str_addf(out, "%llu", (unsigned long long)op->arg); return;
	case 'z': str_addf(out, "%llu byte%s", (unsigned long long)op->size, op->size == 1 ? "" : "s"); return;
	case 'h': str_addf(out, "%s", op->fd < 0 ? "anonymous" : "of fd ");
		  if (op->fd >= 0)
			  str_addf(out, "%d", op->fd);
		  return;
	}
}

/* How a call is told, in plain mode and on the screen. A letter behind $ stands for what add_part
 * says of it; what is in braces is told only with the bytes, what is in < > only of a wait for
 * one certain child. */
struct form {
	const char *plain, *brief;
};
#define OF_FD {"$n of fd $d", "$n($d)"}
#define TO_FD {"$n{ of $b} to fd $d", "$n($d{, $b})"}
#define ONTO_FD {"$n of fd $d onto fd $e", "$n($d, $e)"}
#define FROM_FD {"$n from fd $d to fd $e", "$n($d, $e)"}
#define OF_PATH {"$n$f", "$n()"}
#define OF_MANY {"$n of $m", "$n()"}
#define OF_TIME {"sleep of $t", "sleep($t)"}
#define OF_CHILD {"$n< for $p>", "$n(<$p>)"}
#define OF_SIGNAL {"kill of $p with $s", "$n($p, $s)"}
#define OF_CELL {"$a$n of $v", "$a$n $v"}
#define OF_SYNC {"$n of $y", "$n($y)"}
#define OF_NAME {"$n of $q", "$n($q)"}
#define OF_SIZE {"$n of $z", "$n($z)"}
#define OF_START {"$n of $y with $k", "$n($y, $k)"}
#define OF_PAIR {"$n of $y with $w", "$n($y, $w)"}
static const struct form forms[CALL_COUNT] = {
	[CALL_load] = OF_CELL,
	[CALL_store] = OF_CELL,
	[CALL_update] = OF_CELL,
	[CALL_mmap] = {"mmap of $z, shared, $h", "mmap($z, shared, $h)"},
	[CALL_munmap] = OF_SIZE,
	[CALL_mremap] = {"mremap to $z", "mremap($z)"},
	[CALL_msync] = OF_SIZE,
	[CALL_ftruncate] = {"ftruncate of fd $d to $l bytes", "ftruncate($d, $l)"},
	[CALL_memfd_create] = OF_NAME,
	[CALL_unlink] = OF_NAME,
	[CALL_unlinkat] = OF_NAME,
	[CALL_sem_init] = OF_START,
	[CALL_sem_destroy] = OF_SYNC,
	[CALL_sem_open] = OF_SYNC,
	[CALL_sem_close] = OF_SYNC,
	[CALL_sem_unlink] = OF_SYNC,
	[CALL_sem_wait] = OF_SYNC,
	[CALL_sem_trywait] = OF_SYNC,
	[CALL_sem_timedwait] = OF_SYNC,
	[CALL_sem_post] = OF_SYNC,
	[CALL_sem_getvalue] = OF_SYNC,
	[CALL_pthread_mutex_init] = OF_SYNC,
	[CALL_pthread_mutex_destroy] = OF_SYNC,
	[CALL_pthread_mutex_lock] = OF_SYNC,
	[CALL_pthread_mutex_trylock] = OF_SYNC,
	[CALL_pthread_mutex_timedlock] = OF_SYNC,
	[CALL_pthread_mutex_unlock] = OF_SYNC,
	[CALL_pthread_mutex_consistent] = OF_SYNC,
	[CALL_pthread_cond_init] = OF_SYNC,
	[CALL_pthread_cond_destroy] = OF_SYNC,
	[CALL_pthread_cond_wait] = OF_PAIR,
	[CALL_pthread_cond_timedwait] = OF_PAIR,
	[CALL_pthread_cond_signal] = OF_SYNC,
	[CALL_pthread_cond_broadcast] = OF_SYNC,
	[CALL_pthread_barrier_init] = OF_START,
	[CALL_pthread_barrier_destroy] = OF_SYNC,
	[CALL_pthread_barrier_wait] = OF_SYNC,
	[CALL_pthread_rwlock_init] = OF_SYNC,
	[CALL_pthread_rwlock_destroy] = OF_SYNC,
	[CALL_pthread_rwlock_rdlock] = OF_SYNC,
	[CALL_pthread_rwlock_tryrdlock] = OF_SYNC,
	[CALL_pthread_rwlock_timedrdlock] = OF_SYNC,
	[CALL_pthread_rwlock_wrlock] = OF_SYNC,
	[CALL_pthread_rwlock_trywrlock] = OF_SYNC,
	[CALL_pthread_rwlock_timedwrlock] = OF_SYNC,
	[CALL_pthread_rwlock_unlock] = OF_SYNC,
	[CALL_pthread_spin_init] = OF_SYNC,
	[CALL_pthread_spin_destroy] = OF_SYNC,
	[CALL_pthread_spin_lock] = OF_SYNC,
	[CALL_pthread_spin_trylock] = OF_SYNC,
	[CALL_pthread_spin_unlock] = OF_SYNC,
	[CALL_pthread_join] = {"$n of $j", "$n($j)"},
	[CALL_read] = OF_FD,
	[CALL_readv] = OF_FD,
	[CALL_preadv2] = OF_FD,
	[CALL_close] = OF_FD,
	[CALL_dup] = OF_FD,
	[CALL_ioctl] = OF_FD,
	[CALL_fcntl] = {"fcntl of fd $d$c", "$n($d)"},
	[CALL_close_range] = {"close of $r", "$n($d, $e)"},
	[CALL_write] = TO_FD,
	[CALL_writev] = TO_FD,
	[CALL_pwritev2] = TO_FD,
	[CALL_vmsplice] = TO_FD,
	[CALL_sendto] = TO_FD,
	[CALL_sendmsg] = TO_FD,
	[CALL_sendmmsg] = OF_FD,
	[CALL_recvfrom] = OF_FD,
	[CALL_recvmsg] = OF_FD,
	[CALL_recvmmsg] = OF_FD,
	[CALL_listen] = OF_FD,
	[CALL_accept] = OF_FD,
	[CALL_accept4] = OF_FD,
	[CALL_setsockopt] = OF_FD,
	[CALL_dup2] = ONTO_FD,
	[CALL_dup3] = ONTO_FD,
	[CALL_splice] = FROM_FD,
	[CALL_tee] = FROM_FD,
	[CALL_sendfile] = FROM_FD,
	[CALL_copy_file_range] = FROM_FD,
	[CALL_open] = OF_PATH,
	[CALL_openat] = OF_PATH,
	[CALL_openat2] = OF_PATH,
	[CALL_creat] = OF_PATH,
	[CALL_execve] = {"$n$f", "$n($P)"},
	[CALL_execveat] = OF_PATH,
	[CALL_wait4] = OF_CHILD,
	[CALL_waitid] = OF_CHILD,
	[CALL_exit_group] = {"exit with status $x", "exit($x)"},
	[CALL_exit] = {"$n", "pthread_exit()"},
	[CALL_poll] = OF_MANY,
	[CALL_ppoll] = OF_MANY,
	[CALL_select] = OF_MANY,
	[CALL_pselect6] = OF_MANY,
	[CALL_nanosleep] = OF_TIME,
	[CALL_clock_nanosleep] = OF_TIME,
	[CALL_kill] = OF_SIGNAL,
	[CALL_tkill] = OF_SIGNAL,
	[CALL_tgkill] = OF_SIGNAL,
};

static void fill_form(const struct scene *s, const struct w_op *op, const char *form, bool bytes,
	struct str *out)
{
	bool child = waited_for(op) != 0;

	for (; *form; form++) {
		if (*form == '{' && !bytes)
			form = strchr(form, '}');
		else if (*form == '<' && !child)
			form = strchr(form, '>');
		else if (*form == '$')
			add_part(s, op, *++form, out);
		else if (!strchr("{}<>", *form))
			str_add_bytes(out, form, 1);
	}
}

void op_find_place(const struct world *w, u32 task, struct w_op *op)
{
	const struct w_task *t = world_task(w, task);
	const struct w_map *map;

	if (!t || op->sync || op->segment || op->call < CALL_sem_init ||
		op->call > CALL_pthread_join || op->call == CALL_sem_open)
		return;
	map = world_map(w, world_map_find(w, t->proc, op->arg));
	if (!map)
		return;
	op->segment = map->segment;
	op->off = op->arg - map->addr + map->offset;
}

void words_op(const struct scene *s, u32 task, const struct w_op *op, bool bytes, struct str *out)
{
	const struct form *known = op->call < CALL_COUNT ? &forms[op->call] : &forms[CALL_none];
	const char *form = s->style == STYLE_PLAIN ? known->plain : known->brief;

	struct w_op placed = *op;

	op_find_place(s->world, task, &placed);
	op = &placed;
	if (is_shm(s, op)) {
		bool opens = op->call != CALL_unlink && op->call != CALL_unlinkat;

		fill_form(s, op, opens ? (s->style == STYLE_PLAIN ? "shm_open of $q" : "shm_open($q)")
				       : (s->style == STYLE_PLAIN ? "shm_unlink of $q" : "shm_unlink($q)"),
			bytes, out);
		return;
	}
	if (words_queue_op(s, task, op, bytes, out) || words_fifo_op(s, op, out) || words_counter_op(s, task, op, out) ||
		words_lock_op(s, op, out) || words_signal_op(s, op, out) || words_socket_op(s, op, out))
		return;
	if (!form)
		form = s->style == STYLE_PLAIN ? "$n" : "$n()";
	if (op->call == CALL_none && world_task(s->world, task) && world_task(s->world, task)->poised_signal) {
		words_signal((int)world_task(s->world, task)->poised_signal, out);
		return;
	}
	fill_form(s, op, op->call == CALL_none ? "a call" : form, bytes, out);
}
