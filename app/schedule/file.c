/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Schedule files: text, one choice a line, made to be read, edited and compared. The format stands
 * in lib.h. What a person wrote is refused with the place of the mistake; nothing is guessed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "schedule/private.h"

enum { LINE_MAX_BYTES = 8192, BOUND_MAX = 4096 };

/* A name and what it is bound to by `actor` or `object`. */
struct binding {
	char name[SCHEDULE_NAME_MAX], identity[SCHEDULE_OBJECT_MAX];
};
typedef VEC(struct binding) bindings;

struct parser {
	const char *name; /* of the file */
	u32 line;
	const char *begin, *at, *end; /* of the line */
	bindings actors, objects;
	struct str settings;
	struct schedule *out;
	struct err *err;
};

static bool fail(struct parser *p, const char *at, const char *fmt, ...) PRINTF_LIKE(3, 4);
static bool fail(struct parser *p, const char *at, const char *fmt, ...)
{
	struct str text = {0}, name = {0};
	va_list ap;

	va_start(ap, fmt);
	str_vaddf(&text, fmt, ap);
	va_end(ap);
	str_add_harmless(&name, p->name);
	err_set(p->err, EXIT_INPUT, "%s:%u:%zu: %s", name.s ? name.s : "", p->line,
		(size_t)(at - p->begin) + 1, text.s);
	str_finish(&text);
	str_finish(&name);
	return false;
}

/* ---- words ---- */

static void skip_blanks(struct parser *p)
{
	while (p->at < p->end && word_blank(*p->at))
		p->at++;
}

/* The next word; a comment ends the line. n = 0: there is none. */
static struct word next_word(struct parser *p)
{
	struct word w;

	skip_blanks(p);
	w.s = p->at;
	while (p->at < p->end && !word_blank(*p->at) && *w.s != '#')
		p->at++;
	w.n = (size_t)(p->at - w.s);
	return w;
}

static bool line_ends(struct parser *p)
{
	struct word w = next_word(p);
	char buf[200];

	return !w.n || fail(p, w.s, "'%s' is one word too many", word_quoted(w, buf, sizeof buf));
}

static bool copy_word(struct parser *p, struct word w, char *to, size_t n, const char *what)
{
	if (w.n >= n)
		return fail(p, w.s, "%s is longer than %zu bytes", what, n - 1);
	memcpy(to, w.s, w.n);
	to[w.n] = '\0';
	return true;
}

/* ---- bindings ---- */

static const char *bound(const bindings *list, const char *name, size_t n)
{
	for (size_t i = 0; i < list->n; i++)
		if (strlen(list->at[i].name) == n && memcmp(list->at[i].name, name, n) == 0)
			return list->at[i].identity;
	return NULL;
}

static bool bind(struct parser *p, bindings *list, struct word name, const char *identity)
{
	struct binding *b;
	char buf[200];

	if (name.n >= sizeof b->name)
		return fail(p, name.s, "that name is longer than %zu bytes", sizeof b->name - 1);
	if (bound(list, name.s, name.n))
		return fail(p, name.s, "%s is bound twice", word_quoted(name, buf, sizeof buf));
	if (list->n >= BOUND_MAX)
		return fail(p, name.s, "more than %d names are bound", (int)BOUND_MAX);
	b = vec_push(list);
	memset(b, 0, sizeof *b);
	memcpy(b->name, name.s, name.n);
	snprintf(b->identity, sizeof b->identity, "%s", identity);
	return true;
}

static bool expect_equals(struct parser *p)
{
	struct word w = next_word(p);

	return word_is(w, "=") || fail(p, w.s, "'=' is missing here");
}

/* actor P2 = 1.1 */
static bool parse_actor(struct parser *p)
{
	struct word name = next_word(p), identity;
	char text[64], buf[200];

	if (!word_is_actor(name))
		return fail(p, name.s, "an actor is P1, P2 or P2.1, not '%s'",
			word_quoted(name, buf, sizeof buf));
	if (!expect_equals(p))
		return false;
	identity = next_word(p);
	if (!word_is_identity(identity))
		return fail(p, identity.s,
			"an identity is 1 for the first program, 1.2 for the second process it "
			"made, 1.2/3 for that one's third thread; not '%s'",
			word_quoted(identity, buf, sizeof buf));
	return copy_word(p, identity, text, sizeof text, "the identity") &&
	       bind(p, &p->actors, name, text) && line_ends(p);
}

