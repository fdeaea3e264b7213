/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What stands behind the keys of a scenario: numbers, words, texts, streams, steps. */
#include <ctype.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "grader/private.h"

bool value_number(struct manifest *m, yaml_ref r, const char *what, u64 least, u64 most, u64 *out)
{
	const char *text = yaml_text(m->y, r);
	char *end;

	errno = 0;
	*out = text && isdigit((unsigned char)*text) ? strtoull(text, &end, 10) : 0;
	if (!text || !isdigit((unsigned char)*text) || *end || errno || *out < least || *out > most)
		return yaml_error(m->y, r, m->err, "%s is a number from %llu to %llu", what, (unsigned long long)least,
			(unsigned long long)most);
	return true;
}

bool value_word(struct manifest *m, yaml_ref r, const char *what, char **out)
{
	const char *text = yaml_text(m->y, r);

	if (!text || !*text)
		return yaml_error(m->y, r, m->err, "%s is missing or no text", what);
	*out = exercise_text(m->x, text, strlen(text));
	return true;
}

bool value_bool(struct manifest *m, yaml_ref r, const char *what, bool *out)
{
	const char *text = yaml_text(m->y, r);

	*out = text && strcmp(text, "true") == 0;
	if (!text || (!*out && strcmp(text, "false") != 0))
		return yaml_error(m->y, r, m->err, "%s is true or false", what);
	return true;
}

bool value_words(struct manifest *m, yaml_ref r, const char *what, void (*fn)(void *, char *), void *arg)
{
	bool list = yaml_is_list(m->y, r);
	u32 n = list ? yaml_count(m->y, r) : 1;

	for (u32 i = 0; i < n; i++) {
		yaml_ref item = list ? yaml_item(m->y, r, i) : r;
		const char *text = yaml_text(m->y, item);

		if (!text)
			return yaml_error(m->y, item, m->err, "%s: words are wanted here", what);
		fn(arg, exercise_text(m->x, text, strlen(text)));
	}
	return true;
}

bool value_choice(struct manifest *m, yaml_ref r, const char *what, const char *const *words, u32 *out)
{
	const char *text = yaml_text(m->y, r);
	struct str s = {0};

	for (*out = 0; text && words[*out]; (*out)++)
		if (strcmp(words[*out], text) == 0)
			return true;
	for (u32 i = 0; words[i]; i++)
		str_addf(&s, "%s%s", i ? ", " : "", words[i]);
	yaml_error(m->y, r, m->err, "%s is one of %s", what, str_get(&s));
	str_finish(&s);
	return false;
}

/* ---- texts ---- */

static bool bytes_from_str(struct manifest *m, yaml_ref r, struct str *s, struct bytes *out)
{
	if (s->len > TEXT_MOST) {
		str_finish(s);
		return yaml_error(m->y, r, m->err, "that text is longer than %d bytes", TEXT_MOST);
	}
	out->n = s->len;
	out->at = exercise_text(m->x, str_get(s), s->len);
	str_finish(s);
	return true;
}

static bool numbers(struct manifest *m, yaml_ref r, struct bytes *out)
{
	struct str s = {0};
	u64 n;

	if (!value_number(m, r, "numbers", 1, 500000, &n))
		return false;
	for (u64 i = 1; i <= n; i++)
		str_addf(&s, "%llu\n", (unsigned long long)i);
	return bytes_from_str(m, r, &s, out);
}

static bool from_file(struct manifest *m, yaml_ref r, struct bytes *out)
{
	const char *name = yaml_text(m->y, r);
	struct str path = {0};
	struct err e = {0};
	bool ok;

	if (!name || strchr(name, '/'))
		return yaml_error(m->y, r, m->err, "file is the name of a file beside exercise.yaml");
	str_addf(&path, "%s/%s", m->x->folder, name);
	ok = read_whole(path.s, TEXT_MOST, out, &e);
	if (ok)
		exercise_keep(m->x, out->at);
	else
		yaml_error(m->y, r, m->err, "%.600s", e.text);
	str_finish(&path);
	return ok;
}

static bool repeated(struct manifest *m, yaml_ref text, yaml_ref times, struct bytes *out)
{
	const char *one = yaml_text(m->y, text);
	struct str s = {0};
	u64 n = 1;

	if (!one)
		return yaml_error(m->y, text, m->err, "a text is wanted here");
	if (times && !value_number(m, times, "times", 1, TEXT_MOST, &n))
		return false;
	if (n * strlen(one) > TEXT_MOST)
		return yaml_error(m->y, times, m->err, "that text is longer than %d bytes", TEXT_MOST);
	for (u64 i = 0; i < n; i++)
		str_add(&s, one);
	return bytes_from_str(m, text, &s, out);
}

bool value_bytes(struct manifest *m, yaml_ref r, const char *const *more, struct bytes *out, yaml_ref *more_values)
{
	const char *keys[12] = {"text", "times", "numbers", "file"};
	yaml_ref v[12] = {0};
	u32 n = 4;

	if (yaml_text(m->y, r))
		return repeated(m, r, 0, out);
	for (u32 i = 0; more && more[i] && n < ARRAY_LEN(keys) - 1; i++)
		keys[n++] = more[i];
	if (!yaml_keys(m->y, r, keys, v, m->err))
		return false;
	for (u32 i = 4; i < n; i++)
		more_values[i - 4] = v[i];
	if (v[0])
		return repeated(m, v[0], v[1], out);
	if (v[2])
		return numbers(m, v[2], out);
	if (v[3])
		return from_file(m, v[3], out);
	if (more)
		return bytes_from_str(m, r, &(struct str){0}, out);
	return yaml_error(m->y, r, m->err, "a text is wanted here, or text:, numbers: or file:");
}

