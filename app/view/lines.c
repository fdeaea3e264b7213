/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines: breaking them at words; words that are nearly another word. */
#include <ctype.h>
#include <string.h>

#include "view/lib.h"

/* Bytes that begin a character: all our text is ASCII or UTF-8 from the lab's author. */
static bool starts_character(char c)
{
	return ((unsigned char)c & 0xc0) != 0x80;
}

/* How many bytes of text[0..n) fit into `width` columns. */
static size_t bytes_that_fit(const char *text, size_t n, unsigned width)
{
	unsigned columns = 0;

	for (size_t i = 0; i < n; i++)
		if (starts_character(text[i]) && columns++ == width)
			return i;
	return n;
}

static void wrap_line(const char *text, size_t n, unsigned width, struct str *out)
{
	while (n) {
		size_t fit = bytes_that_fit(text, n, width);

		if (fit < n) {
			size_t cut = fit;

			while (cut && text[cut] != ' ')
				cut--;
			if (cut)
				fit = cut;
		}
		str_add_bytes(out, text, fit);
		text += fit;
		n -= fit;
		while (n && *text == ' ') {
			text++;
			n--;
		}
		if (n)
			str_add(out, "\n");
	}
}

void lines_wrap(const char *text, unsigned width, struct str *out)
{
	while (*text) {
		size_t n = strcspn(text, "\n");

		wrap_line(text, n, width ? width : 1, out);
		text += n;
		if (*text == '\n') {
			str_add(out, "\n");
			text++;
		}
	}
}

/* ---- paragraphs ---- */

static bool begins_item(const char *line)
{
	return line[0] == '-' && line[1] == ' ';
}

/* Code, tables, headings: as they are. */
static bool stands_alone(const char *line)
{
	return strncmp(line, "    ", 4) == 0 || line[0] == '\t' || line[0] == '|' || line[0] == '#';
}

static void end_paragraph(struct str *paragraph, unsigned width, struct str *out)
{
	bool item = paragraph->len && begins_item(paragraph->s);
	unsigned indent = item && width > 12 ? 2 : 0;
	struct str lines = {0};

	if (!paragraph->len)
		return;
	lines_wrap(paragraph->s + indent, width - indent, &lines);
	for (const char *at = str_get(&lines); *at; at += strcspn(at, "\n"), at += *at == '\n') {
		str_add(out, !indent ? "" : at == lines.s ? "- " : "  ");
		str_add_bytes(out, at, strcspn(at, "\n"));
		str_add(out, "\n");
	}
	str_clear(paragraph);
	str_finish(&lines);
}

void lines_flow(const char *text, unsigned width, struct str *out)
{
	struct str paragraph = {0};

	for (; *text; text += strcspn(text, "\n"), text += *text == '\n') {
		size_t n = strcspn(text, "\n");
		const char *from = text;

		if (!n || begins_item(text) || stands_alone(text))
			end_paragraph(&paragraph, width, out);
		if (!n) {
			str_add(out, "\n");
			continue;
		}
		if (stands_alone(text)) {
			wrap_line(text, n, width, out);
			str_add(out, "\n");
			continue;
		}
		while (paragraph.len && *from == ' ')
			from++;
		str_add(&paragraph, paragraph.len ? " " : "");
		str_add_bytes(&paragraph, from, n - (size_t)(from - text));
	}
	end_paragraph(&paragraph, width, out);
	str_finish(&paragraph);
}

#define WORD_MAX 32

/* Edit distance, case ignored; long words are cut. */
static unsigned distance(const char *a, const char *b)
{
	size_t la = strnlen(a, WORD_MAX), lb = strnlen(b, WORD_MAX);
	unsigned row[WORD_MAX + 1];

	for (size_t j = 0; j <= lb; j++)
		row[j] = (unsigned)j;
	for (size_t i = 1; i <= la; i++) {
		unsigned diagonal = row[0];

		row[0] = (unsigned)i;
		for (size_t j = 1; j <= lb; j++) {
			unsigned same = tolower((unsigned char)a[i - 1]) !=
					tolower((unsigned char)b[j - 1]);
			unsigned best = diagonal + same;

			diagonal = row[j];
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			row[j] = best;
		}
	}
	return row[lb];
}

bool lines_nearest(const char *word, const char *const *words, struct str *out)
{
	const char *found[3];
	unsigned cost[3], n = 0;

	for (; *words; words++) {
		bool begins = word[0] && strncasecmp(word, *words, strlen(word)) == 0;
		unsigned d = begins ? 1 : distance(word, *words);
		unsigned i;

		if (d > 2 && d * 2 > strlen(word))
			continue;
		for (i = n < 3 ? n : 3; i > 0 && cost[i - 1] > d; i--)
			if (i < 3) {
				found[i] = found[i - 1];
				cost[i] = cost[i - 1];
			}
		if (i < 3) {
			found[i] = *words;
			cost[i] = d;
			n = n < 3 ? n + 1 : 3;
		}
	}
	for (unsigned i = 0; i < n; i++)
		str_addf(out, "%s%s", i == 0 ? "" : i + 1 == n ? " or " : ", ", found[i]);
	return n > 0;
}
