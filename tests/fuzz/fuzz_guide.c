/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any bytes as a lab.md, as misconceptions.yaml, as a condition: each is taken or refused with
 * "file:line:column: ", and nothing else happens.
 *
 *   fuzz_guide [--seed S] [--runs N] [FILE]...
 *
 * Files are run as they are. Without any, a guide that has everything in it is damaged in N ways;
 * the same seed damages alike, a failing run is repeated with its seed and number.
 *
 * For libFuzzer: clang -fsanitize=fuzzer,address -DLIBFUZZER ...
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guide/lib.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static const char *const whole =
	"---\ntitle: A lab\nminutes: 5\ncore: true\nneeds: [x]\nprograms:\n  - name: prog\n    "
	"args: [a, b]\n"
	"    actors: {P1: x}\n  - {name: other}\nactors: {P1: actor, P2.1: thread}\n---\n\nIntro "
	"*text*.\n\n"
	"## One\n\nshow: calls, pipe\nstart: prog tidy\n\nText `code` [link](x).\n\n- item\n  - "
	"deeper\n\n> quote\n\n```c\nint x;\n```\n\n"
	"```predict id=q breaks=b hide=ends,full\nWhat?\n- one => P2 returned read > 0 and (pipe1 "
	"full or not P1 gone)\n    no\n"
	"- two\n    => writers pipe1 P1 P2\n    no\n- three => P2 failed read EBADF or P1 killed "
	"SIGPIPE\n    no\n```\n\n"
	"```do\nstep P1 until calls P1 write = 3\nall 2\ncontinue\nplay until P1 said \"x\"\npass "
	"P2\nsignal P1 SIGINT\nkill P2\n"
	"type \"a\\n\"\n```\n```expect\npipe1.bytes + 1 <= pipe1.capacity - 2\nP1 exited 0\n```\n"
	"## Two\n```predict id=n kind=number\nHow many?\n=> result P2 read\n- 4\n    no\n- "
	"otherwise\n    no\n```\n```do\nall\n```\n"
	"```predict id=w kind=who\nWho?\n- P1 => P1 gone\n    no\n- P2 => P2 gone\n    "
	"no\n```\n```do\nall\n```\n"
	"```predict id=o kind=order\nOrder?\n- a => P1 gone\n- b => P2 gone\n- otherwise\n    "
	"no\n```\n```do\nall\n```\n"
	"```predict id=c kind=change\nWhich?\n=> P2 gone\n- a => start prog\n    no\n- b => start "
	"other x\n    no\n```\n```do\nplay\n```\n"
	"```goal\nP1 stuck and P2 stuck\n    well\nsolution:\nall 3\n```\n"
	"```experiment id=e\ntitle: x\nvary:\n  a: [1, 2]\nstart: prog $a\ndo: [play]\ncolumns:\n  "
	"a: $a\n  b: printed P1\n"
	"  c: pipe1.used\n```\n";

static void fail(const char *what, const struct err *e)
{
	fprintf(stderr, "fuzz_guide: %s: %s\n", what, e->text);
	abort();
}

/* Refused: with a place in the file that was named. */
static void refused(const struct err *e)
{
	unsigned line, column;
	int n = 0;

	if (e->code != EXIT_INPUT || sscanf(e->text, "f:%u:%u: %n", &line, &column, &n) != 2 ||
		!n || !line || !column)
		fail("no place", e);
}

static void as_condition(const char *text)
{
	struct err e = {0};
	struct cond *c = cond_parse("f", (struct guide_mark){1, 1}, text, &e);
	struct str why = {0};

	if (!c)
		refused(&e);
	else
		cond_possible(c, &why);
	cond_destroy(c);
	str_finish(&why);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct err e = {0};
	struct guide *g = guide_parse("f", (const char *)bytes, n, &e);
	struct beliefs *b;
	char *text = strndup((const char *)bytes, n);

	if (!g)
		refused(&e);
	guide_destroy(g);
	b = beliefs_parse("f", (const char *)bytes, n, &e);
	if (!b)
		refused(&e);
	beliefs_destroy(b);
	as_condition(text);
	free(text);
	return 0;
}

