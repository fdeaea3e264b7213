/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * queue [--count N] [--seed S] [--family mq|sysv] [--mode stepped|free|watch|all]: generated programs of message
 * queues and System V IPC (queue_target.c) against world and kernel. At every settled point the kernel is asked by
 * other means than app's: queues by their names, System V messages one by one with MSG_COPY, semaphores by
 * GETALL. Every program is run in a process of its own; nothing of it is left behind.
 */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <getopt.h>
#include <mqueue.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "oracle/oracle.h"

enum { STEPPED = 1, FREE = 2, WATCH = 4, STEPS_MAX = 3000, SECONDS_MAX = 60, BELL_MS = 25, IDLE_BELLS = 3, BELLS_MAX = 400 };

struct queue_counts {
	struct counts of;
	u64 queues, sure; /* queues asked; of which the world knew every message */
	u64 messages;     /* compared one by one */
	u64 sems, values; /* sets asked, values the world knew */
	u64 blocked, timed, said; /* calls that slept; time-outs passed; outlooks that came true */
};

struct settings {
	unsigned long first, n;
	unsigned modes, families; /* families: 1 mq, 2 sysv */
	const char *ipclab;
	char target[400], dir[64], report[128], log[128], prefix[64];
};

/* ---- the kernel's word ---- */

static bool mq_agrees(const struct world *w, u32 i, struct queue_counts *c, struct str *trouble)
{
	const struct w_queue *q = world_queue(w, i);
	struct mq_attr a;
	mqd_t mq = mq_open(world_text(w, q->title), O_RDONLY);

	if (mq < 0)
		return true; /* unlinked, and perhaps another one made */
	mq_getattr(mq, &a);
	mq_close(mq);
	c->queues++;
	c->sure += world_flow(w, q->flow)->spans_sure;
	if (a.mq_curmsgs == q->count)
		return true;
	str_addf(trouble, "mq%u holds %ld messages, the world says %ld", q->name, a.mq_curmsgs, (long)q->count);
	return false;
}

/* Sends that overlapped may have come in either order. */
static u32 span_like(const struct world *w, u32 first, const u8 *used, u64 rank, u64 len, u64 hash)
{
	for (u32 s = first, i = 0; s; s = world_span(w, s)->next, i++) {
		const struct w_span *span = world_span(w, s);
		bool late = false;

		for (u32 b = first, k = 0; b != s; b = world_span(w, b)->next, k++)
			late |= !used[k] && world_span(w, b)->seq + world_span(w, b)->pad < span->seq;
		if (!used[i] && !late && span->off == rank && span->len == len && (!len || span->hash == hash))
			return i + 1;
	}
	return 0;
}

static bool messages_agree(const struct world *w, const struct w_queue *q, u64 n, struct queue_counts *c, struct str *trouble)
{
	u32 first = world_flow(w, q->flow)->span_first, at;
	u8 used[512] = {0};
	struct {
		long type;
		char text[256];
	} m;

	for (u64 i = 0; i < n && i < sizeof used; i++) {
		ssize_t got = msgrcv((int)q->id, &m, sizeof m.text, (long)i, MSG_COPY | IPC_NOWAIT | MSG_NOERROR);
		if (got < 0)
			return errno == ENOSYS;
		c->messages++;
		at = span_like(w, first, used, (u64)m.type, (u64)got, hash64(0, m.text, (size_t)got));
		if (!at) {
			str_addf(trouble, "message %lu of msg%u is of type %ld, %ld bytes: not what the world says", i, q->name,
				m.type, (long)got);
			return false;
		}
		used[at - 1] = 1;
	}
	return true;
}

static bool msg_agrees(const struct world *w, u32 i, struct queue_counts *c, struct str *trouble)
{
	const struct w_queue *q = world_queue(w, i);
	struct msqid_ds ds;

	if (msgctl((int)q->id, IPC_STAT, &ds) < 0) {
		str_addf(trouble, "msg%u is gone, and the world does not know", q->name);
		return false;
	}
	c->queues++;
	if ((i64)ds.msg_qnum != q->count || ds.msg_qbytes != q->most) {
		str_addf(trouble, "msg%u holds %lu messages (room %lu), the world says %ld (%lu)", q->name, ds.msg_qnum,
			ds.msg_qbytes, (long)q->count, q->most);
		return false;
	}
	if (!world_flow(w, q->flow)->spans_sure)
		return true;
	c->sure++;
	return messages_agree(w, q, ds.msg_qnum, c, trouble);
}

