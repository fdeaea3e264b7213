/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The fenced blocks predict, do, expect and goal.
 *
 *     ```predict id=eof-self breaks=eof-when-writer-closes hide=ends
 *     The question, in as many lines as it needs.
 *     - an option        => CONDITION
 *         What to tell those who chose it, if it does not come true.
 *     ```
 * kind=choice (or none) and kind=who (options begin with a process): as above; "=> CONDITION" may
 * also stand on the next line, indented. kind=order: the same, what is asked is which comes true
 * first; then "- otherwise" with its reply. kind=number: "=> NUMBER" alone on a line, then
 * "- 4096" with a reply of its own for as many wrong numbers as one likes, and "- otherwise" with the reason,
 * which is told after any answer.
 * vary=EXPERIMENT, of any kind: asked
 * again by ipclab review, the processes are those of another row of that experiment, so what is told has to hold for
 * all of its rows. kind=change: "=> CONDITION" alone on a line, options "- text => start PROGRAM ARGS": each
 * program is run through the do block that follows, and exactly one makes the condition true.
 *
 *     ```goal
 *     CONDITION
 *         What to tell when it is reached.
 *     solution:
 *     commands as in a do block, for --verify and for those who ask
 *     ```
 */
#include "guide/private.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* A line of a block, trimmed at the end. */
struct line {
	u32 number;
	u32 indent; /* blanks before it */
	char *text; /* without them */
};

static struct line line_take(struct reading *rd, u32 number)
{
	struct line l = {.number = number};
	size_t n;
	const char *s = reading_line(rd, number, &n);

	while (n && isspace((unsigned char)s[n - 1]))
		n--;
	while (l.indent < n && (s[l.indent] == ' ' || s[l.indent] == '\t'))
		l.indent++;
	l.text = guide_text(rd->pool, s + l.indent, n - l.indent);
	return l;
}

/* Appends with a blank between; an empty addition begins a new paragraph. */
static char *joined(struct pool *pool, const char *a, const char *b)
{
	size_t na = strlen(a), nb = strlen(b);
	char *s = guide_take(pool, na + nb + 2);

	memcpy(s, a, na);
	if (!nb)
		s[na++] = '\n';
	else if (na && a[na - 1] != '\n')
		s[na++] = ' ';
	memcpy(s + na, b, nb);
	return s;
}

/* ---- predict: its info string ---- */
static const char *const kinds[] = {
	[ASK_CHOICE] = "choice",
	[ASK_NUMBER] = "number",
	[ASK_WHO] = "who",
	[ASK_ORDER] = "order",
	[ASK_CHANGE] = "change",
};

static bool hide_read(struct reading *rd, char *list, u32 line, u32 column, u32 *hide)
{
	static const char *const names[] = {"race", "full", "next", "ends"};
	char *save = NULL;

	for (char *w = strtok_r(list, ",", &save); w; w = strtok_r(NULL, ",", &save)) {
		size_t i = 0;

		while (i < ARRAY_LEN(names) && strcmp(names[i], w) != 0)
			i++;
		if (i == ARRAY_LEN(names))
			return reading_error(rd, line, column,
				"'%s' cannot be hidden: race, full, next, ends", w);
		*hide |= 1u << i;
	}
	return true;
}

static bool info_pair(
	struct reading *rd, struct guide_question *q, char *key, char *value, u32 line, u32 column)
{
	size_t k = 0;

	if (strcmp(key, "id") == 0) {
		q->id = value;
		return reading_id(rd, value, line, column);
	}
	if (strcmp(key, "breaks") == 0)
		return q->breaks = value, true;
	if (strcmp(key, "vary") == 0)
		return q->vary = value, true;
	if (strcmp(key, "hide") == 0)
		return hide_read(rd, value, line, column, &q->hide);
	if (strcmp(key, "kind") != 0)
		return reading_error(
			rd, line, column, "'%s' is no key of predict: id, breaks, kind, hide, vary", key);
	while (k < ARRAY_LEN(kinds) && strcmp(kinds[k], value) != 0)
		k++;
	if (k == ARRAY_LEN(kinds))
		return reading_error(rd, line, column,
			"'%s' is no kind of question: choice, number, who, order, change", value);
	q->kind = (enum guide_question_kind)k;
	return true;
}

