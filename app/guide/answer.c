/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A typed answer; what happened against what was said. */
#include "guide/private.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *const unsure = "I do not know yet";

static bool has_choices(const struct guide_question *q)
{
	return q->kind != ASK_NUMBER && q->kind != ASK_ORDER;
}

u32 guide_choices(const struct guide_question *q)
{
	return q->kind == ASK_NUMBER ? 0 : (u32)q->options.n + 1;
}

const char *guide_choice(const struct guide_question *q, u32 n)
{
	return n < q->options.n ? q->options.at[n].text : unsure;
}

/* ---- a typed answer ---- */
static bool read_order(const struct guide_question *q, const char *text, struct guide_answer *a)
{
	u32 seen = 0;

	a->order_n = 0;
	while (*text) {
		u32 n = 0;

		text += strspn(text, " ,\t");
		if (!*text)
			break;
		for (; isdigit((unsigned char)*text) && n < 100; text++)
			n = n * 10 + (u32)(*text - '0');
		if (n < 1 || n > q->options.n || seen >> n & 1 || a->order_n == ARRAY_LEN(a->order))
			return false;
		seen |= 1u << n;
		a->order[a->order_n++] = n - 1;
	}
	return a->order_n == q->options.n;
}

static bool is_unsure(const struct guide_question *q, const char *text)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	if (strcmp(text, "?") == 0 || strcasecmp(text, unsure) == 0)
		return true;
	return q->kind != ASK_NUMBER && isdigit((unsigned char)*text) && !*end &&
	       n == q->options.n + 1;
}

static bool read_choice(const struct guide_question *q, const char *text, struct guide_answer *a)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	if (isdigit((unsigned char)*text) && !*end) {
		a->choice = (u32)n - 1;
		return n >= 1 && n <= q->options.n;
	}
	for (a->choice = 0; q->kind == ASK_WHO && a->choice < q->options.n; a->choice++) {
		const char *option = q->options.at[a->choice].text;

		if (strlen(text) == strcspn(option, " \t:,") &&
			strncasecmp(text, option, strlen(text)) == 0)
			return true;
	}
	return false;
}

bool guide_answer_read(
	const struct guide_question *q, const char *text, struct guide_answer *a, struct err *err)
{
	char *end, trimmed[128];
	size_t n;

	text += strspn(text, " \t");
	n = strlen(text);
	while (n && isspace((unsigned char)text[n - 1]))
		n--;
	if (n >= sizeof trimmed)
		n = sizeof trimmed - 1;
	memcpy(trimmed, text, n);
	trimmed[n] = '\0';
	*a = (struct guide_answer){.given = ANSWER_RIGHT};
	if (n && is_unsure(q, trimmed)) {
		a->given = ANSWER_UNSURE;
		return true;
	}
	if (q->kind == ASK_NUMBER) {
		a->number = strtoll(trimmed, &end, 10);
		return (n && n < 18 && !*end) ||
		       err_set(err, EXIT_USAGE, "A number is wanted, or ? for \"%s\".", unsure);
	}
	if (q->kind == ASK_ORDER)
		return read_order(q, trimmed, a) || err_set(err, EXIT_USAGE,
							    "All %zu of them are wanted in order, "
							    "like 2 1 3; or %zu for \"%s\".",
							    q->options.n, q->options.n + 1, unsure);
	return read_choice(q, trimmed, a) ||
	       err_set(err, EXIT_USAGE, "A number from 1 to %zu is wanted.", q->options.n + 1);
}

/* ---- what happened ---- */
static bool settle_choice(const struct guide *g, const struct guide_question *q,
	const struct cond_view *v, struct guide_truth *truth, struct err *err)
{
	struct str s = {0};
	u32 found = 0;

	for (u32 i = 0; i < q->options.n; i++) {
		const struct guide_option *o = &q->options.at[i];

		if (cond_holds(o->when, v)) {
			if (found++)
				return guide_error(err, g->file, o->mark,
					"question '%s': options %u and %u both came true", q->id,
					truth->choice + 1, i + 1);
			truth->choice = i;
			continue;
		}
		str_addf(&s, "%s%u: ", s.len ? "; " : "", i + 1);
		cond_explain(o->when, v, &s);
	}
	if (!found)
		guide_error(err, g->file, q->options.at[0].mark,
			"question '%s': no option came true: %s", q->id, str_get(&s));
	str_finish(&s);
	return found == 1;
}

/* The first event after the question with which the option came true, 0: none. */
static u64 came_true(const struct cond *when, const struct cond_view *v)
{
	struct cond_view at = *v;

	for (u64 n = v->since; n <= v->until; n++) {
		if (!timeline_seek_event(v->timeline, n))
			break;
		at.world = timeline_world(v->timeline);
		at.until = n;
		if (cond_holds(when, &at))
			return n;
	}
	return 0;
}

static bool settle_order(const struct guide *g, const struct guide_question *q,
	const struct cond_view *v, struct guide_truth *truth, struct err *err)
{
	u64 when[GUIDE_OPTIONS_MAX + 1];

	truth->order_n = (u32)q->options.n;
	for (u32 i = 0; i < q->options.n; i++) {
		u32 k = i;

		when[i] = came_true(q->options.at[i].when, v);
		timeline_seek_end(v->timeline);
		if (!when[i] || when[i] == v->since)
			return guide_error(err, g->file, q->options.at[i].mark,
				"question '%s': this %s", q->id,
				when[i] ? "was true before" : "never came true");
		for (u32 j = 0; j < i; j++)
			if (when[j] == when[i])
				return guide_error(err, g->file, q->options.at[i].mark,
					"question '%s': this came true with the same event as "
					"option %u",
					q->id, j + 1);
		while (k && when[truth->order[k - 1]] > when[i]) {
			truth->order[k] = truth->order[k - 1];
			k--;
		}
		truth->order[k] = i;
	}
	return true;
}

