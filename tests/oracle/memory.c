/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * memory [--count N] [--seed S] [--mode stepped|free|switched|replay|all] [--print] [--repeat N]: generated
 * programs of shared memory against world and kernel. Every script is run in a process of its own. A seed that
 * failed is printed with the command that repeats it.
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

#include "oracle/memory_oracle.h"

enum {
	STEPPED = 1,
	FREE = 2,
	SWITCHED = 4,
	REPLAY = 8,
	ALL = 15,
	SECONDS_MAX = 120,
	LONG_CHOICES = 1000
};

struct settings {
	unsigned long first, n, repeat;
	unsigned long replays; /* of the first so many seeds */
	unsigned modes;
	bool timed;
	char target[400];
	char dir[64];
};

static const struct {
	const char *name;
	unsigned modes;
} mode_names[] = {{"stepped", STEPPED}, {"free", FREE}, {"switched", SWITCHED}, {"replay", REPLAY},
	{"all", ALL}};

static void usage(void)
{
	fprintf(stderr, "memory [--count N] [--seed S] [--mode stepped|free|switched|replay|all] "
			"[--print] [--repeat N]\n");
	exit(2);
}

static bool said(bool ok, struct str *trouble, const char *mode)
{
	if (!ok)
		str_addf(trouble, " [%s]", mode);
	return ok;
}

static bool run_modes(const struct memory_files *f, const struct script *p, unsigned modes,
	struct memory_counts *c, struct str *trouble)
{
	struct chance chance = {p->seed * 7919 + 1};
	struct memory_outcome alone = {0};
	const struct memory_outcome *expect = p->ends ? &alone : NULL;

	if (p->ends && !said(memory_alone(f, &alone, trouble), trouble, "alone"))
		return false;
	if (modes & STEPPED &&
		!said(memory_stepped(f, &chance, expect, c, trouble), trouble, "stepped"))
		return false;
	if (modes & FREE &&
		!said(memory_free(f, &chance, false, expect, c, trouble), trouble, "free"))
		return false;
	if (modes & SWITCHED &&
		!said(memory_free(f, &chance, true, expect, c, trouble), trouble, "switched"))
		return false;
	return !(modes & REPLAY) ||
	       said(memory_replayed(f, &chance, c, trouble), trouble, "replay");
}

/* In a child: a crash or a hang of ours is a failure of this seed alone. modes 0: the long script, by the clock. */
static bool run_apart(const struct memory_files *f, const struct script *p, unsigned modes,
	struct memory_counts *shared)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		struct str trouble = {0};
		bool ok;

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		alarm(SECONDS_MAX);
		ok = modes ? run_modes(f, p, modes, shared, &trouble)
			   : memory_timed(f, LONG_CHOICES, shared, &trouble);
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
	memory_clean(f);
	return status == 0;
}

static void make_files(const struct settings *s, const struct script *p, struct memory_files *f)
{
	FILE *out;

	snprintf(f->target, sizeof f->target, "%s", s->target);
	snprintf(f->script, sizeof f->script, "%s/script", s->dir);
	snprintf(f->report, sizeof f->report, "%s/report", s->dir);
	snprintf(f->log, sizeof f->log, "%s/log", s->dir);
	snprintf(f->name, sizeof f->name, "ipclab-%d", (int)getpid());
	f->threads = p->threads;
	out = fopen(f->script, "we");
	if (!out || !script_save(p, out) || fclose(out)) {
		perror(f->script);
		exit(99);
	}
}

static bool one(
	const struct settings *s, unsigned long seed, unsigned modes, struct memory_counts *c)
{
	struct script p;
	struct memory_files f;

	if (modes)
		script_generate(&p, seed);
	else
		script_long(&p, LONG_CHOICES);
	make_files(s, &p, &f);
	c->of.programs++;
	if (run_apart(&f, &p, modes, c))
		return true;
	printf("  again: tests/oracle/memory --seed %lu --count 1     the script: --print\n", seed);
	fflush(stdout);
	return false;
}