static bool info_read(struct reading *rd, const char *info, u32 line, struct guide_question *q)
{
	const char *p = info;

	q->breaks = q->id = q->vary = guide_text(rd->pool, "", 0);
	q->otherwise = q->text = q->id;
	while (*(p += strspn(p, " \t"))) {
		size_t n = strcspn(p, " \t"), k = strcspn(p, "= \t");
		u32 column = (u32)strlen("```predict") + 1 + (u32)(p - info);

		if (k >= n)
			return reading_error(rd, line, column, "'%.*s' is no key=value", (int)n, p);
		if (!info_pair(rd, q, guide_text(rd->pool, p, k),
			    guide_text(rd->pool, p + k + 1, n - k - 1), line, column))
			return false;
		p += n;
	}
	return *q->id || reading_error(rd, line, 4, "the question has no id");
}

/* ---- predict: its options ---- */
static bool has_truth(const struct guide_question *q)
{
	return q->kind == ASK_NUMBER || q->kind == ASK_CHANGE;
}

/* What stands behind "=>". */
static bool when_read(struct reading *rd, struct guide_question *q, struct guide_option *o,
	const char *text, u32 line, u32 column)
{
	struct guide_mark at = {line, column};
	struct str why = {0};

	if (o && q->kind == ASK_CHANGE) {
		if (strncmp(text, "start ", 6) != 0)
			return reading_error(rd, line, column,
				"an option of kind=change is a program: => start PROGRAM");
		return start_read(rd, text + 6, line, column + 6, &o->start);
	}
	if (!o) {
		q->truth = q->kind == ASK_NUMBER ? cond_parse_value(rd->file, at, text, rd->err)
						 : cond_parse(rd->file, at, text, rd->err);
		return q->truth != NULL;
	}
	o->when = cond_parse(rd->file, at, text, rd->err);
	if (o->when && !cond_possible(o->when, &why)) {
		reading_error(rd, line, column, "%s", str_get(&why));
		str_finish(&why);
		return false;
	}
	str_finish(&why);
	return o->when != NULL;
}

static bool number_read(struct reading *rd, struct guide_option *o)
{
	char *end;

	o->number = strtoll(o->text, &end, 10);
	return (*o->text && !*end && strlen(o->text) < 18) ||
	       reading_error(rd, o->mark.line, o->mark.column, "'%s' is no number", o->text);
}

static bool option_read(struct reading *rd, struct guide_question *q, const struct line *l)
{
	char *arrow = strstr(l->text, "=>");
	struct guide_option *o;
	size_t n;

	if (q->options.n >= GUIDE_OPTIONS_MAX)
		return reading_error(
			rd, l->number, l->indent + 1, "more than %d options", GUIDE_OPTIONS_MAX);
	*vec_push(&q->options) = (struct guide_option){.mark = {l->number, l->indent + 3}};
	o = &q->options.at[q->options.n - 1];
	n = arrow ? (size_t)(arrow - l->text) : strlen(l->text);
	while (n > 2 && l->text[n - 1] == ' ')
		n--;
	o->text = guide_text(rd->pool, l->text + 2, n - 2);
	o->reply = guide_text(rd->pool, "", 0);
	if (!*o->text)
		return reading_error(rd, l->number, l->indent + 1, "the option says nothing");
	if (strcmp(o->text, "otherwise") == 0 && (q->kind == ASK_NUMBER || q->kind == ASK_ORDER))
		return true;
	if (q->kind == ASK_NUMBER)
		return arrow ? reading_error(rd, l->number, l->indent + 1 + (u32)(arrow - l->text),
				       "a number's truth stands on a line of its own")
			     : number_read(rd, o);
	if (!arrow)
		return true; /* on the next line, or an error then */
	arrow += 2 + strspn(arrow + 2, " \t");
	return when_read(rd, q, o, arrow, l->number, l->indent + 1 + (u32)(arrow - l->text));
}