static bool sems_agree(const struct world *w, u32 i, struct queue_counts *c, struct str *trouble)
{
	const struct w_sems *s = world_sems(w, i);
	unsigned short values[64];

	if (semctl((int)s->id, 0, GETALL, values) < 0) {
		str_addf(trouble, "sems%u is gone, and the world does not know", s->name);
		return false;
	}
	c->sems++;
	for (u32 k = s->first; k; k = world_sem(w, k)->next) {
		const struct w_sem *sem = world_sem(w, k);
		c->values += sem->sure;
		if (!sem->sure || sem->value == values[sem->index])
			continue;
		str_addf(trouble, "semaphore %u of sems%u is %u, the world says %ld", sem->index, s->name, values[sem->index],
			(long)sem->value);
		return false;
	}
	return true;
}

static bool kernel_agrees_on_all(const struct world *w, struct queue_counts *c, struct str *trouble)
{
	for (u32 i = 1; i < world_queues(w); i++) {
		const struct w_queue *q = world_queue(w, i);
		if (q && !q->gone && !(q->sysv ? msg_agrees : mq_agrees)(w, i, c, trouble))
			return false;
	}
	for (u32 i = 1; i < world_sems_sets(w); i++)
		if (world_sems(w, i) && !world_sems(w, i)->removed && !sems_agree(w, i, c, trouble))
			return false;
	return true;
}

/* Whatever a run of this world left. */
static void sweep(const struct world *w)
{
	for (u32 i = 1; w && i < world_queues(w); i++) {
		const struct w_queue *q = world_queue(w, i);
		if (q && q->sysv && !q->gone)
			msgctl((int)q->id, IPC_RMID, NULL);
		else if (q && !q->sysv)
			mq_unlink(world_text(w, q->title));
	}
	for (u32 i = 1; w && i < world_sems_sets(w); i++)
		if (world_sems(w, i) && !world_sems(w, i)->removed)
			semctl((int)world_sems(w, i)->id, 0, IPC_RMID);
	for (u32 i = 1; w && i < world_segments(w); i++)
		if (world_segment(w, i) && world_segment(w, i)->kind == SEGMENT_SYSV && !world_segment(w, i)->unlinked)
			shmctl((int)world_segment(w, i)->ino, IPC_RMID, NULL);
}

/* ---- runs ---- */

static char **arguments(const struct settings *s, bool mq, unsigned long seed, char **argv)
{
	static char number[24];

	snprintf(number, sizeof number, "%lu", seed);
	argv[0] = (char *)s->target;
	argv[1] = mq ? "mq" : "sysv";
	argv[2] = number;
	argv[3] = (char *)s->prefix;
	argv[4] = (char *)s->report;
	argv[5] = NULL;
	unlink(s->report);
	return argv;
}

static int compare_lines(const void *a, const void *b)
{
	return strcmp(a, b);
}

static void report_read(const struct settings *s, struct str *lines)
{
	char all[8][96] = {{0}};
	FILE *f = fopen(s->report, "re");
	size_t n = 0;

	while (f && n < 8 && fgets(all[n], sizeof all[n], f))
		n++;
	if (f)
		fclose(f);
	qsort(all, n, sizeof all[0], compare_lines);
	for (size_t i = 0; i < n; i++)
		str_add(lines, all[i]);
}

static bool run_and_compare(const struct settings *s, char **argv, const struct str *alone, struct str *got, struct str *trouble)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		int null = open("/dev/null", O_RDWR);
		dup2(null, 0);
		dup2(null, 1);
		execv(argv[0], argv);
		_exit(127);
	}
	waitpid(pid, &status, 0);
	report_read(s, got);
	if (status == 0 && (!alone || !strcmp(str_get(alone), str_get(got))))
		return true;
	str_addf(trouble, "status %d, report\n%snot\n%s", status, str_get(got), alone ? str_get(alone) : "");
	return false;
}

