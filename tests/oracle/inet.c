/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The oracle of TCP and UDP: random programs (inet_target.c), stepped by chance and run free, the world against /proc/net, which
 * app does not read. inet [--seed N] [--count N] [--kind tcp|udp] [--mode stepped|free] */
#include <dirent.h>
#include <fcntl.h>
#include <getopt.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "oracle/oracle.h"

enum { STEPS_MAX = 1500, BELL_MS = 60, IDLE_BELLS = 4, FREE_BELLS_MAX = 300, SECONDS_MAX = 60, LINES_MAX = 4096 };

struct inet_counts {
	u64 programs, steps, events, settled, explained, drift, unknown;
	u64 streams, datagrams, backlogs; /* sockets compared with /proc/net */
	u64 way;                          /* of the streams, those with bytes on their way */
	u64 peers, drops, stuck, ended;
	struct counts of;
};

/* ---- the kernel's side ---- */

struct line {
	u64 ino;
	unsigned state, out, in, drops;
};
static struct line lines[LINES_MAX];
static int lines_n;

static void read_table(const char *path, bool udp)
{
	char text[512];
	FILE *f = fopen(path, "re");

	while (f && fgets(text, sizeof text, f) && lines_n < LINES_MAX) {
		struct line l = {0};
		unsigned long ino;
		if (sscanf(text, "%*d: %*s %*s %x %x:%x %*s %*s %*u %*d %lu", &l.state, &l.out, &l.in, &ino) != 4)
			continue;
		if (udp)
			sscanf(strrchr(text, ' ') ? text + strcspn(text, "\n") - 1 : text, "%u", &l.drops);
		l.ino = ino;
		if (!udp && l.in && (l.state == 8 || l.state == 9 || l.state == 11))
			l.in--; /* the FIN */
		lines[lines_n++] = l;
	}
	if (f)
		fclose(f);
}

static const struct line *line_of(u64 ino)
{
	for (int i = 0; ino && i < lines_n; i++)
		if (lines[i].ino == ino)
			return &lines[i];
	return NULL;
}

static bool stream_agrees(const struct world *w, const struct w_socket *s, const struct line *l, struct inet_counts *c,
	struct str *trouble)
{
	const struct w_flow *f = world_flow(w, s->in);
	const struct w_socket *p = world_socket(w, s->peer);
	const struct line *other = p && p->ino ? line_of(p->ino) : NULL;

	if (!f || !other || l->state == 7)
		return true;
	c->streams++;
	c->way += other->out > 1;
	c->peers++;
	/* What an open write has put in is in its open part. */
	for (u32 t = 1; t < world_tasks(w); t++) {
		const struct w_task *task = world_task(w, t);
		if (task && task->op.open && task->op.flow == s->in)
			return true;
	}
	if ((i64)l->in <= f->fill && f->fill <= (i64)l->in + (i64)other->out)
		return true;
	str_addf(trouble, "sock%u holds %ld, /proc/net says %u and %u on the way", s->name, (long)f->fill, l->in, other->out);
	return false;
}

static bool socket_agrees(const struct world *w, const struct w_socket *s, struct inet_counts *c, struct str *trouble)
{
	const struct line *l = line_of(s->ino);
	const struct w_flow *f = world_flow(w, s->in);

	if (s->outside && s->remote)
		return true; /* connected to where nobody is, or any more */
	if (s->outside) {
		str_addf(trouble, "sock%u has an outside, and there is none", s->name);
		return false;
	}
	if (!l || !f)
		return true;
	if (l->state == 10) {
		if (f->open_ops)
			return true;
		c->backlogs++;
		if (f->fill <= (i64)l->in && (i64)l->in <= f->fill + f->ghost_put)
			return true;
		str_addf(trouble, "at sock%u wait %ld, /proc/net says %u", s->name, (long)f->fill, l->in);
		return false;
	}
	if (s->type == 1)
		return stream_agrees(w, s, l, c, trouble);
	c->datagrams++;
	if ((l->in > 0) == (f->fill > 0) || f->ghost_take || f->ghost_put)
		return true;
	str_addf(trouble, "sock%u holds %ld, /proc/net says %u", s->name, (long)f->fill, l->in);
	return false;
}