/* Enough of each, that agreement means something. Returns how many were too few. */
static u64 too_few(const struct memory_counts *c, u64 n)
{
	const struct {
		const char *what;
		u64 is, least;
	} all[] = {{"settled points", c->points, 40 * n}, {"accesses", c->accesses, 40 * n},
		{"bytes", c->bytes, 100000 * n}, {"mappings", c->mappings, 60 * n},
		{"objects", c->syncs, 100 * n}, {"explained", c->of.explained, 40 * n},
		{"blocked", c->blocked, 5 * n}, {"spins", c->spun, n},
		{"conflicts", c->conflicts, n / 2}, {"switches", c->switches, n / 2},
		{"time-outs", c->timed_out, n / 10}, {"stuck", c->of.stuck, n / 20},
		{"ended", c->of.ended, n}};
	u64 few = 0;

	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		if (all[i].is < all[i].least) {
			few++;
			printf("%s: %lu, less than %lu: too little was looked at for this to mean "
			       "anything\n",
				all[i].what, all[i].is, all[i].least);
		}
	return few;
}

static int totals(const struct memory_counts *c, u64 failed, const struct settings *s)
{
	printf("seeds %lu..%lu: %lu failed\n", s->first, s->first + s->n - 1, failed);
	printf("steps %lu events %lu settled %lu explained %lu drift %lu unknown %lu ended %lu "
	       "stuck %lu\n",
		c->of.steps, c->of.events, c->of.settled, c->of.explained, c->of.drift,
		c->of.unknown, c->of.ended, c->of.stuck);
	printf("points %lu bytes %lu mappings %lu objects %lu accesses %lu\n", c->points, c->bytes,
		c->mappings, c->syncs, c->accesses);
	printf("blocked %lu spins %lu conflicts %lu time-outs %lu switches %lu seeks %lu compared "
	       "with alone %lu\n",
		c->blocked, c->spun, c->conflicts, c->timed_out, c->switches, c->of.seeks,
		c->of.fixed);
	printf("replays %lu of %lu choices, branches %lu; %d choices: replay %lu ms, branch %lu "
	       "ms\n",
		c->replays, c->replayed_choices, c->branches, LONG_CHOICES, c->replay_us / 1000,
		c->branch_us / 1000);
	if (s->n >= 20 && s->modes == ALL)
		failed += too_few(c, s->n);
	printf("Checks: %lu, Failures: %lu, Errors: 0\n", c->of.programs, failed);
	return failed ? 1 : 0;
}

static void parse(struct settings *s, int argc, char **argv)
{
	static const struct option options[] = {{"count", 1, NULL, 'c'}, {"seed", 1, NULL, 's'},
		{"mode", 1, NULL, 'm'}, {"print", 0, NULL, 'p'}, {"repeat", 1, NULL, 'r'},
		{"timed", 0, NULL, 't'}, {0}};
	bool print = false;
	int o;

	while ((o = getopt_long(argc, argv, "", options, NULL)) != -1)
		switch (o) {
		case 'c':
			s->n = s->replays = strtoul(optarg, NULL, 10);
			s->timed = false;
			break;
		case 's': s->first = strtoul(optarg, NULL, 10); break;
		case 'm':
			s->modes = 0;
			for (size_t i = 0; i < ARRAY_LEN(mode_names); i++)
				if (strcmp(optarg, mode_names[i].name) == 0)
					s->modes = mode_names[i].modes;
			break;
		case 'p': print = true; break;
		case 'r': s->repeat = strtoul(optarg, NULL, 10); break;
		case 't': s->timed = true; break;
		default: usage();
		}
	if (!s->modes || !s->n || optind != argc)
		usage();
	if (print) {
		struct script p;
		script_generate(&p, s->first);
		exit(!script_save(&p, stdout));
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
	strcpy(strrchr(s->target, '/') + 1, "memory_target");
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *where)
{
	(void)st, (void)kind, (void)where;
	return remove(path);
}

int main(int argc, char **argv)
{
	bool soak = getenv("IPCLAB_SOAK");
	struct settings s = {.first = 1,
		.n = soak ? 300 : 20,
		.replays = soak ? 100 : 5,
		.modes = ALL,
		.timed = true,
		.repeat = 1};
	struct memory_counts *c =
		mmap(NULL, sizeof *c, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	u64 failed = 0;
	int code;

	parse(&s, argc, argv);
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
	for (unsigned long i = 0; i < s.n * s.repeat; i++) {
		unsigned long seed = s.first + i % s.n;
		failed += !one(&s, seed,
			seed - s.first < s.replays ? s.modes : s.modes & ~(unsigned)REPLAY, c);
	}
	if (s.timed)
		failed += !one(&s, 0, 0, c);
	code = totals(c, failed, &s);
	if (getenv("ORACLE_KEEP"))
		printf("kept: %s\n", s.dir);
	else
		nftw(s.dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	return code;
}
