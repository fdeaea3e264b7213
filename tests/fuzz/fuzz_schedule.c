/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any bytes as a schedule file: taken or refused with "file:line:column: ", and what is taken is
 * printed and read back as the same.
 *
 *   fuzz_schedule [--seed S] [--runs N] [FILE]...
 *
 * Files are run as they are. Without any, a schedule that has everything in it is damaged in N ways.
 * For libFuzzer: clang -fsanitize=fuzzer,address -DLIBFUZZER ...
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "schedule/lib.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void fail(const char *what, const char *text)
{
	fprintf(stderr, "fuzz_schedule: %s: %s\n", what, text);
	abort();
}

static void refused(const struct err *e)
{
	unsigned line, column;
	int n = 0;

	if (e->code != EXIT_INPUT || sscanf(e->text, "f:%u:%u: %n", &line, &column, &n) != 2 ||
		!n || !line || !column)
		fail("no place", e->text);
	for (const char *c = e->text; *c; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			fail("a control character in the sentence", e->text);
}

static void read_back(const struct schedule *s)
{
	struct str one = {0}, two = {0};
	struct schedule again;
	struct err e = {0};

	schedule_print(s, &one);
	if (!schedule_parse(one.s, one.len, "f", &again, &e))
		fail(e.text, one.s);
	schedule_print(&again, &two);
	if (strcmp(one.s, two.s) != 0 || again.n != s->n)
		fail("read back as another", one.s);
	for (u32 i = 0; i < s->n; i++) {
		const struct schedule_step *a = &s->steps[i], *b = &again.steps[i];

		if (a->kind != b->kind || a->signal != b->signal || a->typed_n != b->typed_n ||
			memcmp(a->typed, b->typed, a->typed_n) != 0 ||
			strcmp(a->identity, b->identity) != 0 || strcmp(a->call, b->call) != 0 ||
			strcmp(a->object, b->object) != 0 || strcmp(a->result, b->result) != 0 ||
			strcmp(a->at, b->at) != 0)
			fail("a choice is read back as another", one.s);
	}
	schedule_finish(&again);
	str_finish(&one);
	str_finish(&two);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	char *exact = malloc(n + !n); /* no byte behind the last may be looked at */
	struct err e = {0};
	struct schedule s;

	memcpy(exact, bytes, n);
	if (schedule_parse(exact, n, "f", &s, &e)) {
		char **argv = s.command ? schedule_argv(s.command) : NULL;

		read_back(&s);
		schedule_argv_finish(argv);
		schedule_finish(&s);
	} else {
		refused(&e);
	}
	free(exact);
	return 0;
}

#ifndef LIBFUZZER
static const char *const whole =
	"# ipclab schedule 1\ncommand: ./ring 3 \"a b\\n\"\nset size 4\nset program ring\nbuild: "
	"3f2a\n"
	"actor P1 = 1\nactor P2 = 1.1\nactor P3.1 = 1.2/2\nobject shm1 = shm 1:1\nobject pipe1 = "
	"pipe 1.1:2\n"
	"object sem2 = sem shm /a b\\n+24\nobject memory1 = memory 1\n\n# by hand\nP1 store "
	"shm1+40 = 1   producer.c:14\nP2 read pipe1  consumer.c:9\n"
	"P2 time = ETIMEDOUT\nP1 signal SIGTERM\nP1 deliver SIGTERM\nP3.1 sem_wait sem2 = 0 "
	"a.c:1\nP2\n"
	"type \"yes\\n\\x1b\\\"\"\nP1 load memory1@0a8 = 3\nP1 exit_group # comment\nP1 wait4 "
	"m.c:3\n";

static u64 state;

static u32 chance(u32 below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (u32)(state >> 20) % below;
}

/* Pieces doubled, dropped, moved; bytes changed; words of the format put in where they do not belong. */
static void damage(struct str *s)
{
	static const char *const bits[] = {"\n", "P1 ", "P2.1", "=", " ", "shm1", "+", "\"", "\\",
		"\\x4", "type ", "time", "signal ", "actor ", "object ", "1.2/3", ":9", "#", "\r\n",
		"\t", "\xff", "999999999999999999999", "%s%n", "SIGKILL", "SIG",
		"command: ", "set "};
	struct str out = {0};
	size_t at = chance((u32)s->len + 1), len = chance(24), other = chance((u32)s->len + 1);

	if (at + len > s->len)
		len = s->len - at;
	str_add_bytes(&out, s->s, at);
	switch (chance(5)) {
	case 0: break;
	case 1:
		str_add_bytes(&out, s->s + at, len);
		str_add_bytes(&out, s->s + at, len);
		break;
	case 2:
		str_add_bytes(&out, s->s + other, other + len > s->len ? s->len - other : len);
		break;
	case 3:
		str_add(&out, bits[chance(ARRAY_LEN(bits))]);
		len = 0;
		break;
	default:
		len = len > 0;
		if (len)
			str_add_bytes(&out, &(char){(char)chance(256)}, 1);
	}
	str_add_bytes(&out, s->s + at + len, s->len - at - len);
	str_finish(s);
	*s = out;
	str_add(s, "");
}

static void run_file(const char *path)
{
	struct str s = {0};
	char buf[4096];
	size_t n;
	FILE *f = fopen(path, "rbe");

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
	u64 seed = 1, runs = getenv("IPCLAB_SOAK") ? 500000 : 10000, taken = 0;
	struct schedule sched;
	struct err e = {0};
	bool files = false;

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
	if (!schedule_parse(whole, strlen(whole), "f", &sched, &e))
		fail("the schedule with everything in it is refused", e.text);
	schedule_finish(&sched);
	for (u64 i = 0; i < runs; i++) {
		struct str s = {0};

		state = (seed + 1) * 0x9e3779b97f4a7c15ull + i * 0xd1342543de82ef95ull + 1;
		str_add(&s, whole);
		for (u32 times = 1 + chance(4); times; times--)
			damage(&s);
		e = (struct err){0};
		if (schedule_parse(s.s, s.len, "f", &sched, &e)) {
			taken++;
			schedule_finish(&sched);
		}
		LLVMFuzzerTestOneInput((const uint8_t *)s.s, s.len);
		str_finish(&s);
	}
	printf("%llu damaged schedules, %llu of them still whole\n", (unsigned long long)runs,
		(unsigned long long)taken);
	return taken == 0 || taken == runs; /* neither would say anything */
}
#endif