static struct run *start(const struct settings *s, bool held, bool mq, unsigned long seed, struct str *trouble)
{
	struct run_options opt = {.tracer = {.held = held, .contents = true, .terminals = held, .sites = true},
		.record = s->log, .overwrite = true, .pin = held, .fold = true, .census = held ? 0 : 16};
	char *argv[8];
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	struct launch launch = {.argv = arguments(s, mq, seed, argv), .fds = {null, null, null}};
	struct err err = {0};
	struct run *r = run_create(&opt, &launch, &err);

	close(null);
	if (!r)
		str_addf(trouble, "run_create: %s", err.text);
	return r;
}

static bool is_sound(struct run *r, struct queue_counts *c, struct str *trouble)
{
	const struct w_head *h = world_head(run_world(r));

	if (h->drift || h->unknown) {
		str_addf(trouble, "drift %lu unknown %lu, first at event %lu: %s", h->drift, h->unknown, h->first_drift_seq,
			h->first_drift);
		return false;
	}
	return world_invariant(run_world(r), trouble) &&
	       (!h->is_settled || kernel_agrees_on_all(run_world(r), c, trouble));
}

static bool finish(struct run *r, const struct settings *s, const struct str *alone, bool ok, struct queue_counts *c,
	struct str *trouble)
{
	const struct w_head *h = world_head(run_world(r));
	struct chance chance = {4242};
	struct str got = {0};

	ok = ok && readback_agrees(r, &chance, &c->of, trouble);
	c->of.events += h->events;
	c->of.settled += h->settled;
	c->of.explained += h->explained;
	c->of.drift += h->drift;
	c->of.unknown += h->unknown;
	c->of.ended += tracer_alive(run_tracer(r)) == 0;
	c->of.stuck += tracer_alive(run_tracer(r)) > 0;
	if (ok && alone) {
		report_read(s, &got);
		ok = !tracer_alive(run_tracer(r)) && !strcmp(str_get(&got), str_get(alone));
		if (!ok)
			str_addf(trouble, "report\n%snot\n%s", str_get(&got), str_get(alone));
		c->of.fixed++;
	}
	str_finish(&got);
	sweep(run_world(r));
	run_destroy(r);
	return ok;
}

struct move {
	u32 task;
	bool time;
};

static bool choose(struct run *r, struct chance *chance, struct move *move)
{
	struct move can[64];
	u32 n = 0;

	for (u32 task = 1; task <= tracer_tasks(run_tracer(r)) && n < ARRAY_LEN(can); task++) {
		if (run_can_step(r, task))
			can[n++] = (struct move){task, false};
		else if (tracer_holding(run_tracer(r), task) == IS_INSIDE && tracer_timeout(run_tracer(r), task) != TIME_NONE)
			can[n++] = (struct move){task, true};
	}
	if (n)
		*move = can[chance_below(chance, n)];
	return n;
}

/* What the world said it would do, and what it did. */
static bool came_true(const struct world *w, u32 task, enum outlook said, u16 call, struct queue_counts *c, struct str *trouble)
{
	const struct w_task *t = world_task(w, task);
	bool ours = (call >= CALL_mq_open && call <= CALL_mq_getsetattr) || (call >= CALL_msgget && call <= CALL_semctl);
	bool blocks = t->op.open && t->op.call == call; /* a signal may be about to end its sleep */

	if (!ours || said == OUTLOOK_UNKNOWN || t->state >= TASK_ENDING ||
		(t->last_call == call && t->last_failed == EINTR))
		return true;
	c->said++;
	c->blocked += blocks;
	if (blocks == (said == OUTLOOK_BLOCKS))
		return true;
	str_addf(trouble, "%s of task %u was said to %s", call_name(call), task, said == OUTLOOK_BLOCKS ? "block" : "go");
	return false;
}

static bool step(struct run *r, const struct move *m, struct queue_counts *c, struct str *trouble)
{
	enum outlook said = world_outlook(run_world(r), m->task);
	u16 call = world_task(run_world(r), m->task)->op.call;
	bool poised = world_task(run_world(r), m->task)->state == TASK_POISED && !world_task(run_world(r), m->task)->poised_signal;
	struct err err = {0};

	c->of.steps++;
	c->timed += m->time;
	if (!(m->time ? run_pass_time(r, m->task, &err) : run_step(r, m->task, &err))) {
		str_addf(trouble, "task %u: %s", m->task, err.text);
		return false;
	}
	for (int i = 0; i < 25 && !world_head(run_world(r))->is_settled; i++)
		run_settle(r, &err);
	if (!world_head(run_world(r))->is_settled) {
		str_addf(trouble, "task %u did not settle", m->task);
		return false;
	}
	return is_sound(r, c, trouble) &&
	       (m->time || !poised || came_true(run_world(r), m->task, said, call, c, trouble));
}

