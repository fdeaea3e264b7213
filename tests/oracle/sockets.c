/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sockets [--count N] [--seed S] [--mode stepped|free|all]: generated programs that talk through Unix sockets, against world and
 * kernel. Every program is watched in a process of its own; a seed that failed is printed with the command that repeats it. */
#include <ftw.h>
#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "oracle/oracle.h"

enum { STEPPED = 1, FREE = 2, SECONDS_MAX = 60 };

static bool run_seed(const struct files *f, unsigned modes, unsigned long seed, struct counts *c)
{
	struct chance chance = {seed * 7919 + 1};
	struct str trouble = {0};
	bool ok = true;

	if (modes & STEPPED && !(ok = run_one_stepped(f, &chance, NULL, c, &trouble)))
		str_add(&trouble, " [stepped]");
	if (ok && modes & FREE && !(ok = run_one_free(f, NULL, c, &trouble)))
		str_add(&trouble, " [free]");
	if (!ok)
		printf("seed %lu: %s\n", seed, str_get(&trouble));
	fflush(stdout);
	return ok;
}

static bool run_apart(const struct files *f, unsigned modes, unsigned long seed, struct counts *c)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		alarm(SECONDS_MAX);
		_exit(!run_seed(f, modes, seed, c));
	}
	while (waitpid(pid, &status, 0) != pid)
		;
	if (WIFSIGNALED(status))
		printf("seed %lu: the oracle's own process ended by signal %d%s\n", seed, WTERMSIG(status),
			WTERMSIG(status) == SIGALRM ? " (too long)" : "");
	if (status)
		printf("  again: tests/oracle/sockets --seed %lu --count 1\n", seed);
	fflush(stdout);
	return status == 0;
}

static int totals(const struct counts *c, unsigned long n, u64 failed)
{
	printf("steps %lu events %lu settled %lu explained %lu drift %lu unknown %lu\n", c->steps, c->events, c->settled,
		c->explained, c->drift, c->unknown);
	printf("ends agreed on %lu, queues asked %lu, bytes compared %lu, seeks %lu, runs ended %lu stuck %lu\n", c->ends, c->asked,
		c->bytes, c->seeks, c->ended, c->stuck);
	if (n >= 20 && (c->explained < 10 * n || c->asked < 20 * n || !c->bytes)) {
		printf("too little was looked at for this to mean anything\n");
		failed++;
	}
	printf("Checks: %lu, Failures: %lu, Errors: 0\n", c->programs, failed);
	return failed ? 1 : 0;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *where)
{
	(void)st, (void)kind, (void)where;
	return remove(path);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {{"count", 1, NULL, 'c'}, {"seed", 1, NULL, 's'}, {"mode", 1, NULL, 'm'}, {0}};
	unsigned long first = 1, n = getenv("IPCLAB_SOAK") ? 300 : 20;
	unsigned modes = STEPPED | FREE;
	char dir[] = "/tmp/ipclab-sockets-XXXXXX";
	struct counts *c = mmap(NULL, sizeof *c, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct files f;
	u64 failed = 0;
	ssize_t len;
	int o, code;

	while ((o = getopt_long(argc, argv, "", options, NULL)) != -1)
		switch (o) {
		case 'c': n = strtoul(optarg, NULL, 10); break;
		case 's': first = strtoul(optarg, NULL, 10); break;
		case 'm': modes = optarg[0] == 's' ? STEPPED : optarg[0] == 'f' ? FREE : STEPPED | FREE; break;
		default: return 2;
		}
	len = readlink("/proc/self/exe", f.target, sizeof f.target - 32);
	if (len < 0 || c == MAP_FAILED || !mkdtemp(dir)) {
		perror("sockets");
		return 99;
	}
	f.target[len] = '\0';
	strcpy(strrchr(f.target, '/') + 1, "sockets_target");
	snprintf(f.report, sizeof f.report, "%s/report", dir);
	snprintf(f.log, sizeof f.log, "%s/log", dir);
	for (unsigned long i = 0; i < n; i++) {
		snprintf(f.program, sizeof f.program, "%lu", first + i);
		c->programs++;
		failed += !run_apart(&f, modes, first + i, c);
	}
	code = totals(c, n, failed);
	if (getenv("ORACLE_KEEP"))
		printf("kept: %s\n", dir);
	else
		nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	return code;
}