static bool kernel_says_so(const struct world *w, struct inet_counts *c, struct str *trouble)
{
	lines_n = 0;
	read_table("/proc/net/tcp", false);
	read_table("/proc/net/tcp6", false);
	read_table("/proc/net/udp", true);
	read_table("/proc/net/udp6", true);
	for (u32 i = 1; i < world_sockets(w); i++) {
		const struct w_socket *s = world_socket(w, i);
		if (s && s->name && !s->gone && !socket_agrees(w, s, c, trouble))
			return false;
	}
	return true;
}

static bool is_sound(struct run *r, struct inet_counts *c, struct str *trouble)
{
	const struct w_head *h = world_head(run_world(r));

	if (h->drift || h->unknown) {
		str_addf(trouble, "drift %lu unknown %lu, first at event %lu: %s", h->drift, h->unknown, h->first_drift_seq,
			h->first_drift);
		return false;
	}
	if (!world_invariant(run_world(r), trouble))
		return false;
	return !h->is_settled || kernel_says_so(run_world(r), c, trouble);
}

/* ---- one program ---- */

struct setting {
	const char *kind, *target, *log;
	unsigned long seed;
	bool stepped, free;
};

static struct run *start(const struct setting *s, bool held, struct str *trouble)
{
	struct run_options opt = {.tracer = {.held = held, .contents = true, .sites = true}, .record = s->log, .overwrite = true,
		.pin = held, .fold = true, .census = held ? 0 : 16};
	char seed[32];
	char *argv[] = {(char *)s->target, (char *)s->kind, seed, NULL};
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	struct launch launch = {.argv = argv, .fds = {null, null, 2}};
	struct err err = {0};
	struct run *r;

	snprintf(seed, sizeof seed, "%lu", s->seed);
	r = run_create(&opt, &launch, &err);
	close(null);
	if (!r)
		str_addf(trouble, "run_create: %s", err.text);
	return r;
}

static bool finish(struct run *r, struct chance *chance, bool ok, struct inet_counts *c, struct str *trouble)
{
	const struct w_head *h = world_head(run_world(r));

	c->events += h->events;
	c->settled += h->settled;
	c->explained += h->explained;
	c->drift += h->drift;
	c->unknown += h->unknown;
	c->ended += tracer_alive(run_tracer(r)) == 0;
	c->stuck += tracer_alive(run_tracer(r)) > 0;
	for (u32 i = 1; i < world_sockets(run_world(r)); i++) {
		const struct w_socket *s = world_socket(run_world(r), i);
		c->drops += s && world_flow(run_world(r), s->in) ? world_flow(run_world(r), s->in)->drops : 0;
	}
	ok = ok && readback_agrees(r, chance, &c->of, trouble);
	run_destroy(r);
	return ok;
}

static bool choose(struct run *r, struct chance *chance, u32 *task, bool *time)
{
	struct { u32 task; bool time; } can[64];
	u32 n = 0;

	for (u32 i = 1; i <= tracer_tasks(run_tracer(r)) && n < ARRAY_LEN(can); i++) {
		bool timed = tracer_holding(run_tracer(r), i) == IS_INSIDE && tracer_timeout(run_tracer(r), i) != TIME_NONE;
		bool steps = run_can_step(r, i);
		if (!steps && !timed)
			continue;
		can[n].task = i;
		can[n++].time = !steps;
	}
	if (!n)
		return false;
	n = chance_below(chance, n);
	*task = can[n].task;
	*time = can[n].time;
	return true;
}

