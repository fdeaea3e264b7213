/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A lab.md: front matter between two lines of three dashes, an introduction, and a step for each
 * heading of level 2. A step may begin with lines `show: calls, pipe` (what of the stage is there)
 * and `start: pipe tidy` (fresh processes of that program); paragraphs, lists, quotations and code
 * are its text, fenced blocks with a word (predict, do, expect, goal, experiment) its actions.
 * ```assembly has a line "FUNCTION FILE.s ...": what the compiler made of it, from those listings of the
 * lab's folder, side by side. Other fenced blocks are code to be shown. A lab without a step is a program to be stepped freely.
 */
#include "guide/private.h"

#include <cmark-gfm.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- places and errors ---- */
bool guide_error(struct err *err, const char *file, struct guide_mark m, const char *fmt, ...)
{
	struct str s = {0};
	va_list ap;

	va_start(ap, fmt);
	str_vaddf(&s, fmt, ap);
	va_end(ap);
	err_set(err, EXIT_INPUT, "%s:%u:%u: %s", file, m.line, m.column, str_get(&s));
	str_finish(&s);
	return false;
}

bool reading_error(struct reading *rd, u32 line, u32 column, const char *fmt, ...)
{
	struct str s = {0};
	va_list ap;

	va_start(ap, fmt);
	str_vaddf(&s, fmt, ap);
	va_end(ap);
	guide_error(rd->err, rd->file, (struct guide_mark){line, column}, "%s", str_get(&s));
	str_finish(&s);
	return false;
}

const char *reading_line(const struct reading *rd, u32 line, size_t *n)
{
	size_t from, to;

	*n = 0;
	if (line == 0 || line > rd->lines.n)
		return "";
	from = rd->lines.at[line - 1];
	to = line < rd->lines.n ? rd->lines.at[line] : rd->n;
	while (to > from && (rd->bytes[to - 1] == '\n' || rd->bytes[to - 1] == '\r'))
		to--;
	*n = to - from;
	return rd->bytes + from;
}

bool reading_id(struct reading *rd, const char *id, u32 line, u32 column)
{
	size_t n = strlen(id);

	if (!n || n > 60 || strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789-") != n)
		return reading_error(
			rd, line, column, "'%s' is no id: small letters, digits and dashes", id);
	for (size_t i = 0; i < rd->ids.n; i++)
		if (strcmp(rd->ids.at[i], id) == 0)
			return reading_error(rd, line, column, "the id '%s' stands here twice", id);
	*vec_push(&rd->ids) = guide_text(rd->pool, id, n);
	return true;
}

bool dollars_read(struct reading *rd, char *const *args, struct guide_mark at)
{
	for (; *args; args++)
		if (**args == '$' &&
			guide_setting(rd->guide, *args + 1) == rd->guide->settings.n)
			return reading_error(rd, at.line, at.column,
				"%s is no parameter (parameters: in the front matter)", *args);
	return true;
}

bool start_read(
	struct reading *rd, const char *text, u32 line, u32 column, struct guide_start *start)
{
	char *copy = guide_text(rd->pool, text, strlen(text)), *save = NULL;
	char *name = strtok_r(copy, " \t", &save);
	u32 i = 0, n = 0;

	start->mark = (struct guide_mark){line, column};
	while (name && i < rd->guide->programs.n &&
		strcmp(rd->guide->programs.at[i].name, name) != 0)
		i++;
	if (!name || i == rd->guide->programs.n)
		return reading_error(rd, line, column,
			"'%s' is no program of this lab (programs: in the front matter)",
			name ? name : "");
	start->program = i;
	start->args = guide_take(rd->pool, (strlen(text) / 2 + 2) * sizeof *start->args);
	for (char *w = strtok_r(NULL, " \t", &save); w; w = strtok_r(NULL, " \t", &save))
		start->args[n++] = w;
	if (!n)
		start->args = rd->guide->programs.at[i].args;
	return dollars_read(rd, start->args, start->mark);
}

/* ---- text ---- */
/* The words of a block, marks of emphasis left out; iterative, since nesting is the file's. */
static void text_of(cmark_node *block, struct str *out)
{
	cmark_iter *it = cmark_iter_new(block);
	cmark_event_type ev;

	while ((ev = cmark_iter_next(it)) != CMARK_EVENT_DONE) {
		cmark_node *n = cmark_iter_get_node(it);
		cmark_node_type type = cmark_node_get_type(n);

		if (ev == CMARK_EVENT_EXIT)
			continue;
		if (type == CMARK_NODE_TEXT || type == CMARK_NODE_CODE)
			str_add(out, cmark_node_get_literal(n) ? cmark_node_get_literal(n) : "");
		else if (type == CMARK_NODE_SOFTBREAK)
			str_add(out, " ");
		else if (type == CMARK_NODE_LINEBREAK)
			str_add(out, "\n");
		else if (n != block && type == CMARK_NODE_PARAGRAPH && out->len &&
			 out->s[out->len - 1] != ' ')
			str_add(out, " ");
	}
	cmark_iter_free(it);
}

static void add_text(struct reading *rd, struct guide_step *step, cmark_node *n,
	enum guide_text_kind kind, u32 line)
{
	struct guide_block b = {.kind = BLOCK_TEXT, .text_kind = kind, .mark = {line, 1}};
	struct str s = {0}, clean = {0};

	if (kind == TEXT_CODE || kind == TEXT_LISTING)
		str_add(&s, cmark_node_get_literal(n) ? cmark_node_get_literal(n) : "");
	else
		text_of(n, &s);
	while (s.len && s.s[s.len - 1] == '\n')
		s.s[--s.len] = '\0';
	str_add_harmless(&clean, str_get(&s));
	b.text = guide_text(rd->pool, str_get(&clean), clean.len);
	str_finish(&s);
	str_finish(&clean);
	if (step)
		*vec_push(&step->blocks) = b;
	else if (kind == TEXT_PARAGRAPH) { /* the introduction */
		struct guide *g = rd->guide;
		char *both = guide_take(rd->pool, strlen(g->intro) + strlen(b.text) + 2);

		strcpy(both, g->intro);
		strcat(both, *g->intro ? "\n" : "");
		strcat(both, b.text);
		g->intro = both;
	}
}

/* ---- show: and start: ---- */
static bool show_read(struct reading *rd, const char *p, u32 line, u32 *show)
{
	static const char *const names[] = {
		"calls",
		"pipe",
		"ends",
		"why",
		"contents",
		"slots",
		"last",
		"output",
		"source",
		"time",
		"memory",
		"tables",
		"ladder",
	};
	const char *begin = p - 5;

	while (*(p += strspn(p, " \t,"))) {
		size_t n = strcspn(p, " \t,"), i = 0;

		while (i < ARRAY_LEN(names) &&
			(strlen(names[i]) != n || memcmp(names[i], p, n) != 0))
			i++;
		if (i == ARRAY_LEN(names))
			return reading_error(rd, line, (u32)(p - begin) + 1,
				"'%.*s' is nothing the stage shows: calls, pipe, "
				"ends, why, contents, slots, last, output, source, time, memory, tables, ladder",
				(int)n, p);
		*show |= 1u << i;
		p += n;
	}
	return true;
}

/* The paragraph's lines are all show: or start: lines; *is says whether it is such a paragraph. */
static bool directives(struct reading *rd, struct guide_step *step, u32 first, u32 last, bool *is)
{
	*is = false;
	for (u32 i = first; i <= last; i++) {
		size_t n;
		const char *s = reading_line(rd, i, &n);
		char *text = guide_text(rd->pool, s, n);

		if (strncmp(text, "show:", 5) != 0 && strncmp(text, "start:", 6) != 0) {
			if (*is)
				return reading_error(rd, i, 1,
					"after show: or start: an empty line, then the text");
			return true;
		}
		*is = true;
		if (text[1] == 'h') {
			if (!show_read(rd, text + 5, i, &step->show))
				return false;
			continue;
		}
		if (!start_read(rd, text + 6, i, 7 + (u32)strspn(text + 6, " \t"), &step->start))
			return false;
		step->fresh = true;
	}
	return true;
}

/* ---- blocks ---- */
static bool fenced(struct reading *rd, struct guide_step *step, cmark_node *n, u32 first, u32 last)
{
	static const char *const words[] = {
		[BLOCK_PREDICT] = "predict",
		[BLOCK_DO] = "do",
		[BLOCK_EXPECT] = "expect",
		[BLOCK_GOAL] = "goal",
		[BLOCK_EXPERIMENT] = "experiment",
	};
	const char *info = cmark_node_get_fence_info(n);
	size_t word = strcspn(info, " \t"), k = BLOCK_PREDICT, length;
	struct guide_block *b;
	const char *closing;
	u32 end = last;

	while (k < ARRAY_LEN(words) &&
		(strlen(words[k]) != word || memcmp(words[k], info, word) != 0))
		k++;
	if (k == ARRAY_LEN(words)) {
		if (word && !strncmp(info, "solution", word))
			return reading_error(
				rd, first, 4, "a solution stands inside its goal block");
		add_text(rd, step, n,
			word == 8 && !memcmp(info, "assembly", 8) ? TEXT_LISTING : TEXT_CODE,
			first);
		return true;
	}
	closing = reading_line(rd, last, &length);
	closing += strspn(closing, " ");
	if (last > first && (!strncmp(closing, "```", 3) || !strncmp(closing, "~~~", 3)))
		end = last - 1;
	else
		return reading_error(rd, first, 1, "this block is not closed");
	*vec_push(&step->blocks) =
		(struct guide_block){.kind = (enum guide_block_kind)k, .mark = {first, 1}};
	b = &step->blocks.at[step->blocks.n - 1];
	switch (b->kind) {
	case BLOCK_PREDICT: return predict_read(rd, info + word, first, first + 1, end, b);
	case BLOCK_DO: return do_read(rd, first + 1, end, b);
	case BLOCK_EXPECT: return expect_read(rd, first + 1, end, b);
	case BLOCK_GOAL: return goal_read(rd, first + 1, end, b);
	default: return experiment_read(rd, info + word, first, first + 1, end, b);
	}
}