#ifndef LIBFUZZER
static u64 state;

static u32 chance(u32 below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (u32)(state >> 20) % below;
}

/* Lines doubled, dropped, swapped; bytes changed; pieces cut out or put in from elsewhere. */
static void damage(struct str *s)
{
	static const char *const bits[] = {"```", "\n", "- ", "=> ", "## ", "---\n", "    ", "P1 ",
		"pipe1", "\"", "(", "{", "[", "&a [*a]", "\t", "\xff\xfe", "%s%n",
		"999999999999999999999", "not ", ":", "\r\n", "<!--", "*"};
	struct str out = {0};
	size_t at = chance((u32)s->len + 1), len = chance(40), other = chance((u32)s->len + 1);

	if (at + len > s->len)
		len = s->len - at;
	str_add_bytes(&out, s->s, at);
	switch (chance(5)) {
	case 0: break; /* cut out */
	case 1:        /* doubled */
		str_add_bytes(&out, s->s + at, len);
		str_add_bytes(&out, s->s + at, len);
		break;
	case 2: /* from elsewhere */
		str_add_bytes(&out, s->s + other, other + len > s->len ? s->len - other : len);
		break;
	case 3:
		str_add(&out, bits[chance(ARRAY_LEN(bits))]);
		len = 0;
		break;
	default:
		len = len > 0;
		if (len) {
			char c = (char)chance(256);

			str_add_bytes(&out, &c, 1);
		}
	}
	str_add_bytes(&out, s->s + at + len, s->len - at - len);
	str_finish(s);
	*s = out;
	if (!s->s)
		str_add(s, "");
}

static void run_file(const char *path)
{
	struct str s = {0};
	char buf[4096];
	size_t n;
	FILE *f = fopen(path, "rb");

	if (!f) {
		perror(path);
		exit(2);
	}
	while ((n = fread(buf, 1, sizeof buf, f)) > 0)
		str_add_bytes(&s, buf, n);
	fclose(f);
	LLVMFuzzerTestOneInput((const uint8_t *)str_get(&s), s.len);
	str_finish(&s);
}

int main(int argc, char **argv)
{
	u64 seed = 1, runs = getenv("IPCLAB_SOAK") ? 300000 : 6000, taken = 0;
	struct err e = {0};
	bool files = false;
	struct guide *g;

	for (int i = 1; i < argc; i++) {
		if (i + 1 < argc && strcmp(argv[i], "--seed") == 0)
			seed = strtoull(argv[++i], NULL, 10);
		else if (i + 1 < argc && strcmp(argv[i], "--runs") == 0)
			runs = strtoull(argv[++i], NULL, 10);
		else
			run_file(argv[i]), files = true;
	}
	if (files)
		return 0;
	g = guide_parse("f", whole, strlen(whole), &e);
	if (!g)
		fail("the guide with everything in it is refused", &e);
	guide_destroy(g);
	for (u64 i = 0; i < runs; i++) {
		struct str s = {0};
		u32 times = 1;

		state = (seed + 1) * 0x9e3779b97f4a7c15ull + i * 0xd1342543de82ef95ull + 1;
		str_add(&s, whole);
		for (times += chance(4); times; times--)
			damage(&s);
		e = (struct err){0};
		g = guide_parse("f", s.s, s.len, &e);
		taken += g != NULL;
		guide_destroy(g);
		LLVMFuzzerTestOneInput((const uint8_t *)s.s, s.len);
		str_finish(&s);
	}
	printf("%llu damaged guides, %llu of them still whole\n", (unsigned long long)runs,
		(unsigned long long)taken);
	return taken == 0 || taken == runs; /* neither would say anything */
}
#endif