/* A line that is none of the question's text: option, truth, reply. */
static bool answer_line(struct reading *rd, struct guide_question *q, const struct line *l)
{
	struct guide_option *o = q->options.n ? &q->options.at[q->options.n - 1] : NULL;
	bool arrow = strncmp(l->text, "=>", 2) == 0;
	const char *text = arrow ? l->text + 2 + strspn(l->text + 2, " \t") : l->text;
	u32 column = l->indent + 1 + (u32)(text - l->text);

	if (strncmp(l->text, "- ", 2) == 0 && l->indent < 2)
		return option_read(rd, q, l);
	if (arrow && l->indent < 2) {
		if (!has_truth(q))
			return reading_error(rd, l->number, l->indent + 1,
				"kind=%s has no => of its own: each option has", kinds[q->kind]);
		if (q->truth)
			return reading_error(rd, l->number, l->indent + 1, "a second =>");
		return when_read(rd, q, NULL, text, l->number, column);
	}
	if (arrow && o && !o->when && !*o->reply && q->kind != ASK_NUMBER)
		return when_read(rd, q, o, text, l->number, column);
	if (l->indent < 2 && *l->text)
		return reading_error(rd, l->number, l->indent + 1,
			"this is no option (- text => condition), and no reply: "
			"replies are indented");
	if (!o)
		return !*l->text ||
		       reading_error(rd, l->number, l->indent + 1, "a reply to which option?");
	if (*l->text || *o->reply)
		o->reply = joined(rd->pool, o->reply, l->text);
	return true;
}

/* ---- predict: is it whole? ---- */
static bool option_whole(struct reading *rd, struct guide_question *q, size_t i, u32 *silent)
{
	struct guide_option *o = &q->options.at[i];
	u32 actor;
	size_t word = strcspn(o->text, " \t:,");

	if (q->kind == ASK_CHANGE ? !o->start.mark.line : q->kind != ASK_NUMBER && !o->when)
		return reading_error(rd, o->mark.line, o->mark.column,
			"this option has no =>: what must come true?");
	if (q->kind == ASK_WHO && !actor_parse(o->text, word, &actor))
		return reading_error(rd, o->mark.line, o->mark.column,
			"kind=who: an option begins with a process (P1)");
	for (size_t k = 0; o->when && k < i; k++)
		if (q->options.at[k].when && cond_same(o->when, q->options.at[k].when))
			return reading_error(rd, o->mark.line, o->mark.column,
				"options %zu and %zu come true together", k + 1, i + 1);
	if (!*o->reply && q->kind != ASK_ORDER && (++*silent > 1 || q->kind == ASK_NUMBER))
		return reading_error(rd, o->mark.line, o->mark.column,
			"nothing is said to those who choose this and are wrong (an indented reply "
			"is missing)");
	return true;
}

static bool question_whole(struct reading *rd, struct guide_question *q, u32 line)
{
	u32 silent = 0;

	if (!*q->text)
		return reading_error(rd, line, 1, "the question asks nothing");
	if (has_truth(q) && !q->truth)
		return reading_error(rd, line, 1, "kind=%s needs a line => that says what is true",
			kinds[q->kind]);
	if (q->options.n && !strcmp(q->options.at[q->options.n - 1].text, "otherwise") &&
		(q->kind == ASK_NUMBER || q->kind == ASK_ORDER))
		q->otherwise = q->options.at[--q->options.n].reply;
	if ((q->kind == ASK_NUMBER || q->kind == ASK_ORDER) && !*q->otherwise)
		return reading_error(
			rd, line, 1, "kind=%s ends with '- otherwise' and a reply", kinds[q->kind]);
	if (q->options.n < 2 && q->kind != ASK_NUMBER)
		return reading_error(rd, line, 1, "a question has two options or more");
	for (size_t i = 0; i < q->options.n; i++)
		if (!option_whole(rd, q, i, &silent))
			return false;
	return true;
}