static bool run_stepped(const struct settings *s, bool mq, unsigned long seed, const struct str *alone,
	struct queue_counts *c, struct str *trouble)
{
	struct run *r = start(s, true, mq, seed, trouble);
	struct chance chance = {seed * 7919 + 1};
	struct move m;
	bool ok = r && is_sound(r, c, trouble);
	int steps = 0;

	for (; ok && choose(r, &chance, &m); steps++) {
		ok = step(r, &m, c, trouble);
		if (steps > STEPS_MAX) {
			str_add(trouble, "too many steps");
			ok = false;
		}
	}
	if (!ok)
		str_addf(trouble, " (step %d)", steps);
	return r && finish(r, s, alone, ok, c, trouble);
}

struct ringer {
	struct tracer *tracer;
	volatile bool stop;
};

static void *ring(void *arg)
{
	struct ringer *ringer = arg;

	while (!ringer->stop) {
		nanosleep(&(struct timespec){0, BELL_MS * 1000000L}, NULL);
		if (!ringer->stop)
			tracer_ring(ringer->tracer);
	}
	return NULL;
}

static bool run_freely(const struct settings *s, bool mq, unsigned long seed, const struct str *alone,
	struct queue_counts *c, struct str *trouble)
{
	struct run *r = start(s, false, mq, seed, trouble);
	struct ringer ringer = {.tracer = r ? run_tracer(r) : NULL};
	enum run_end end = RUN_BELL;
	struct err err = {0};
	pthread_t thread;
	u64 events = 0;
	bool ok = r;

	if (!r)
		return false;
	pthread_create(&thread, NULL, ring, &ringer);
	for (int idle = 0, bells = 0; ok && end == RUN_BELL && idle < IDLE_BELLS && bells < BELLS_MAX; bells++) {
		ok = run_free(r, &end, &err);
		idle = world_head(run_world(r))->events == events ? idle + 1 : 0;
		events = world_head(run_world(r))->events;
	}
	ringer.stop = true;
	pthread_join(thread, NULL);
	if (!ok)
		str_addf(trouble, "run_free: %s", err.text);
	ok = ok && is_sound(r, c, trouble);
	return finish(r, s, alone, ok, c, trouble);
}

static bool run_seed(const struct settings *s, bool mq, unsigned long seed, struct queue_counts *c, struct str *trouble)
{
	struct str alone = {0}, got = {0};
	const struct str *expect = seed % 3 == 0 ? &alone : NULL;
	char *argv[12] = {(char *)s->ipclab, "watch", "--quiet", "--"};

	if (expect && !run_and_compare(s, arguments(s, mq, seed, argv + 4), NULL, &alone, trouble))
		return false;
	if (s->modes & STEPPED && !run_stepped(s, mq, seed, expect, c, trouble)) {
		str_add(trouble, " [stepped]");
		return false;
	}
	if (s->modes & FREE && !run_freely(s, mq, seed, expect, c, trouble)) {
		str_add(trouble, " [free]");
		return false;
	}
	if (!expect || !(s->modes & WATCH) || !s->ipclab)
		return true;
	arguments(s, mq, seed, argv + 4);
	c->of.fixed++;
	return run_and_compare(s, argv, &alone, &got, trouble);
}

static bool one(const struct settings *s, bool mq, unsigned long seed, struct queue_counts *c)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		struct str trouble = {0};
		bool ok;

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		alarm(SECONDS_MAX);
		ok = run_seed(s, mq, seed, c, &trouble);
		if (!ok)
			printf("%s seed %lu: %s\n", mq ? "mq" : "sysv", seed, str_get(&trouble));
		fflush(stdout);
		_exit(!ok);
	}
	while (waitpid(pid, &status, 0) != pid)
		;
	c->of.programs++;
	for (int i = 0; i < 2 && mq; i++) { /* killed before it came to that */
		char name[80];
		snprintf(name, sizeof name, "/%s-%d", s->prefix, i);
		mq_unlink(name);
	}
	if (status)
		printf("  again: tests/oracle/queue --family %s --seed %lu --count 1%s\n", mq ? "mq" : "sysv", seed,
			WIFSIGNALED(status) ? " (ended by a signal)" : "");
	fflush(stdout);
	return status == 0;
}

