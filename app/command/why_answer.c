/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "command/why.h"

bool answer_begin(struct answer *a, struct log *log, bool redact, struct err *err)
{
	*a = (struct answer){.log = log, .redact = redact, .pos = LOG_DATA};
	a->reader = log_reader_open_fd(fcntl(log_fd(log), F_DUPFD_CLOEXEC, 3), err);
	if (!a->reader)
		return false;
	pthread_mutex_init(&a->lock, NULL);
	a->world = world_create();
	a->sources = sources_create();
	return true;
}

void answer_finish(struct answer *a)
{
	if (!a->reader)
		return;
	sources_destroy(a->sources);
	world_destroy(a->world);
	log_reader_close(a->reader);
	for (size_t i = 0; i < a->notes.n; i++)
		free(a->notes.at[i]);
	for (u32 i = 0; i < a->actors_n; i++)
		free(a->actors[i].name);
	free(a->notes.at);
	free(a->located.at);
	free(a->redacted.at);
	free(a->actors);
	str_finish(&a->name);
	pthread_mutex_destroy(&a->lock);
}

/* ---- names taken out ---- */

/* What stands for a name: the same for the same name, so that those who mean one object still do. */
static u32 number_of(struct answer *a, const char *text, size_t len)
{
	u64 hash = hash64(0, text, len);

	for (size_t i = 0; i < a->redacted.n; i++)
		if (a->redacted.at[i] == hash)
			return (u32)i + 1;
	*vec_push(&a->redacted) = hash;
	return (u32)a->redacted.n;
}

/* Names that the user chose, replaced by numbers: the same length, so that the record stays sound. */
static void replace(struct answer *a, char *text, u32 room)
{
	u32 len = (u32)strnlen(text, room), number;
	char name[24];

	if (!len)
		return;
	number = number_of(a, text, len);
	memset(text, 0, len);
	if (snprintf(name, sizeof name, "name%u", number) <= (int)len)
		memcpy(text, name, strlen(name));
	else
		for (u32 i = len; i-- > 0; number /= 36)
			text[i] = "0123456789abcdefghijklmnopqrstuvwxyz"[number % 36];
}

/* The world knows shared memory by the folder, and leaves devices alone. */
static void replace_path(struct answer *a, char *text, u32 room)
{
	static const char shm[] = "/dev/shm/";
	size_t n = strnlen(text, room);

	if (n > sizeof shm && !memcmp(text, shm, sizeof shm - 1))
		replace(a, text + sizeof shm - 1, room - (u32)sizeof shm + 1);
	else if (n < 5 || (memcmp(text, "/dev/", 5) && memcmp(text, "/proc", 5)))
		replace(a, text, room);
}

static bool takes_path(u32 call)
{
	switch (call) {
	case CALL_open:
	case CALL_openat:
	case CALL_openat2:
	case CALL_creat:
	case CALL_mknod:
	case CALL_mknodat:
	case CALL_unlink:
	case CALL_unlinkat:
	case CALL_mq_open:
	case CALL_mq_unlink:
	case CALL_sem_open:
	case CALL_sem_unlink: return true;
	default: return false;
	}
}

static struct rec *redacted(struct answer *a, const struct rec *r)
{
	struct rec *copy = xmalloc(r->len);
	struct ev_name *name = (struct ev_name *)(copy + 1);
	struct ev_segment *segment = (struct ev_segment *)(copy + 1);
	struct ev_exec *exec = (struct ev_exec *)(copy + 1);
	struct ev_enter *enter = (struct ev_enter *)(copy + 1);

	memcpy(copy, r, r->len);
	if (r->kind == REC_NAME)
		replace(a, name->text, name->len);
	else if (r->kind == REC_SEGMENT)
		replace(a, segment->name, segment->name_len);
	else if (r->kind == REC_EXEC)
		replace(a, exec->path, exec->path_len);
	else if (r->kind == REC_ENTER && takes_path(r->call))
		replace_path(a, (char *)enter->contents, enter->held);
	return copy;
}

/* ---- the fold ---- */