static bool heading(struct reading *rd, cmark_node *n, u32 line)
{
	struct str s = {0}, clean = {0};
	struct guide_step *step;

	if (cmark_node_get_heading_level(n) != 2)
		return reading_error(rd, line, 1, "a step is a heading of level 2: ## Title");
	if (rd->guide->steps.n >= GUIDE_STEPS_MAX)
		return reading_error(rd, line, 1, "more than %d steps", GUIDE_STEPS_MAX);
	*vec_push(&rd->guide->steps) = (struct guide_step){.mark = {line, 1}};
	step = &rd->guide->steps.at[rd->guide->steps.n - 1];
	text_of(n, &s);
	str_add_harmless(&clean, str_get(&s));
	step->title = guide_text(rd->pool, str_get(&clean), clean.len);
	str_finish(&s);
	str_finish(&clean);
	if (rd->guide->steps.n == 1) {
		step->fresh = true;
		step->start.args = rd->guide->programs.at[0].args;
		step->start.mark = step->mark;
	}
	return *step->title || reading_error(rd, line, 1, "the step has no title");
}

static bool list_read(struct reading *rd, struct guide_step *step, cmark_node *list, u32 lines0)
{
	for (cmark_node *item = cmark_node_first_child(list); item; item = cmark_node_next(item))
		add_text(rd, step, item, TEXT_ITEM, lines0 + (u32)cmark_node_get_start_line(item));
	return true;
}