static u64 too_few(const struct settings *s, const struct queue_counts *c)
{
	const struct {
		const char *what;
		u64 is, least;
	} all[] = {{"settled points", c->of.settled, 30}, {"explained", c->of.explained, 60}, {"queues", c->queues, 40},
		{"sure", c->sure, 30}, {"outlooks", c->said, 20}, {"blocked", c->blocked, 4}, {"time-outs", c->timed, 1}};
	u64 few = 0, n = s->n * (u64)__builtin_popcount(s->families);

	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		if (all[i].is < all[i].least * n) {
			few++;
			printf("%s: %lu of %lu seeds: too little was looked at for this to mean anything\n", all[i].what, all[i].is, n);
		}
	return few;
}

static void parse(struct settings *s, int argc, char **argv)
{
	static const struct option options[] = {{"count", 1, NULL, 'c'}, {"seed", 1, NULL, 's'}, {"mode", 1, NULL, 'm'},
		{"family", 1, NULL, 'f'}, {0}};
	int o;

	while ((o = getopt_long(argc, argv, "", options, NULL)) != -1)
		switch (o) {
		case 'c': s->n = strtoul(optarg, NULL, 10); break;
		case 's': s->first = strtoul(optarg, NULL, 10); break;
		case 'f': s->families = !strcmp(optarg, "mq") ? 1 : 2; break;
		case 'm':
			s->modes = !strcmp(optarg, "stepped") ? STEPPED : !strcmp(optarg, "free") ? FREE
				   : !strcmp(optarg, "watch") ? WATCH : STEPPED | FREE | WATCH;
			break;
		default: exit(2);
		}
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *where)
{
	(void)st, (void)kind, (void)where;
	return remove(path);
}

int main(int argc, char **argv)
{
	struct settings s = {.first = 1, .n = getenv("IPCLAB_SOAK") ? 300 : 20, .modes = STEPPED | FREE | WATCH, .families = 3,
		.ipclab = getenv("IPCLAB")};
	struct queue_counts *c = mmap(NULL, sizeof *c, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	u64 failed = 0;
	ssize_t n;

	parse(&s, argc, argv);
	n = readlink("/proc/self/exe", s.target, sizeof s.target - 16);
	s.target[n < 0 ? 0 : n] = 0;
	strcpy(strrchr(s.target, '/') + 1, "queue_target");
	strcpy(s.dir, "/tmp/ipclab-oracle-XXXXXX");
	if (c == MAP_FAILED || access(s.target, X_OK) < 0 || !mkdtemp(s.dir)) {
		perror(s.target);
		return 99;
	}
	snprintf(s.report, sizeof s.report, "%s/report", s.dir);
	snprintf(s.log, sizeof s.log, "%s/log", s.dir);
	snprintf(s.prefix, sizeof s.prefix, "ipclab-oracle-%d", (int)getpid());
	for (unsigned long i = 0; i < s.n; i++)
		for (unsigned family = 1; family <= 2; family <<= 1)
			if (s.families & family)
				failed += !one(&s, family == 1, s.first + i, c);
	printf("seeds %lu..%lu: %lu failed\n", s.first, s.first + s.n - 1, failed);
	printf("steps %lu events %lu settled %lu explained %lu drift %lu unknown %lu ended %lu stuck %lu\n", c->of.steps,
		c->of.events, c->of.settled, c->of.explained, c->of.drift, c->of.unknown, c->of.ended, c->of.stuck);
	printf("queues asked %lu (sure %lu), messages compared %lu, sets asked %lu, values %lu, outlooks %lu, blocked %lu, "
	       "time-outs %lu, seeks %lu, compared with alone %lu\n",
		c->queues, c->sure, c->messages, c->sems, c->values, c->said, c->blocked, c->timed, c->of.seeks, c->of.fixed);
	if (s.n >= 20 && s.modes & STEPPED)
		failed += too_few(&s, c);
	printf("Checks: %lu, Failures: %lu, Errors: 0\n", c->of.programs, failed);
	if (getenv("ORACLE_KEEP"))
		printf("kept: %s\n", s.dir);
	else
		nftw(s.dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	return failed ? 1 : 0;
}
