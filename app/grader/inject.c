/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Faults of a scenario: {call: read, on: [pipe], short: 1, from: 1, every: 1}. Only what the kernel could have done can
 * be written here: the tracer's injections are such by themselves (app/tracer/lib.h, enum fault_kind). */
#include <signal.h>
#include <string.h>

#include "grader/private.h"

struct reading_on {
	struct manifest *m;
	yaml_ref r;
	struct fault *f;
	bool ok;
};

static void add_on(void *arg, char *word)
{
	static const struct {
		const char *word;
		u32 bit;
	} words[] = {{"pipe", FAULT_ON_PIPE}, {"fifo", FAULT_ON_FIFO}, {"socket", FAULT_ON_SOCKET}, {"terminal", FAULT_ON_TERMINAL},
		{"queue", FAULT_ON_QUEUE}, {"child", FAULT_ON_CHILD}};
	struct reading_on *on = arg;

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strcmp(words[i].word, word) == 0) {
			on->f->on |= words[i].bit;
			return;
		}
	on->ok = on->ok && yaml_error(on->m->y, on->r, on->m->err, "on: pipe, fifo, socket, terminal, queue, child");
}

enum { CALL, ON, SHORT, AGAIN, INTERRUPT, SMALL_PIPE, FROM, EVERY, TIMES, CONTRACT, KEYS };

static bool calls_read(struct manifest *m, yaml_ref r, struct fault *f)
{
	static const char *const words[] = {"read", "write", "wait", "any", NULL};
	u32 which;

	if (!value_choice(m, r, "call", words, &which))
		return false;
	f->reads = which == 0 || which == 3;
	f->writes = which == 1 || which == 3;
	f->waits = which == 2 || which == 3;
	return true;
}

static bool signal_read(struct manifest *m, yaml_ref r, struct fault *f)
{
	const char *text = yaml_text(m->y, r);

	f->kind = FAULT_INTERRUPT;
	if (text && strcmp(text, "any") == 0)
		return true;
	for (int sig = 1; text && sig < 32; sig++)
		if (sigabbrev_np(sig) && strcmp(sigabbrev_np(sig), text) == 0)
			f->sig = sig;
	return f->sig || yaml_error(m->y, r, m->err, "interrupt: any, or a signal: USR1, ALRM, CHLD");
}

static bool kind_read(struct manifest *m, yaml_ref map, const yaml_ref *v, struct fault *f)
{
	int given = (v[SHORT] != 0) + (v[AGAIN] != 0) + (v[INTERRUPT] != 0) + (v[SMALL_PIPE] != 0);
	bool yes;

	if (given != 1)
		return yaml_error(m->y, map, m->err, "a fault is one of short:, again:, interrupt:, small_pipe:");
	if (v[SMALL_PIPE]) {
		f->kind = FAULT_SMALL_PIPE;
		return value_number(m, v[SMALL_PIPE], "small_pipe", 4096, 65536, &f->size);
	}
	if (!v[CALL])
		return yaml_error(m->y, map, m->err, "call: read, write, wait or any is missing");
	if (!calls_read(m, v[CALL], f))
		return false;
	if (v[INTERRUPT])
		return signal_read(m, v[INTERRUPT], f);
	f->kind = v[SHORT] ? FAULT_SHORT : FAULT_AGAIN;
	return v[SHORT] ? value_number(m, v[SHORT], "short", 1, 1 << 20, &f->size) : value_bool(m, v[AGAIN], "again", &yes);
}

/* What is demanded of programs stands in the task, word for word. */
static bool contract_holds(struct manifest *m, yaml_ref r)
{
	const char *text = yaml_text(m->y, r);

	if (!text || !m->x->task || !strstr(m->x->task, text))
		return yaml_error(m->y, r, m->err, "exercise.md does not say this, word for word on one line");
	return true;
}

bool fault_read(struct manifest *m, yaml_ref map, struct fault *f)
{
	static const char *const keys[] = {"call", "on", "short", "again", "interrupt", "small_pipe", "from", "every", "times", "contract", NULL};
	struct reading_on on = {m, map, f, true};
	yaml_ref v[KEYS];
	u64 from = 1, every = 1, times = 0;

	*f = (struct fault){0};
	if (!yaml_keys(m->y, map, keys, v, m->err) || !kind_read(m, map, v, f))
		return false;
	if (v[ON] && (!value_words(m, v[ON], "on", add_on, &on) || !on.ok))
		return false;
	if (v[FROM] && !value_number(m, v[FROM], "from", 1, 1000000, &from))
		return false;
	if (v[EVERY] && !value_number(m, v[EVERY], "every", 0, 1000000, &every))
		return false;
	if (v[TIMES] && !value_number(m, v[TIMES], "times", 1, 1000000, &times))
		return false;
	if (f->kind == FAULT_AGAIN && every < 2 && times == 0)
		return yaml_error(m->y, map, m->err, "an EAGAIN at every call would be for ever: give every: 2 or more, or times:");
	if (f->kind == FAULT_INTERRUPT && every && !times)
		times = 20; /* one that is always interrupted would never get on */
	f->from = (u32)from;
	f->every = (u32)every;
	f->times = (u32)times;
	return !v[CONTRACT] || contract_holds(m, v[CONTRACT]);
}
