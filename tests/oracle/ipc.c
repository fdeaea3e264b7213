/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ipc [--family fifo|event|lock|signal|all] [--count N] [--seed S] [--mode stepped|free|all]: generated programs of FIFOs,
 * file locks, signals and event descriptors against the kernel. The tracer asks the kernel at every settled point; the
 * world counts what does not agree as drift, and no run may have any.
 */
#include <fcntl.h>
#include <ftw.h>
#include <getopt.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "oracle/program.h"
#include "session/lib.h"

enum { STEPS_MAX = 1500, BELL_MS = 40, IDLE_BELLS = 3, BELLS_MAX = 400, SECONDS_MAX = 60 };

struct tally {
	u64 events, settled, explained, stuck, steps;
};

static const char *const families[] = {"fifo", "lock", "signal", "event"};

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *at)
{
	(void)st, (void)flag, (void)at;
	return remove(path);
}

static struct run *start(const char *target, const char *family, const char *seed, const char *dir, bool held, struct str *trouble)
{
	char *argv[] = {(char *)target, (char *)family, (char *)seed, (char *)dir, NULL};
	struct run_options opt = {.tracer = {.held = held, .contents = true, .sites = true}, .pin = held, .fold = true, .slots = true,
		.census = held ? 0 : 16, .record = getenv("IPCLAB_ORACLE_LOG"), .overwrite = true};
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	struct launch launch = {.argv = argv, .fds = {null, null, null}};
	struct err err = {0};
	struct run *r = run_create(&opt, &launch, &err);

	close(null);
	if (!r)
		str_addf(trouble, "run_create: %s", err.text);
	return r;
}

/* Nobody but ours uses the FIFOs and files: the world must never take refuge in somebody unseen. */
static bool is_among_ours(const struct world *w, struct str *trouble)
{
	char name[24];

	for (u32 i = 1; i < world_pipes(w); i++)
		if (world_pipe(w, i) && (world_pipe(w, i)->surprised || (world_pipe(w, i)->fifo && world_pipe(w, i)->outside))) {
			str_addf(trouble, "event %llu: %s was opened by somebody unseen", (unsigned long long)world_head(w)->events,
				world_pipe_name(w, i, name));
			return false;
		}
	for (u32 i = 1; i < world_counters(w); i++)
		if (world_counter(w, i) && world_counter(w, i)->kind == OBJ_FILE && world_counter(w, i)->semaphore) {
			str_addf(trouble, "event %llu: a file was locked by somebody unseen", (unsigned long long)world_head(w)->events);
			return false;
		}
	return true;
}

static bool is_sound(struct run *r, struct str *trouble)
{
	const struct w_head *h = world_head(run_world(r));

	if (h->drift || h->unknown) {
		str_addf(trouble, "drift %llu unknown %llu, first at event %llu: %s", (unsigned long long)h->drift,
			(unsigned long long)h->unknown, (unsigned long long)h->first_drift_seq, h->first_drift);
		return false;
	}
	return world_invariant(run_world(r), trouble) && is_among_ours(run_world(r), trouble);
}

/* Every question a reader may ask must have an answer. */
static void ask(struct run *r)
{
	const struct world *w = run_world(r);
	struct why why;

	for (u32 t = 1; t < world_tasks(w); t++) {
		world_why(w, t, &why);
		world_outlook(w, t);
	}
}

static bool step(struct run *r, struct chance *chance, bool *more, struct str *trouble)
{
	struct { u32 task; bool time; } can[64];
	struct err err = {0};
	u32 n = 0, i;
	bool ok;

	for (u32 t = 1; t <= tracer_tasks(run_tracer(r)) && n < 64; t++) {
		bool time = tracer_holding(run_tracer(r), t) == IS_INSIDE && tracer_timeout(run_tracer(r), t) != TIME_NONE;
		if (!run_can_step(r, t) && !time)
			continue;
		can[n].task = t;
		can[n++].time = !run_can_step(r, t);
	}
	*more = n > 0;
	if (!n)
		return true;
	i = chance_below(chance, n);
	enum outlook outlook = world_outlook(run_world(r), can[i].task);
	const struct w_task *task = world_task(run_world(r), can[i].task);
	struct w_op op = task ? task->op : (struct w_op){0};
	bool signal = task && task->poised_signal;
	ok = can[i].time ? run_pass_time(r, can[i].task, &err) : run_step(r, can[i].task, &err);
	if (!ok) {
		str_addf(trouble, "step of task %u: %s", can[i].task, err.text);
		return false;
	}
	task = world_task(run_world(r), can[i].task);
	/* What was promised must come: held alone, it goes on or it does not. */
	if (!can[i].time && !signal && task && outlook == OUTLOOK_GOES && task->state == TASK_BLOCKED && task->op.seq > op.seq &&
		task->op.call == op.call && task->op.fd == op.fd && task->op.site == op.site && task->op.arg == op.arg &&
		task->last_seq < task->op.seq) {
		str_addf(trouble, "%s(%d) of task %u was to go on, and sleeps", call_name(op.call), op.fd, can[i].task);
		return false;
	}
	if (!world_head(run_world(r))->is_settled) {
		str_addf(trouble, "step of task %u did not settle", can[i].task);
		return false;
	}
	return true;
}