static bool run_stepped(const struct setting *s, struct inet_counts *c, struct str *trouble)
{
	struct chance chance = {s->seed * 7919 + 1};
	struct run *r = start(s, true, trouble);
	struct err err = {0};
	bool ok = r && is_sound(r, c, trouble), time;
	u32 task;

	for (int steps = 0; ok && steps < STEPS_MAX && choose(r, &chance, &task, &time); steps++) {
		ok = time ? run_pass_time(r, task, &err) : run_step(r, task, &err);
		if (!ok)
			str_addf(trouble, "step %d of task %u: %s", steps, task, err.text);
		ok = ok && is_sound(r, c, trouble);
		c->steps++;
	}
	return r && finish(r, &chance, ok, c, trouble);
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

static bool run_freely(const struct setting *s, struct inet_counts *c, struct str *trouble)
{
	struct chance chance = {12345};
	struct run *r = start(s, false, trouble);
	struct ringer ringer = {0};
	enum run_end end = RUN_BELL;
	struct err err = {0};
	pthread_t thread;
	u64 events = 0;
	bool ok = r;
	int idle = 0;

	if (!r)
		return false;
	ringer.tracer = run_tracer(r);
	pthread_create(&thread, NULL, ring, &ringer);
	for (int bells = 0; ok && end == RUN_BELL && idle < IDLE_BELLS && bells < FREE_BELLS_MAX; bells++) {
		ok = run_free(r, &end, &err);
		idle = world_head(run_world(r))->events == events ? idle + 1 : 0;
		events = world_head(run_world(r))->events;
	}
	ringer.stop = true;
	pthread_join(thread, NULL);
	if (!ok)
		str_addf(trouble, "run_free: %s", err.text);
	ok = ok && is_sound(r, c, trouble);
	return finish(r, &chance, ok, c, trouble);
}

/* ORACLE_KEEP: the recording of what failed stays. */
static void keep_log(const struct setting *s)
{
	char kept[128];

	snprintf(kept, sizeof kept, "%s.%s.%lu", s->log, s->kind, s->seed);
	if (rename(s->log, kept) == 0)
		printf("its recording: %s\n", kept);
}

static bool apart(const struct setting *s, struct inet_counts *c)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		struct str trouble = {0};
		bool ok = true;

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		alarm(SECONDS_MAX);
		if (s->stepped && !(ok = run_stepped(s, c, &trouble)))
			str_add(&trouble, " [stepped]");
		if (ok && s->free && !(ok = run_freely(s, c, &trouble)))
			str_add(&trouble, " [free]");
		if (!ok)
			printf("%s seed %lu: %s\n", s->kind, s->seed, str_get(&trouble));
		if (!ok && getenv("ORACLE_KEEP"))
			keep_log(s);
		fflush(stdout);
		_exit(!ok);
	}
	while (waitpid(pid, &status, 0) != pid)
		;
	if (WIFSIGNALED(status))
		printf("%s seed %lu: ended by signal %d\n", s->kind, s->seed, WTERMSIG(status));
	return status == 0;
}

static int totals(const struct inet_counts *c, u64 failed, bool vacuous)
{
	printf("steps %lu events %lu settled %lu explained %lu drift %lu unknown %lu\n", c->steps, c->events, c->settled,
		c->explained, c->drift, c->unknown);
	printf("compared with /proc/net: streams %lu (on their way %lu), datagrams %lu, backlogs %lu; dropped %lu; ended %lu stuck %lu\n",
		c->streams, c->way, c->datagrams, c->backlogs, c->drops, c->ended, c->stuck);
	if (vacuous) {
		printf("too little was looked at for this to mean anything\n");
		failed++;
	}
	printf("Checks: %lu, Failures: %lu, Errors: 0\n", c->programs, failed);
	return failed ? 1 : 0;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {{"count", 1, NULL, 'c'}, {"seed", 1, NULL, 's'}, {"kind", 1, NULL, 'k'},
		{"mode", 1, NULL, 'm'}, {0}};
	struct inet_counts *c = mmap(NULL, sizeof *c, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	unsigned long first = 1, n = getenv("IPCLAB_SOAK") ? 300 : 10;
	const char *only = NULL, *mode = NULL;
	char target[512], log[] = "/tmp/ipclab-inet-XXXXXX";
	u64 failed = 0;
	ssize_t len;
	int o, code, fd;

	while ((o = getopt_long(argc, argv, "", options, NULL)) != -1)
		switch (o) {
		case 'c': n = strtoul(optarg, NULL, 10); break;
		case 's': first = strtoul(optarg, NULL, 10); break;
		case 'k': only = optarg; break;
		case 'm': mode = optarg; break;
		default: return 2;
		}
	len = readlink("/proc/self/exe", target, sizeof target - 16);
	target[len < 0 ? 0 : len] = '\0';
	strcpy(strrchr(target, '/') + 1, "inet_target");
	fd = mkstemp(log);
	if (c == MAP_FAILED || fd < 0 || access(target, X_OK) < 0)
		return 99;
	close(fd);
	for (unsigned long i = 0; i < n; i++)
		for (int udp = 0; udp < 2; udp++) {
			struct setting s = {udp ? "udp" : "tcp", target, log, first + i, !mode || *mode == 's', !mode || *mode == 'f'};
			if (only && strcmp(only, s.kind) != 0)
				continue;
			c->programs++;
			failed += !apart(&s, c);
		}
	code = totals(c, failed, n >= 10 && !only && !mode &&
		(c->streams < 20 * n || c->datagrams < 20 * n || c->backlogs < n || !c->way || c->settled < 20 * n));
	unlink(log);
	return code;
}