/* object shm1 = shm 1:1, object sem1 = sem shm /ring+24: what stands behind '=' is one text. */
static bool parse_object(struct parser *p)
{
	struct word name = next_word(p);
	const char *end = p->end, *from;
	char text[SCHEDULE_OBJECT_MAX], buf[200];
	size_t n = 0;
	int c = 0;

	if (!name.n || word_object(name) != name.n)
		return fail(p, name.s, "an object is pipe1, shm1 or sem2, not '%s'",
			word_quoted(name, buf, sizeof buf));
	if (!expect_equals(p))
		return false;
	skip_blanks(p);
	while (end > p->at && word_blank(end[-1]))
		end--;
	for (from = p->at; p->at < end && n + 1 < sizeof text; text[n++] = (char)c)
		if ((c = c_unescape(&p->at, end)) <= 0)
			return fail(p, p->at, "what stands behind '\\' is not understood");
	text[n] = '\0';
	if (p->at < end)
		return fail(p, from, "that identity is longer than %zu bytes", sizeof text - 1);
	if (!strchr(text, ' '))
		return fail(p, from,
			"what the object is, is its kind and who made it, as in "
			"'pipe 1:1' or 'shm /ring'");
	return bind(p, &p->objects, name, text);
}

/* ---- lines of the head ---- */

static bool rest_of_line(struct parser *p, const char *what, char **to)
{
	const char *end = p->end;

	skip_blanks(p);
	while (end > p->at && word_blank(end[-1]))
		end--;
	if (*to)
		return fail(p, p->begin, "%s is said twice", what);
	if (end == p->at)
		return fail(p, p->at, "what the %s is, is missing here", what);
	*to = strndup(p->at, (size_t)(end - p->at));
	p->at = p->end;
	return true;
}

static bool parse_set(struct parser *p)
{
	struct word name = next_word(p);
	char *value = NULL;

	if (!name.n)
		return fail(p, name.s, "set wants a name and a value, as in set size 4");
	if (!rest_of_line(p, "setting", &value))
		return false;
	str_addf(&p->settings, "%.*s %s\n", (int)name.n, name.s, value);
	free(value);
	return true;
}

/* ---- choices ---- */

/* The names nearest to what was typed, "read, readv"; false: none is near. */
static bool nearest_calls(struct word w, struct str *out)
{
	char typed[32];
	u32 n = 0;

	if (w.n >= sizeof typed)
		return false;
	memcpy(typed, w.s, w.n);
	typed[w.n] = '\0';
	for (size_t limit = 1; limit <= 3 && n < 3; limit++)
		for (unsigned call = 1; call < CALL_COUNT && n < 3; call++)
			if (words_apart(typed, call_name(call)) == limit && 2 * limit <= w.n)
				str_addf(out, "%s%s", n++ ? ", " : "", call_name(call));
	return n > 0;
}

static bool unknown_call(struct parser *p, struct word w)
{
	struct str near = {0};
	char buf[200];
	bool any = nearest_calls(w, &near);

	word_quoted(w, buf, sizeof buf);
	if (any)
		fail(p, w.s, "there is no call '%s'; nearest: %s", buf, near.s);
	else
		fail(p, w.s, "there is no call '%s'; besides calls there are time, signal, deliver",
			buf);
	str_finish(&near);
	return false;
}

/* "SIGTERM" or "TERM"; 0 after a complaint. */
static int parse_signal(struct parser *p, struct word w)
{
	char name[24], buf[200];
	size_t n = w.n > 3 && memcmp(w.s, "SIG", 3) == 0 ? 3 : 0;

	if (w.n < sizeof name) {
		memcpy(name, w.s + n, w.n - n);
		name[w.n - n] = '\0';
		for (int sig = 1; sig < 32; sig++)
			if (strcmp(name, sigabbrev_np(sig)) == 0)
				return sig;
		if (strspn(name, "0123456789") == strlen(name) && name[0] && strlen(name) < 3 &&
			atoi(name) > 0 && atoi(name) < 65)
			return atoi(name);
	}
	fail(p, w.s, "'%s' is no signal; it is written SIGTERM", word_quoted(w, buf, sizeof buf));
	return 0;
}