static void count(struct run *r, struct tally *c)
{
	const struct w_head *h = world_head(run_world(r));

	c->events += h->events;
	c->settled += h->settled;
	c->explained += h->explained;
	c->stuck += tracer_alive(run_tracer(r)) > 0;
}

static bool run_stepped(struct run *r, struct chance *chance, struct tally *c, struct str *trouble)
{
	bool more = true, ok = is_sound(r, trouble);

	for (int steps = 0; ok && more && steps < STEPS_MAX; steps++, c->steps++) {
		ok = step(r, chance, &more, trouble) && is_sound(r, trouble);
		ask(r);
	}
	return ok;
}

struct ringer {
	struct tracer *tracer;
	volatile bool stop;
};

static void *ring(void *arg)
{
	struct ringer *x = arg;

	while (!x->stop) {
		nanosleep(&(struct timespec){0, BELL_MS * 1000000L}, NULL);
		if (!x->stop)
			tracer_ring(x->tracer);
	}
	return NULL;
}

static bool run_to_rest(struct run *r, struct str *trouble)
{
	struct ringer ringer = {.tracer = run_tracer(r)};
	enum run_end end = RUN_BELL;
	struct err err = {0};
	u64 events = 0;
	int idle = 0, bells = 0;
	pthread_t thread;
	bool ok = true;

	pthread_create(&thread, NULL, ring, &ringer);
	while (ok && end == RUN_BELL && idle < IDLE_BELLS && ++bells < BELLS_MAX) {
		ok = run_free(r, &end, &err);
		if (!ok)
			str_addf(trouble, "run_free: %s", err.text);
		idle = world_head(run_world(r))->events == events ? idle + 1 : 0;
		events = world_head(run_world(r))->events;
	}
	ringer.stop = true;
	pthread_join(thread, NULL);
	if (ok)
		ask(r);
	return ok && is_sound(r, trouble);
}

static bool run_one(const char *target, const char *family, unsigned long seed, bool held, struct tally *c, struct str *trouble)
{
	struct chance chance = {seed * 7919 + 1};
	char dir[64] = "/tmp/ipclab-ipc-XXXXXX", text[24];
	struct run *r;
	bool ok;

	snprintf(text, sizeof text, "%lu", seed);
	if (!mkdtemp(dir)) {
		str_add(trouble, "no folder in /tmp");
		return false;
	}
	r = start(target, family, text, dir, held, trouble);
	ok = r && (held ? run_stepped(r, &chance, c, trouble) : run_to_rest(r, trouble));
	if (r)
		count(r, c);
	run_destroy(r);
	nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	return ok;
}

/* In a child: a crash or a hang of ours is a failure of this seed alone. */
static bool run_apart(const char *target, const char *family, unsigned long seed, bool held, struct tally *c)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		struct str trouble = {0};
		bool ok;
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		alarm(SECONDS_MAX);
		ok = run_one(target, family, seed, held, c, &trouble);
		if (!ok)
			printf("%s seed %lu, %s: %s\n", family, seed, held ? "stepped" : "free", str_get(&trouble));
		fflush(stdout);
		_exit(!ok);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return false;
	if (WIFSIGNALED(status))
		printf("%s seed %lu, %s: killed by signal %d\n", family, seed, held ? "stepped" : "free", WTERMSIG(status));
	return status == 0;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {{"family", 1, NULL, 'f'}, {"count", 1, NULL, 'c'}, {"seed", 1, NULL, 's'},
		{"mode", 1, NULL, 'm'}, {NULL, 0, NULL, 0}};
	struct tally *c = mmap(NULL, sizeof *c, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	unsigned long n = getenv("IPCLAB_SOAK") ? 300 : 20, first = 1, runs = 0, bad = 0;
	const char *only = "all", *mode = "all", *build = getenv("IPCLAB_BUILD");
	char target[400];
	int o;

	while ((o = getopt_long(argc, argv, "", options, NULL)) != -1)
		switch (o) {
		case 'f': only = optarg; break;
		case 'c': n = strtoul(optarg, NULL, 10); break;
		case 's': first = strtoul(optarg, NULL, 10); break;
		case 'm': mode = optarg; break;
		default: return 2;
		}
	snprintf(target, sizeof target, "%s/tests/oracle/ipc_target", build ? build : ".");
	for (size_t f = 0; f < ARRAY_LEN(families); f++)
		for (unsigned long s = first; s < first + n; s++)
			for (int held = 0; held < 2; held++) {
				if ((strcmp(only, "all") && strcmp(only, families[f])) || (!strcmp(mode, "stepped") && !held) ||
				    (!strcmp(mode, "free") && held))
					continue;
				runs++;
				bad += !run_apart(target, families[f], s, held, c);
			}
	printf("%lu runs, %llu steps, %llu events, %llu settled points, %llu results explained, %llu came to rest with somebody alive\n",
		runs, (unsigned long long)c->steps, (unsigned long long)c->events, (unsigned long long)c->settled,
		(unsigned long long)c->explained, (unsigned long long)c->stuck);
	if (runs >= 40 && (c->explained < 10 * runs || c->settled < 8 * runs || c->events < 60 * runs)) {
		printf("too little was looked at for this to mean anything\n");
		bad++;
	}
	printf("Checks: %lu, Failures: %lu\n", runs, bad);
	return bad != 0;
}