static void take_actor(struct answer *a, const struct rec *r)
{
	const struct note_actor *note = rec_body(r);

	a->actors = xrealloc(a->actors, (a->actors_n + 1) * sizeof *a->actors);
	a->actors[a->actors_n++] = (struct answer_actor){r->task, xstrdup(note->text)};
}

static void take_note(struct answer *a, const struct rec *r)
{
	void *copy = xmalloc(r->len);

	memcpy(copy, r, r->len);
	*vec_push(&a->notes) = copy;
	sources_add(a->sources, copy);
	if (r->kind == REC_ACTOR)
		take_actor(a, copy);
}

static void take_located(struct answer *a, const struct rec *r)
{
	const struct ev_observe *o = rec_body(r);

	if (r->kind != REC_OBSERVE || o->what != OBS_STATE || o->a != OBS_RUNNING || !r->site)
		return;
	while (a->located.n <= r->task)
		*vec_push(&a->located) = 0;
	a->located.at[r->task] = r->site;
}

static void take(struct answer *a, const struct rec *r, u64 pos)
{
	struct rec *copy = NULL;

	if (!rec_is_event(r)) {
		take_note(a, r);
		return;
	}
	a->now_ns = r->t_ns;
	take_located(a, r);
	if ((r->kind == REC_SPAWN || r->kind == REC_EXEC || r->kind == REC_END || r->kind == REC_ENTER || r->kind == REC_EXIT ||
		    r->kind == REC_SIGNAL) && !(r->flags & EVF_FOUND))
		a->moved_ns = r->t_ns;
	if (a->redact && (r->kind == REC_NAME || r->kind == REC_SEGMENT || r->kind == REC_EXEC || r->kind == REC_ENTER))
		copy = redacted(a, r);
	world_apply(a->world, copy ? copy : r, pos);
	free(copy);
}

void answer_take(struct answer *a)
{
	const struct rec *r;
	u64 pos, end;

	pthread_mutex_lock(&a->lock);
	pos = a->pos;
	while ((r = log_reader_next(a->reader, &a->pos))) {
		take(a, r, pos);
		pos = a->pos;
	}
	end = log_bytes(a->log);
	log_forget(a->log, end > a->pos ? end - a->pos : 0);
	pthread_mutex_unlock(&a->lock);
}

/* ---- the answer ---- */

/* The script where an interpreter runs one, else the program's name. */
static const char *actor(void *arg, u32 proc)
{
	struct answer *a = arg;
	const struct w_proc *p = world_proc(a->world, proc);
	const char *path, *base;

	for (u32 i = a->actors_n; p && i-- > 0;) {
		const struct w_task *t = world_task(a->world, a->actors[i].task);

		if (t && t->proc == proc && a->actors[i].name[0])
			return a->actors[i].name;
	}
	path = p ? world_text(a->world, p->exec_path) : "";
	base = strrchr(path, '/');
	str_clear(&a->name);
	str_add_name(&a->name, base ? base + 1 : path, strlen(base ? base + 1 : path));
	return str_get(&a->name);
}

void answer_report(struct answer *a, struct world_standing *standing, struct report *r)
{
	world_standing(a->world, standing);
	r->standing = standing;
	r->scene = (struct scene){.world = a->world, .sources = a->sources, .actor = actor, .actor_arg = a, .style = STYLE_SHORT};
	r->redact = a->redact;
	r->located = a->located.at;
	r->located_n = (u32)a->located.n;
	for (u32 p = 1; p < world_procs(a->world); p++) {
		const struct w_proc *proc = world_proc(a->world, p);

		if (!proc || proc->ended || !proc->fdt)
			continue;
		r->processes++;
		for (u32 d = world_fdt(a->world, proc->fdt)->first; d; d = world_fd(a->world, d)->next)
			r->descriptors++;
	}
}

void answer_print(const struct report *r, const struct why_options *o, FILE *out)
{
	struct str text = {0};

	if (o->json)
		report_json(r, &text);
	else
		report_words(r, &text);
	fwrite(str_get(&text), 1, text.len, o->json ? stdout : out);
	fflush(o->json ? stdout : out);
	str_finish(&text);
}
