/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * oracle [--count N] [--seed S] [--mode stepped|free|watch|all] [--print]: generated pipe programs
 * against world and kernel. Every program is run in a process of its own, so that one that fails
 * does not take the rest along. A seed that failed is printed with the command that repeats it.
 */
#include <fcntl.h>
#include <ftw.h>
#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "oracle/oracle.h"

enum { STEPPED = 1, FREE = 2, WATCH = 4, SECONDS_MAX = 60, SKIP = 77 };

struct settings {
	unsigned long first, n;
	unsigned modes;
	const char *ipclab; /* NULL: not to be had */
	char target[400];
	char dir[64];
};

static const struct {
	const char *name;
	unsigned modes;
} mode_names[] = {
	{"stepped", STEPPED}, {"free", FREE}, {"watch", WATCH}, {"all", STEPPED | FREE | WATCH}};

static void usage(void)
{
	fprintf(stderr,
		"oracle [--count N] [--seed S] [--mode stepped|free|watch|all] [--print]\n");
	exit(2);
}

static bool write_program(const struct files *f, const struct program *p)
{
	FILE *out = fopen(f->program, "we");
	bool ok = out && program_save(p, out);

	return out && fclose(out) == 0 && ok;
}

/* Threads that use the same descriptor number at the same time, one of them closing it: which came
 * first, no event tells. Such programs are stepped, where one moves at a time, and not run free. */
static bool has_threads(const struct program *p)
{
	for (int i = 0; i < p->procs; i++)
		for (int k = 0; k < p->proc[i].n; k++)
			if (p->proc[i].ops[k].kind == OP_thread)
				return true;
	return false;
}

static bool run_seed(const struct settings *s, const struct files *f, const struct program *p,
	struct counts *c, struct str *trouble)
{
	struct outcome alone = {0};
	const struct outcome *expect = p->fixed ? &alone : NULL;
	struct chance chance = {p->seed * 7919 + 1};
	bool ok = true;

	if (p->fixed)
		ok = run_one_alone(f, &alone, trouble);
	if (ok && (s->modes & STEPPED)) {
		ok = run_one_stepped(f, &chance, expect, c, trouble);
		if (!ok)
			str_add(trouble, " [stepped]");
	}
	if (ok && (s->modes & FREE) && !has_threads(p)) {
		ok = run_one_free(f, expect, c, trouble);
		if (!ok)
			str_add(trouble, " [free]");
	}
	if (ok && p->fixed && (s->modes & WATCH) && s->ipclab) {
		ok = run_one_watched(f, s->ipclab, &alone, c, trouble);
		if (!ok)
			str_add(trouble, " [watch]");
	}
	str_finish(&alone.lines);
	return ok;
}

/* In a child: a crash or a hang of ours is a failure of this seed alone. */
static bool run_apart(const struct settings *s, const struct files *f, const struct program *p,
	struct counts *shared)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		struct str trouble = {0};
		bool ok;

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		alarm(SECONDS_MAX);
		ok = run_seed(s, f, p, shared, &trouble);
		if (!ok)
			printf("seed %lu: %s\n", p->seed, str_get(&trouble));
		fflush(stdout);
		_exit(!ok);
	}
	while (waitpid(pid, &status, 0) != pid)
		;
	if (WIFSIGNALED(status))
		printf("seed %lu: the oracle's own process ended by signal %d%s\n", p->seed,
			WTERMSIG(status), WTERMSIG(status) == SIGALRM ? " (too long)" : "");
	return status == 0;
}

static bool one(const struct settings *s, unsigned long seed, struct counts *c)
{
	struct program p;
	struct files f;

	/* Every third program is one whose output no schedule changes. */
	program_generate(&p, seed, seed % 3 == 0);
	snprintf(f.target, sizeof f.target, "%s", s->target);
	snprintf(f.program, sizeof f.program, "%s/program", s->dir);
	snprintf(f.report, sizeof f.report, "%s/report", s->dir);
	snprintf(f.log, sizeof f.log, "%s/log", s->dir);
	if (!write_program(&f, &p)) {
		perror(f.program);
		exit(99);
	}
	c->programs++;
	if (run_apart(s, &f, &p, c))
		return true;
	printf("  again: tests/oracle/oracle --seed %lu --count 1     the program: --print\n",
		seed);
	fflush(stdout);
	return false;
}