/* One variant, run aside: does it make the condition true? */
static bool variant(const struct guide *g, const struct guide_question *q,
	const struct guide_option *o, const struct guide_move *moves, size_t moves_n,
	const struct guide_host *host, bool *holds, struct err *err)
{
	struct guide_host aside;
	struct cond_view v;
	bool ok;

	if (!host->aside(host->arg, &aside, err))
		return false;
	ok = aside.start(aside.arg, &g->programs.at[o->start.program], o->start.args, err) &&
	     guide_moves_run(g, moves, moves_n, &aside, err);
	if (ok) {
		v = host_view(&aside, 0);
		*holds = cond_holds(q->truth, &v);
	}
	host->aside_end(&aside);
	return ok;
}

static bool settle_change(const struct guide *g, const struct guide_question *q,
	const struct guide_move *moves, size_t moves_n, const struct guide_host *host,
	struct guide_truth *truth, struct err *err)
{
	u32 found = 0;

	for (u32 i = 0; i < q->options.n; i++) {
		bool holds = false;

		if (!variant(g, q, &q->options.at[i], moves, moves_n, host, &holds, err))
			return false;
		if (!holds)
			continue;
		if (found++)
			return guide_error(err, g->file, q->options.at[i].mark,
				"question '%s': options %u and %u both do it", q->id,
				truth->choice + 1, i + 1);
		truth->choice = i;
	}
	return found ||
	       guide_error(err, g->file, q->options.at[0].mark,
		       "question '%s': no variant makes '%s' true", q->id, cond_source(q->truth));
}

bool guide_settle(const struct guide *g, const struct guide_question *q, const struct cond_view *v,
	const struct guide_move *moves, size_t moves_n, const struct guide_host *host,
	struct guide_truth *truth, struct err *err)
{
	*truth = (struct guide_truth){0};
	switch (q->kind) {
	case ASK_NUMBER:
		return cond_value(q->truth, v, &truth->number) ||
		       guide_error(err, g->file, (struct guide_mark){1, 1},
			       "question '%s': %s is not known", q->id, cond_source(q->truth));
	case ASK_ORDER: return settle_order(g, q, v, truth, err);
	case ASK_CHANGE: return settle_change(g, q, moves, moves_n, host, truth, err);
	default: return settle_choice(g, q, v, truth, err);
	}
}

/* ---- what was said ---- */
enum guide_outcome guide_judge(
	const struct guide_question *q, const struct guide_answer *a, const struct guide_truth *t)
{
	bool right;

	if (a->given != ANSWER_RIGHT)
		return a->given;
	if (q->kind == ASK_NUMBER)
		right = a->number == t->number;
	else if (q->kind == ASK_ORDER)
		right = memcmp(a->order, t->order, t->order_n * sizeof *t->order) == 0;
	else
		right = a->choice == t->choice;
	return right ? ANSWER_RIGHT : ANSWER_WRONG;
}

static void add_order(const u32 *order, u32 n, struct str *out)
{
	for (u32 i = 0; i < n; i++)
		str_addf(out, "%s%u", i ? ", " : "", order[i] + 1);
}

/* "go on waiting." with one full stop. */
static void add_sentence(struct str *out, const char *text)
{
	size_t n = strlen(text);

	str_add(out, text);
	str_add(out, n && strchr(".?!", text[n - 1]) ? "\n" : ".\n");
}

static void add_truth(const struct guide_question *q, const struct guide_truth *t, struct str *out)
{
	str_add(out, "What happened is ");
	if (q->kind == ASK_NUMBER) {
		str_addf(out, "%lld.\n", (long long)t->number);
	} else if (q->kind == ASK_ORDER) {
		add_order(t->order, t->order_n, out);
		str_add(out, ".\n");
	} else {
		str_addf(out, "%u: ", t->choice + 1);
		add_sentence(out, q->options.at[t->choice].text);
	}
}

static const char *reply_to(const struct guide_question *q, const struct guide_answer *a)
{
	if (has_choices(q))
		return q->options.at[a->choice].reply;
	for (size_t i = 0; q->kind == ASK_NUMBER && i < q->options.n; i++)
		if (q->options.at[i].number == a->number)
			return q->options.at[i].reply;
	return q->otherwise;
}

void guide_verdict(const struct guide_question *q, const struct guide_answer *a,
	const struct guide_truth *t, struct str *out)
{
	enum guide_outcome o = guide_judge(q, a, t);
	const char *reason = has_choices(q) ? q->options.at[t->choice].reply : q->otherwise;

	if (o == ANSWER_RIGHT || o == ANSWER_WRONG) {
		str_add(out, "You said ");
		if (q->kind == ASK_NUMBER)
			str_addf(out, "%lld. ", (long long)a->number);
		else if (q->kind == ASK_ORDER)
			add_order(a->order, a->order_n, out), str_add(out, ". ");
		else
			str_addf(out, "%u. ", a->choice + 1);
	}
	if (o != ANSWER_RIGHT)
		add_truth(q, t, out);
	else if (has_choices(q))
		str_add(out, "So it is: "), add_sentence(out, q->options.at[t->choice].text);
	else
		str_add(out, "So it is.\n");
	if (o == ANSWER_WRONG && strcmp(reply_to(q, a), reason) != 0)
		str_addf(out, "%s\n", reply_to(q, a));
	if (*reason)
		str_addf(out, "%s\n", reason);
}