/* One child of the document. lines0: lines before the text that cmark was given. */
static bool child(struct reading *rd, cmark_node *n, u32 lines0)
{
	u32 first = lines0 + (u32)cmark_node_get_start_line(n),
	    last = lines0 + (u32)cmark_node_get_end_line(n);
	size_t steps = rd->guide->steps.n;
	struct guide_step *step = steps ? &rd->guide->steps.at[steps - 1] : NULL;
	bool is = false;

	switch ((int)cmark_node_get_type(n)) {
	case CMARK_NODE_HEADING: return heading(rd, n, first);
	case CMARK_NODE_PARAGRAPH:
		if (step && step->blocks.n == 0 && !directives(rd, step, first, last, &is))
			return false;
		if (!is)
			add_text(rd, step, n, TEXT_PARAGRAPH, first);
		return true;
	case CMARK_NODE_LIST: return list_read(rd, step, n, lines0);
	case CMARK_NODE_BLOCK_QUOTE: return add_text(rd, step, n, TEXT_QUOTE, first), true;
	case CMARK_NODE_CODE_BLOCK:
		if (step && cmark_node_get_fence_info(n))
			return fenced(rd, step, n, first, last);
		return add_text(rd, step, n, TEXT_CODE, first), true;
	case CMARK_NODE_HTML_BLOCK: return true; /* comments of the author */
	default:
		return reading_error(rd, first, 1, "a %s has no place in a guide",
			cmark_node_get_type_string(n));
	}
}

