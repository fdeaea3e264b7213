/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A choice as a line of a schedule, and whether such a line fits the world as it stands. Tasks and
 * objects are compared by identity: what they are called here may be another number. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "schedule/private.h"

/* The segment that an access, or an operation on a descriptor, is about. */
static u32 segment_of(const struct world *w, const struct w_task *t)
{
	const struct w_fd *fd;
	const struct w_file *file;

	if (t->op.segment)
		return t->op.segment;
	fd = world_fd(w, world_fd_find(w, t->proc, t->op.fd));
	file = fd ? world_file(w, fd->file) : NULL;
	return file && file->kind == OBJ_SEGMENT ? file->object : 0;
}

/* "pipe1", "shm1+40", "memory2@0a8", "sem2", "thread1.2": what the task's operation is about, as it is
 * displayed, in one word. "" when the display has no name for it: then it is not compared. */
static void shown_object(const struct world *w, u32 task, const char *object, char *buf, size_t n)
{
	const struct w_task *t = world_task(w, task);
	char name[24];

	buf[0] = '\0';
	if (strncmp(object, "pipe ", 5) == 0)
		snprintf(buf, n, "%s", world_pipe_name(w, world_op_pipe(w, task), name));
	else if (strncmp(object, "shm ", 4) == 0)
		snprintf(buf, n, "%s%s", world_segment_name(w, segment_of(w, t), name),
			t->op.segment && strrchr(object, '+') ? strrchr(object, '+') : "");
	else if (strncmp(object, "memory ", 7) == 0 && strchr(object, '@'))
		snprintf(buf, n, "memory%s%s", world_proc_name(w, t->proc, name) + 1,
			strchr(object, '@'));
	else if (strncmp(object, "thread ", 7) == 0)
		snprintf(buf, n, "thread%s",
			world_task_name(w, world_task_by_identity(w, object + 7), name) + 1);
	else if (object[0] && t->op.sync)
		snprintf(buf, n, "%s", world_sync_name(w, t->op.sync, name));
}

/* What is too long to be written in full is left out, and is not compared. */
static void object_of(const struct world *w, u32 task, struct schedule_step *s)
{
	struct str text = {0};

	world_op_identity(w, task, &text);
	if (text.len && text.len < sizeof s->object) {
		memcpy(s->object, text.s, text.len + 1);
		shown_object(w, task, s->object, s->shown, sizeof s->shown);
	}
	str_finish(&text);
}

void schedule_describe(const struct world *w, u32 task, u32 kind, struct schedule_step *s)
{
	const struct w_task *t = world_task(w, task);
	struct str text = {0};
	char name[24];

	*s = (struct schedule_step){.kind = kind};
	if (!t)
		return;
	snprintf(s->actor, sizeof s->actor, "%s", world_task_name(w, task, name));
	world_task_identity(w, task, &text);
	snprintf(s->identity, sizeof s->identity, "%s", str_get(&text));
	str_finish(&text);
	if (kind == CHOSE_STEP && t->poised_signal) {
		snprintf(s->call, sizeof s->call, "deliver");
		s->signal = t->poised_signal;
	} else if (kind == CHOSE_STEP && t->op.call) {
		snprintf(s->call, sizeof s->call, "%s", call_name(t->op.call));
		object_of(w, task, s);
	}
}

/* ---- what does not fit, in words ---- */

/* "read(3) of pipe1", "store shm1+40", "wait4" */
static void say_operation(const struct world *w, u32 task, struct str *out)
{
	const struct w_task *t = world_task(w, task);
	struct schedule_step now;

	schedule_describe(w, task, CHOSE_STEP, &now);
	str_add(out, call_name(t->op.call));
	if (strncmp(now.object, "pipe ", 5) == 0)
		str_addf(out, "(%d) of %s", t->op.fd, now.shown);
	else if (now.shown[0])
		str_addf(out, " %s", now.shown);
	else if (t->op.file)
		str_addf(out, "(%d)", t->op.fd);
}

/* "it is held before write(4) of pipe2" */
static void say_standing(const struct world *w, u32 task, struct str *out)
{
	const struct w_task *t = world_task(w, task);
	char name[24];

	switch (t->state) {
	case TASK_ZOMBIE:
	case TASK_GONE: str_add(out, "it has ended"); return;
	case TASK_ENDING: str_add(out, "it is ending"); return;
	case TASK_STOPPED: str_add(out, "a signal has stopped it"); return;
	case TASK_RUNNING: str_add(out, "it is computing"); return;
	default: break;
	}
	if (t->poised_signal) {
		str_addf(out, "it is held before the delivery of %s",
			schedule_signal(t->poised_signal, name, sizeof name));
		return;
	}
	if (!t->op.call) {
		str_add(out, "it is at no operation");
		return;
	}
	str_add(out, t->state == TASK_BLOCKED    ? "it waits in "
		     : t->state == TASK_SPINNING ? "it spins, held before "
						 : "it is held before ");
	say_operation(w, task, out);
}

/* "P2 is to read pipe1": the name is the file's, which may differ from today's. */
static void say_wanted(const struct schedule_step *s, struct str *out)
{
	char name[24];

	str_add(out, s->actor);
	if (s->kind == CHOSE_TIME)
		str_add(out, " is to let its time-out pass");
	else if (s->kind == CHOSE_SIGNAL)
		str_addf(out, " is to be sent %s", schedule_signal(s->signal, name, sizeof name));
	else if (s->signal)
		str_addf(out, " is to get %s", schedule_signal(s->signal, name, sizeof name));
	else if (s->call[0])
		str_addf(out, " is to %s%s%s", s->call, s->shown[0] ? " " : "", s->shown);
	else
		str_add(out, " is to move");
}

static bool misfit(const struct world *w, const struct schedule_step *s, u32 task, struct str *why)
{
	char name[24];

	if (!why)
		return false;
	say_wanted(s, why);
	str_add(why, ", but ");
	if (!task) {
		str_addf(why, "there is no %s (identity %s) yet", s->actor, s->identity);
		return false;
	}
	if (strcmp(world_task_name(w, task, name), s->actor) != 0)
		str_addf(why, "%s, as it is called here: ", name);
	say_standing(w, task, why);
	return false;
}

static bool same_operation(const struct world *w, const struct schedule_step *s, u32 task)
{
	struct schedule_step now;

	if (!s->call[0])
		return true;
	schedule_describe(w, task, CHOSE_STEP, &now);
	if (strcmp(s->call, now.call) != 0 || s->signal != now.signal)
		return false;
	return !s->object[0] || strcmp(s->object, now.object) == 0;
}

bool schedule_fits(const struct world *w, const struct schedule_step *s, u32 *task, struct str *why)
{
	bool fits;

	*task = 0;
	if (s->kind == CHOSE_TYPE)
		return true;
	*task = world_task_by_identity(w, s->identity);
	if (!*task)
		return misfit(w, s, 0, why);
	switch (s->kind) {
	case CHOSE_STEP: fits = schedule_can_step(w, *task) && same_operation(w, s, *task); break;
	case CHOSE_TIME: fits = schedule_can_pass(w, *task); break;
	case CHOSE_SIGNAL: fits = world_task(w, *task)->state < TASK_ZOMBIE; break;
	default: fits = false; break;
	}
	return fits || misfit(w, s, *task, why);
}