static bool parse_operand(struct parser *p, struct word w, struct schedule_step *s)
{
	size_t n = word_object(w);
	struct word off = {w.s + n, w.n - n};
	const char *identity = n ? bound(&p->objects, w.s, n) : NULL;
	char buf[200];

	if (!n || (off.n && off.s[0] != '+' && off.s[0] != '@'))
		return fail(p, w.s, "'%s' is no object: they are written pipe1, sem2, shm1+40",
			word_quoted(w, buf, sizeof buf));
	if (off.n && !word_is_offset(off))
		return fail(p, off.s, "'%s' is no offset in bytes, as +40",
			word_quoted(off, buf, sizeof buf));
	if (!identity)
		return fail(p, w.s,
			"%.*s is not bound to an object: 'object %.*s = IDENTITY' must stand above",
			(int)n, w.s, (int)n, w.s);
	if (strlen(identity) + off.n >= sizeof s->object)
		return fail(p, w.s, "that object is too long");
	strcpy(s->object, identity);
	strncat(s->object, off.s, off.n);
	return copy_word(p, w, s->shown, sizeof s->shown, "that object");
}

/* Behind the actor: what it does, then what was noted of it. */
static bool parse_deed(struct parser *p, struct word w, struct schedule_step *s)
{
	if (word_is(w, "time")) {
		s->kind = CHOSE_TIME;
	} else if (word_is(w, "signal") || word_is(w, "deliver")) {
		struct word name = next_word(p);
		int sig = parse_signal(p, name);

		if (!sig)
			return false;
		s->signal = (u32)sig;
		if (word_is(w, "signal")) {
			s->kind = CHOSE_SIGNAL;
			return true;
		}
		snprintf(s->call, sizeof s->call, "deliver");
	} else {
		if (w.n >= sizeof s->call)
			return unknown_call(p, w);
		memcpy(s->call, w.s, w.n);
		s->call[w.n] = '\0';
		if (!call_by_name(s->call))
			return unknown_call(p, w);
	}
	return true;
}

/* [OBJECT] [= RESULT] [FILE:LINE] */
static bool parse_notes(struct parser *p, struct schedule_step *s, bool object)
{
	struct word w = next_word(p);

	if (object && w.n && !word_is(w, "=") && !word_is_place(w)) {
		if (!parse_operand(p, w, s))
			return false;
		w = next_word(p);
	}
	if (word_is(w, "=")) {
		w = next_word(p);
		if (!w.n)
			return fail(p, w.s, "a result is missing behind '='");
		if (!copy_word(p, w, s->result, sizeof s->result, "that result"))
			return false;
		w = next_word(p);
	}
	if (w.n && word_is_place(w)) {
		if (!copy_word(p, w, s->at, sizeof s->at, "that place"))
			return false;
		w = next_word(p);
	}
	p->at = w.s;
	return line_ends(p);
}

static bool parse_step(struct parser *p, struct word actor)
{
	struct schedule_step s = {.kind = CHOSE_STEP, .line = p->line};
	const char *identity = bound(&p->actors, actor.s, actor.n);
	struct word w;

	if (!copy_word(p, actor, s.actor, sizeof s.actor, "that name"))
		return false;
	if (!identity && strcmp(s.actor, "P1") == 0)
		identity = "1";
	if (!identity)
		return fail(p, actor.s,
			"%s is bound to no process: 'actor %s = IDENTITY' must stand above",
			s.actor, s.actor);
	snprintf(s.identity, sizeof s.identity, "%.63s", identity);
	w = next_word(p);
	if (word_is(w, "=") || word_is_place(w))
		p->at = w.s; /* moved, whatever it is about to do */
	else if (w.n && !parse_deed(p, w, &s))
		return false;
	if (!parse_notes(p, &s, s.call[0] && !s.signal))
		return false;
	schedule_add(p->out, &s);
	return true;
}

/* type "yes\n" */
static bool parse_type(struct parser *p)
{
	struct schedule_step s = {.kind = CHOSE_TYPE, .line = p->line};

	skip_blanks(p);
	if (p->at == p->end || *p->at != '"')
		return fail(p, p->at, "type wants a text in quotes, as in type \"yes\\n\"");
	for (p->at++; p->at < p->end && *p->at != '"';) {
		const char *from = p->at;
		int c = c_unescape(&p->at, p->end);

		if (c < 0)
			return fail(p, from, "what stands behind '\\' is not understood");
		if (s.typed_n == sizeof s.typed)
			return fail(p, from, "a text of at most %zu bytes can be typed at once",
				sizeof s.typed);
		s.typed[s.typed_n++] = (char)c;
	}
	if (p->at == p->end)
		return fail(p, p->at, "the closing quote is missing");
	p->at++;
	if (!s.typed_n)
		return fail(p, p->begin, "nothing is to be typed");
	if (!line_ends(p))
		return false;
	schedule_add(p->out, &s);
	return true;
}

