/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdarg.h>
#include <string.h>

#include "shell/private.h"

void say_text(struct shell *sh, const char *text)
{
	struct str lines = {0};

	lines_wrap(text, sh->options->width, &lines);
	if (lines.len) {
		fwrite(lines.s, 1, lines.len, sh->options->out);
		fflush(sh->options->out);
		str_add(&sh->answer, lines.s);
	}
	str_finish(&lines);
}

void say(struct shell *sh, const char *fmt, ...)
{
	struct str text = {0};
	va_list args;

	va_start(args, fmt);
	str_vaddf(&text, fmt, args);
	va_end(args);
	say_text(sh, str_get(&text));
	str_finish(&text);
}

/* A sentence of ours that begins small, as an err does, begins large in an answer. */
static void add_sentence(struct str *out, const char *text)
{
	size_t at = out->len;

	str_add(out, text);
	if (out->len > at && out->s[at] >= 'a' && out->s[at] <= 'z')
		out->s[at] = (char)(out->s[at] - 'a' + 'A');
	if (out->len && !strchr(".?!", out->s[out->len - 1]))
		str_add(out, ".");
	str_add(out, "\n");
}

void say_error(struct shell *sh, const struct err *err)
{
	struct str text = {0};

	add_sentence(&text, err->text);
	say_text(sh, text.s);
	str_finish(&text);
	if (err->code == EXIT_OURS)
		sh->status = EXIT_OURS;
}

void complain(struct shell *sh, const char *fmt, ...)
{
	struct str text = {0}, line = {0};
	va_list args;

	va_start(args, fmt);
	str_vaddf(&text, fmt, args);
	va_end(args);
	if (sh->options->interactive) {
		add_sentence(&line, str_get(&text));
		say_text(sh, line.s);
	} else {
		fprintf(sh->options->err, "ipclab: script:%u: %s\n", sh->line, str_get(&text));
		fflush(sh->options->err);
		if (sh->status == EXIT_DONE)
			sh->status = EXIT_USAGE;
	}
	str_finish(&line);
	str_finish(&text);
}