/* ---- a step, whole ---- */
static bool step_whole(struct reading *rd, struct guide_step *step, const struct guide_step *before)
{
	struct guide_block *open = NULL;
	bool acts = false;

	if (!step->fresh)
		step->start = before->start;
	for (size_t i = 0; i < step->blocks.n; i++) {
		struct guide_block *b = &step->blocks.at[i];

		acts |= b->kind != BLOCK_TEXT;
		if (open && b->kind != BLOCK_DO && b->kind != BLOCK_TEXT)
			return reading_error(rd, open->mark.line, 1,
				"no do block settles this question (one must follow it)");
		b->aside = open && b->kind == BLOCK_DO && open->question->kind == ASK_CHANGE;
		if (b->kind == BLOCK_PREDICT)
			open = b;
		else if (b->kind == BLOCK_DO)
			open = NULL;
		else if (open)
			return reading_error(rd, b->mark.line, 1,
				"text between a question and its do block would give it away");
	}
	if (open)
		return reading_error(rd, open->mark.line, 1,
			"no do block settles this question (one must follow it)");
	return acts || reading_error(rd, step->mark.line, 1,
			       "a step that only tells: nothing is asked, done or expected");
}

static bool body_read(struct reading *rd, u32 last)
{
	size_t from = last < rd->lines.n ? rd->lines.at[last] : rd->n;
	cmark_node *doc =
		cmark_parse_document(rd->bytes + from, rd->n - from, CMARK_OPT_VALIDATE_UTF8);
	struct guide *g = rd->guide;
	bool ok = true;

	for (cmark_node *n = cmark_node_first_child(doc); n && ok; n = cmark_node_next(n))
		ok = child(rd, n, last);
	cmark_node_free(doc);
	for (size_t i = 0; ok && i < g->steps.n; i++)
		ok = step_whole(rd, &g->steps.at[i], i ? &g->steps.at[i - 1] : NULL);
	return ok;
}

/* ---- the file ---- */
static bool is_dashes(const struct reading *rd, u32 line)
{
	size_t n;
	const char *s = reading_line(rd, line, &n);

	return n == 3 && memcmp(s, "---", 3) == 0;
}

static bool whole_read(struct reading *rd)
{
	u32 last = 2;

	if (rd->n > GUIDE_BYTES_MAX)
		return reading_error(rd, 1, 1, "a guide of more than 1 MiB");
	if (!is_dashes(rd, 1))
		return reading_error(
			rd, 1, 1, "a lab begins with its front matter, between two lines ---");
	while (last <= rd->lines.n && !is_dashes(rd, last))
		last++;
	if (last > rd->lines.n)
		return reading_error(rd, 1, 1, "the front matter does not end (a line ---)");
	if (last == 2)
		return reading_error(rd, 2, 1, "the front matter is empty");
	return front_read(rd, last - 1) && body_read(rd, last);
}

struct guide *guide_parse(const char *file, const char *bytes, size_t n, struct err *err)
{
	struct guide *g = xmalloc(sizeof *g);
	struct reading rd = {.file = file, .guide = g, .bytes = bytes, .n = n, .err = err};
	bool ok;

	rd.pool = g->owned = xmalloc(sizeof *rd.pool);
	g->file = guide_text(rd.pool, file, strlen(file));
	g->intro = guide_text(rd.pool, "", 0);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || bytes[i - 1] == '\n')
			*vec_push(&rd.lines) = i;
	ok = whole_read(&rd);
	free(rd.lines.at);
	free(rd.ids.at);
	if (ok)
		return g;
	guide_destroy(g);
	return NULL;
}

/* A whole regular file; EXIT_INPUT when it cannot be had. */
static bool file_read(const char *path, struct str *out, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	char buf[16384];
	ssize_t n = 0;

	if (fd < 0)
		return err_sys(err, EXIT_INPUT, "cannot open %s", path);
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		close(fd);
		return err_set(err, EXIT_INPUT, "%s is no file", path);
	}
	while (out->len <= GUIDE_BYTES_MAX && (n = read(fd, buf, sizeof buf)) > 0)
		str_add_bytes(out, buf, (size_t)n);
	close(fd);
	return n >= 0 || err_sys(err, EXIT_INPUT, "cannot read %s", path);
}

struct guide *guide_load(const char *path, struct err *err)
{
	struct str s = {0};
	struct guide *g = NULL;

	if (file_read(path, &s, err))
		g = guide_parse(path, str_get(&s), s.len, err);
	str_finish(&s);
	return g;
}

struct beliefs *beliefs_load(const char *path, struct err *err)
{
	struct str s = {0};
	struct beliefs *b = NULL;

	if (file_read(path, &s, err))
		b = beliefs_parse(path, str_get(&s), s.len, err);
	str_finish(&s);
	return b;
}
