/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a kind and a seed to a program and a question. */
#include <stdlib.h>
#include <string.h>

#include "drill/private.h"

static const struct {
	const char *name;
	void (*make)(struct making *);
	bool hooks;
} kinds[] = {
	[DRILL_PIPE] = {"pipe", make_pipe, false},
	[DRILL_FORK] = {"fork", make_fork, false},
	[DRILL_RING] = {"ring", make_ring, true},
	[DRILL_MQ] = {"mq", make_mq, false},
};

const char *drill_kind_name(enum drill_kind k)
{
	return kinds[k].name;
}

bool drill_kind_read(const char *word, enum drill_kind *kind, struct err *err)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (strcmp(word, kinds[i].name) == 0) {
			*kind = (enum drill_kind)i;
			return true;
		}
	return err_set(err, EXIT_USAGE, "there is no drill '%.40s'; there is pipe, fork, ring, mq", word);
}

/* ---- chance: splitmix64, the same on every machine ---- */

static u64 next_random(struct making *m)
{
	u64 z = (m->random += 0x9e3779b97f4a7c15u);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

u32 pick(struct making *m, u32 from, u32 to)
{
	return from + (u32)(next_random(m) % (to - from + 1));
}

bool coin(struct making *m)
{
	return pick(m, 0, 1);
}

/* ---- the program ---- */

void line(struct making *m, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	str_vaddf(m->source, fmt, ap);
	va_end(ap);
	str_add(m->source, "\n");
}

void lines(struct making *m, const char *text)
{
	str_add(m->source, text);
}

/* ---- the question ---- */

void ask(struct making *m, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	str_vaddf(m->question, fmt, ap);
	va_end(ap);
	str_add(m->question, "\n");
}

void option(struct making *m, const char *text, const char *when, const char *reply)
{
	struct str s = {0};

	str_addf(&s, "- %s => %s\n    %s\n", text, when, reply);
	*vec_push(&m->options) = s.s;
}

void number(struct making *m, const char *value, const char *reply)
{
	m->number = true;
	ask(m, "=> %s\n- otherwise\n    %s", value, reply);
}

static void options_add(struct making *m)
{
	while (m->options.n) {
		u32 i = m->in_order ? 0 : pick(m, 0, (u32)m->options.n - 1);

		str_add(m->question, m->options.at[i]);
		free(m->options.at[i]);
		m->options.n--;
		memmove(&m->options.at[i], &m->options.at[i + 1], (m->options.n - i) * sizeof *m->options.at);
	}
	free(m->options.at);
}

static void guide_text(const struct making *m, struct drill *d)
{
	str_addf(&d->text,
		"---\ntitle: Drill %s %llu\nprograms:\n  - %sname: drill%s\n---\n\n## What will happen\n\nstart: drill\n\n",
		kinds[d->kind].name, (unsigned long long)d->seed, kinds[d->kind].hooks ? "{" : "",
		kinds[d->kind].hooks ? ", hooks: true}" : "");
	str_addf(&d->text, "```predict id=drill%s\n%s```\n\n```do\nplay\n```\n", m->number ? " kind=number" : "",
		str_get(m->question));
}

bool drill_make(enum drill_kind kind, u64 seed, struct drill *d, struct err *err)
{
	struct str question = {0};
	struct making m = {.random = seed * DRILL_KINDS + kind, .seed = seed, .source = &d->source, .question = &question};

	*d = (struct drill){.kind = kind, .seed = seed};
	kinds[kind].make(&m);
	options_add(&m);
	guide_text(&m, d);
	str_finish(&question);
	d->guide = guide_parse("drill", d->text.s, d->text.len, err);
	d->question = d->guide ? guide_question(d->guide, "drill", NULL) : NULL;
	return d->guide != NULL;
}

void drill_finish(struct drill *d)
{
	guide_destroy(d->guide);
	str_finish(&d->source);
	str_finish(&d->text);
	d->guide = NULL;
}