bool predict_read(struct reading *rd, const char *info, u32 info_line, u32 first, u32 last,
	struct guide_block *b)
{
	struct guide_question *q = guide_take(rd->pool, sizeof *q);

	b->question = q;
	if (!info_read(rd, info, info_line, q))
		return false;
	for (u32 i = first; i <= last; i++) {
		struct line l = line_take(rd, i);
		bool answers = q->options.n || q->truth || !strncmp(l.text, "- ", 2) ||
			       !strncmp(l.text, "=>", 2);

		if (answers && !answer_line(rd, q, &l))
			return false;
		if (!answers && (*l.text || *q->text))
			q->text = joined(rd->pool, q->text, l.text);
	}
	return question_whole(rd, q, info_line);
}

/* ---- do, expect, goal ---- */
static bool move_line(struct reading *rd, const struct line *l, guide_moves *moves)
{
	struct guide_move m;

	if (!*l->text)
		return true;
	if (!guide_move_parse(
		    rd->file, (struct guide_mark){l->number, l->indent + 1}, l->text, &m, rd->err))
		return false;
	*vec_push(moves) = m;
	return true;
}

bool do_read(struct reading *rd, u32 first, u32 last, struct guide_block *b)
{
	for (u32 i = first; i <= last; i++) {
		struct line l = line_take(rd, i);

		if (!move_line(rd, &l, &b->moves))
			return false;
	}
	return b->moves.n || reading_error(rd, b->mark.line, 1, "nothing is to be done here");
}

static bool cond_line(struct reading *rd, const struct line *l, struct guide_block *b)
{
	struct guide_mark at = {l->number, l->indent + 1};
	struct str why = {0};
	struct cond *c = cond_parse(rd->file, at, l->text, rd->err);
	bool ok = c != NULL;

	if (!ok)
		return false;
	*vec_push(&b->conds) = c;
	*vec_push(&b->cond_marks) = at;
	if (!cond_possible(c, &why))
		ok = reading_error(rd, at.line, at.column, "%s", str_get(&why));
	str_finish(&why);
	return ok;
}

bool expect_read(struct reading *rd, u32 first, u32 last, struct guide_block *b)
{
	for (u32 i = first; i <= last; i++) {
		struct line l = line_take(rd, i);

		if (*l.text && !cond_line(rd, &l, b))
			return false;
	}
	return b->conds.n || reading_error(rd, b->mark.line, 1, "nothing is expected here");
}

bool goal_read(struct reading *rd, u32 first, u32 last, struct guide_block *b)
{
	bool solution = false;

	b->text = guide_text(rd->pool, "", 0);
	for (u32 i = first; i <= last; i++) {
		struct line l = line_take(rd, i);

		if (!solution && l.indent == 0 && strcmp(l.text, "solution:") == 0)
			solution = true;
		else if (solution ? !move_line(rd, &l, &b->moves)
				  : l.indent < 2 && *l.text && !cond_line(rd, &l, b))
			return false;
		else if (!solution && l.indent >= 2)
			b->text = joined(rd->pool, b->text, l.text);
	}
	if (!b->conds.n)
		return reading_error(rd, b->mark.line, 1, "the goal has no condition");
	if (!*b->text)
		return reading_error(rd, b->mark.line, 1,
			"nothing is said when the goal is reached (an indented text)");
	return b->moves.n || reading_error(rd, b->mark.line, 1,
				     "the goal has no 'solution:', so nobody can verify it");
}
