/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rows, in the order in which they are said. */
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "doctor/private.h"

struct row_kind {
	const char *id, *name;
	probe_fn *probe;
	const char *arg;
	bool needed;
	const char *without;
};

static const struct row_kind kinds[] = {
	{"proc", "/proc", probe_proc, NULL, true, "nothing can be watched, and why cannot look at processes"},
	{"ptrace", "trace its own programs", probe_own, NULL, true, "no lab runs, nothing is watched; replay, diff and export work"},
	{"seccomp", "system call filter", probe_filter, NULL, true, "no lab runs, nothing is watched; replay, diff and export work"},
	{"stop", "cost of one stop", probe_stop, NULL, false, "nothing depends on it"},
	{"attach", "trace programs that run", probe_others, NULL, false, "watch -p refuses; why -p answers by /proc alone, without source lines"},
	{"yama", "Yama leaves ptrace alone", probe_yama, NULL, false, "watch -p and why -p see as much as the row above says"},
	{"pidfd_getfd", "borrow descriptors", probe_getfd, NULL, false, "only anonymous pipes are asked, through /proc/PID/fd; of sockets and queues the log alone is known"},
	{"process_vm_readv", "read a program's memory", probe_memory, NULL, false, "paths, messages and words of shared memory are not read"},
	{"sock_diag", "other ends of sockets", probe_sockets, NULL, false, "the peer of a socket that is not watched stays unknown"},
	{"userns", "user namespaces, whole chain", probe_user_namespace, NULL, false,
		"graded programs run among the caller's own processes, ports and names, which is said; explore takes no System V IPC"},
	{"landlock", "Landlock", probe_landlock, NULL, false, "no difference yet: a graded program may read and write what the caller may"},
	{"mq", "POSIX message queues", probe_mq, NULL, false, "the lab on message queues does not run"},
	{"mqueue", "queues as files", probe_mqueue_mount, NULL, false, "ls shows no queues, and those that a graded program leaves behind are not found; labs work"},
	{"sysv", "System V IPC", probe_sysv, NULL, false, "the labs on System V queues, semaphores and segments do not run"},
	{"shm", "/dev/shm", probe_shm, NULL, false, "the labs on shared memory do not run"},
	{"gcc", "gcc", probe_compiler, NULL, false, "exercises cannot be built; labs come built"},
	{"hooks", "ipclab cc", probe_hooks, "", false, "shared memory is looked at when everybody sleeps, not access by access"},
	{"python3", "python3", probe_program, "python3", false, "lab tcp's client in Python cannot take part; nc and the one in C can"},
	{"java", "java", probe_program, "java default-jre-headless", false, "the clients in Java that lab tcp names cannot be tried; its others can"},
	{"rpcbind", "rpcbind", probe_program, "rpcbind", false, "rpcinfo has nobody to ask; lab rpc brings its own matchmaker and runs"},
	{"nc", "nc", probe_program, "nc netcat-openbsd", false, "nc cannot take part in lab tcp; the clients in C and Python can"},
	{"dot", "dot", probe_program, "dot graphviz", false, "graphs are drawn on the screen only; nothing needs Graphviz"},
};
_Static_assert(ARRAY_LEN(kinds) <= DOCTOR_ROWS_MAX, "room for all rows");

const char *doctor_grade_name(enum doctor_grade grade)
{
	static const char *const names[] = {"none", "partial", "full"};

	return names[grade];
}

static const struct doctor_row *row_of(const struct doctor *d, const char *id)
{
	for (size_t i = 0; i < d->n; i++)
		if (strcmp(d->rows[i].id, id) == 0)
			return &d->rows[i];
	return NULL;
}

static enum doctor_grade grade_of(const struct doctor *d)
{
	if (!row_of(d, "proc")->here)
		return GRADE_NONE;
	return row_of(d, "attach")->here ? GRADE_FULL : GRADE_PARTIAL;
}

void doctor_examine(struct doctor *d, const char *self)
{
	struct utsname name;

	memset(d, 0, sizeof *d);
	if (uname(&name) == 0)
		snprintf(d->kernel, sizeof d->kernel, "%s", name.release);
	d->uid = (unsigned)geteuid();
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		const struct row_kind *k = &kinds[i];
		struct doctor_row *row = &d->rows[d->n++];
		struct finding f = {0};

		probe_run(k->probe, k->probe == probe_hooks ? self : k->arg, &f);
		row->id = k->id;
		row->name = k->name;
		row->without = k->without;
		row->needed = k->needed;
		row->here = f.here;
		memcpy(row->measured, f.measured, sizeof row->measured);
		memcpy(row->remedy, f.remedy, sizeof row->remedy);
	}
	d->grade = grade_of(d);
}

bool doctor_is_well(const struct doctor *d)
{
	for (size_t i = 0; i < d->n; i++)
		if (d->rows[i].needed && !d->rows[i].here)
			return false;
	return true;
}