/* ---- streams ---- */

static const char *const stream_words[] = {"pipe", "file", "terminal", "closed", "null", NULL};

bool value_stdin(struct manifest *m, yaml_ref r, struct stream *s)
{
	static const char *const more[] = {"as", "open", "capacity", NULL};
	yaml_ref v[3] = {0};
	u32 as = AS_FILE;

	s->given = true;
	if (!value_bytes(m, r, more, &s->bytes, v))
		return false;
	if (v[0] && !value_choice(m, v[0], "as", stream_words, &as))
		return false;
	if (v[1] && !value_bool(m, v[1], "open", &s->open))
		return false;
	if (v[2] && !value_number(m, v[2], "capacity", 4096, 1 << 20, &s->capacity))
		return false;
	s->as = (enum stream_as)as;
	if (s->open && s->as != AS_PIPE && s->as != AS_TERMINAL)
		return yaml_error(m->y, r, m->err, "only a pipe or a terminal can stay open");
	return true;
}

bool value_stdout(struct manifest *m, yaml_ref r, struct stream *s)
{
	static const char *const keys[] = {"as", "held", "capacity", NULL};
	yaml_ref v[3] = {0};
	u32 as = AS_PIPE;

	if (yaml_text(m->y, r))
		v[0] = r;
	else if (!yaml_keys(m->y, r, keys, v, m->err))
		return false;
	if (v[0] && !value_choice(m, v[0], "stdout", stream_words, &as))
		return false;
	if (v[1] && !value_bool(m, v[1], "held", &s->held))
		return false;
	if (v[2] && !value_number(m, v[2], "capacity", 4096, 1 << 20, &s->capacity))
		return false;
	s->as = (enum stream_as)as;
	return true;
}

/* ---- steps: "settle", "start NAME", "signal NAME TERM", "type NAME "text"" ---- */

static bool quoted(const char *text, struct str *out)
{
	if (*text++ != '"')
		return false;
	for (; *text && *text != '"'; text++) {
		char c = *text;

		if (c == '\\' && text[1]) {
			c = *++text;
			c = c == 'n' ? '\n' : c == 't' ? '\t' : c == '0' ? '\0' : c;
		}
		str_add_bytes(out, &c, 1);
	}
	return text[0] == '"' && text[1] == '\0';
}

static u32 actor_by_name(const struct scenario *s, const char *name, size_t n)
{
	for (u32 i = 0; i < s->actors.n; i++)
		if (strlen(s->actors.at[i].name) == n && strncmp(s->actors.at[i].name, name, n) == 0)
			return i;
	return UINT32_MAX;
}

static bool step_rest(struct manifest *m, yaml_ref r, struct step *step, const char *rest)
{
	struct str text = {0};

	if (step->kind == STEP_SIGNAL || step->kind == STEP_SIGNAL_ALL) {
		for (int sig = 1; sig < 32; sig++)
			if (sigabbrev_np(sig) && strcmp(sigabbrev_np(sig), rest) == 0)
				step->sig = sig;
		return step->sig || yaml_error(m->y, r, m->err, "'%s' is no signal; write TERM, KILL, USR1", rest);
	}
	if (step->kind == STEP_TYPE) {
		if (!quoted(rest, &text)) {
			str_finish(&text);
			return yaml_error(m->y, r, m->err, "what is typed stands in quotes: type NAME \"text\\n\"");
		}
		return bytes_from_str(m, r, &text, &step->text);
	}
	return !*rest || yaml_error(m->y, r, m->err, "'%s' is too much here", rest);
}

bool value_step(struct manifest *m, yaml_ref r, const struct scenario *s, struct step *step)
{
	static const char *const verbs[] = {"start", "settle", "wait", "signal", "signal-all", "type", "end-input", "drain", "close-output", "go", NULL};
	const char *text = yaml_text(m->y, r), *name;
	size_t n = text ? strcspn(text, " ") : 0;

	*step = (struct step){.mark = yaml_mark(m->y, r)};
	for (u32 k = 0; text && verbs[k]; k++) {
		if (strlen(verbs[k]) != n || strncmp(verbs[k], text, n) != 0)
			continue;
		step->kind = (enum step_kind)k;
		text += n + strspn(text + n, " ");
		if (step->kind == STEP_SETTLE)
			return !*text || yaml_error(m->y, r, m->err, "settle stands alone");
		name = text;
		n = strcspn(name, " ");
		step->actor = actor_by_name(s, name, n);
		if (step->actor == UINT32_MAX)
			return yaml_error(m->y, r, m->err, "there is no actor '%.*s' in this scenario", (int)n, name);
		if (step->kind == STEP_GO)
			step->sig = SIGUSR1;
		return step_rest(m, r, step, name + n + strspn(name + n, " "));
	}
	return yaml_error(m->y, r, m->err,
		"a step is one of start, settle, wait, signal, signal-all, type, end-input, drain, close-output, go, and an actor's name");
}