static int totals(const struct counts *c, u64 failed, const struct settings *s)
{
	printf("seeds %lu..%lu: %lu failed\n", s->first, s->first + s->n - 1, failed);
	printf("steps %lu events %lu settled %lu explained %lu drift %lu unknown %lu\n", c->steps,
		c->events, c->settled, c->explained, c->drift, c->unknown);
	printf("ends agreed on %lu, pipes asked %lu, bytes compared %lu, seeks %lu, runs ended %lu "
	       "stuck %lu, compared with alone %lu\n",
		c->ends, c->asked, c->bytes, c->seeks, c->ended, c->stuck, c->fixed);
	if (s->n >= 20 && (s->modes & STEPPED) &&
		(c->settled < 20 * s->n || c->explained < 20 * s->n || !c->asked)) {
		printf("too little was looked at for this to mean anything\n");
		failed++;
	}
	printf("Checks: %lu, Failures: %lu, Errors: 0\n", c->programs, failed);
	return failed ? 1 : 0;
}

static void parse(struct settings *s, int argc, char **argv)
{
	static const struct option options[] = {{"count", 1, NULL, 'c'}, {"seed", 1, NULL, 's'},
		{"mode", 1, NULL, 'm'}, {"print", 0, NULL, 'p'}, {0}};
	bool print = false;
	int o;

	while ((o = getopt_long(argc, argv, "", options, NULL)) != -1)
		switch (o) {
		case 'c': s->n = strtoul(optarg, NULL, 10); break;
		case 's': s->first = strtoul(optarg, NULL, 10); break;
		case 'm':
			s->modes = 0;
			for (size_t i = 0; i < ARRAY_LEN(mode_names); i++)
				if (strcmp(optarg, mode_names[i].name) == 0)
					s->modes = mode_names[i].modes;
			break;
		case 'p': print = true; break;
		default: usage();
		}
	if (!s->modes || !s->n || optind != argc)
		usage();
	if (print) {
		struct program p;
		program_generate(&p, s->first, s->first % 3 == 0);
		exit(!program_save(&p, stdout));
	}
}

/* The target lies beside this program, or where ORACLE_TARGET says. */
static void find_target(struct settings *s)
{
	const char *given = getenv("ORACLE_TARGET");
	ssize_t n;

	if (given) {
		snprintf(s->target, sizeof s->target, "%s", given);
		return;
	}
	n = readlink("/proc/self/exe", s->target, sizeof s->target - 16);
	s->target[n < 0 ? 0 : n] = '\0';
	strcpy(strrchr(s->target, '/') + 1, "target");
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *where)
{
	(void)st, (void)kind, (void)where;
	return remove(path);
}

int main(int argc, char **argv)
{
	struct settings s = {
		.first = 1, .n = getenv("IPCLAB_SOAK") ? 500 : 40, .modes = STEPPED | FREE | WATCH};
	struct counts *c =
		mmap(NULL, sizeof *c, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	u64 failed = 0;
	int code;

	parse(&s, argc, argv);
	s.ipclab = getenv("IPCLAB");
	find_target(&s);
	if (c == MAP_FAILED || access(s.target, X_OK) < 0) {
		perror(s.target);
		return 99;
	}
	strcpy(s.dir, "/tmp/ipclab-oracle-XXXXXX");
	if (!mkdtemp(s.dir)) {
		perror(s.dir);
		return 99;
	}
	chmod(s.dir, 0755);
	for (unsigned long i = 0; i < s.n; i++)
		failed += !one(&s, s.first + i, c);
	code = totals(c, failed, &s);
	if (getenv("ORACLE_KEEP"))
		printf("kept: %s\n", s.dir);
	else
		nftw(s.dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	return code;
}