/* ---- lines ---- */

static bool unknown_line(struct parser *p, struct word w)
{
	static const char *const words[] = {
		"command:", "lab:", "build:", "set", "actor", "object", "type"};
	char typed[24], buf[200];

	word_quoted(w, buf, sizeof buf);
	if (w.n < sizeof typed) {
		memcpy(typed, w.s, w.n);
		typed[w.n] = '\0';
		for (size_t i = 0; i < ARRAY_LEN(words); i++)
			if (words_apart(typed, words[i]) <= 2 && w.n > 2)
				return fail(p, w.s, "'%s' begins no line; did you mean '%s'?", buf,
					words[i]);
	}
	return fail(p, w.s,
		"'%s' begins no line; a line begins with an actor (P1), or with actor, object, "
		"command:, lab:, build:, set, type or #",
		buf);
}

static bool parse_comment(struct parser *p)
{
	static const char head[] = "# ipclab schedule ";
	size_t n = sizeof head - 1, len = (size_t)(p->end - p->begin);
	char buf[200];

	if (p->line != 1 || len < n || memcmp(p->begin, head, n) != 0)
		return true;
	if (len == n + 1 && p->begin[n] == '1')
		return true;
	return fail(p, p->begin + n, "this is a schedule of version '%s', and only 1 is known here",
		word_quoted((struct word){p->begin + n, len - n}, buf, sizeof buf));
}

static bool parse_line(struct parser *p)
{
	struct word w = next_word(p);

	if (!w.n)
		return parse_comment(p);
	if (word_is_actor(w))
		return parse_step(p, w);
	if (word_is(w, "actor"))
		return parse_actor(p);
	if (word_is(w, "object"))
		return parse_object(p);
	if (word_is(w, "type"))
		return parse_type(p);
	if (word_is(w, "command:"))
		return rest_of_line(p, "command", &p->out->command);
	if (word_is(w, "lab:"))
		return rest_of_line(p, "lab", &p->out->lab);
	if (word_is(w, "build:"))
		return rest_of_line(p, "build", &p->out->build);
	if (word_is(w, "set"))
		return parse_set(p);
	return unknown_line(p, w);
}

/* A text has no control characters but tabs; a schedule that has is something else. */
static bool line_is_text(struct parser *p)
{
	if (p->end - p->begin > LINE_MAX_BYTES)
		return fail(p, p->begin + LINE_MAX_BYTES, "this line is longer than %d bytes",
			(int)LINE_MAX_BYTES);
	for (const char *c = p->begin; c < p->end; c++)
		if (((unsigned char)*c < 0x20 && *c != '\t') || *c == 0x7f)
			return fail(p, c, "a byte 0x%02x: this is no text", (unsigned char)*c);
	return true;
}

static bool parse_all(struct parser *p, const char *text, size_t n)
{
	const char *end = text + n;

	while (text < end) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));

		p->line++;
		p->begin = p->at = text;
		p->end = newline ? newline : end;
		text = newline ? newline + 1 : end;
		if (p->end > p->begin && p->end[-1] == '\r')
			p->end--;
		if (!line_is_text(p) || !parse_line(p))
			return false;
		if (p->out->n > SCHEDULE_STEPS_MAX)
			return fail(p, p->begin, "more than %u choices", SCHEDULE_STEPS_MAX);
	}
	p->begin = p->at = "";
	p->line = 1;
	if (p->out->lab && p->out->command)
		return fail(p, p->at, "a schedule is of a lab or of a command, not of both");
	return true;
}

bool schedule_parse(
	const char *text, size_t n, const char *name, struct schedule *out, struct err *err)
{
	struct parser p = {.name = name, .out = out, .err = err};
	bool ok;

	*out = (struct schedule){0};
	ok = parse_all(&p, text, n);
	if (p.settings.len)
		out->settings = p.settings.s;
	else
		str_finish(&p.settings);
	free(p.actors.at);
	free(p.objects.at);
	if (!ok)
		schedule_finish(out);
	return ok;
}

void schedule_finish(struct schedule *s)
{
	free(s->command);
	free(s->lab);
	free(s->build);
	free(s->settings);
	free(s->steps);
	*s = (struct schedule){0};
}

void schedule_add(struct schedule *s, const struct schedule_step *step)
{
	if (s->n == s->cap) {
		s->cap = s->cap ? 2 * s->cap : 64;
		s->steps = xrealloc(s->steps, s->cap * sizeof *s->steps);
	}
	s->steps[s->n++] = *step;
}
