/* SPDX-License-Identifier: GPL-3.0-or-later */
/* In the box: the programs of a scenario are started and run free, traced, step by step, until they have ended or nobody of
 * them can move any more. That is proven, not timed: everybody sleeps, no time-out is running, nothing is on its way to them,
 * and we have nothing left to do. What happened is in the recording; what was printed, and how it ended, in the shared page. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "grader/private.h"

struct engine {
	const struct run_spec *spec;
	struct shared *shared;
	struct run *run;
	struct feed *feed;
	struct log_reader *reader; /* of the fold that is asked why somebody waits */
	struct world *world;
	u64 pos;
	u32 step;
	struct census before;
};

size_t shared_bytes(const struct scenario *s)
{
	return sizeof(struct shared) + s->actors.n * (OUTPUT_KEPT + ERRORS_KEPT);
}

char *shared_out(const struct shared *shared, u32 actor)
{
	return (char *)(uintptr_t)(shared + 1) + (size_t)actor * (OUTPUT_KEPT + ERRORS_KEPT);
}

char *shared_err(const struct shared *shared, u32 actor)
{
	return shared_out(shared, actor) + OUTPUT_KEPT;
}

/* ---- words ---- */

void substitute(const struct run_spec *spec, const char *text, struct str *out)
{
	for (const char *at = text; *at;) {
		if (strncmp(at, "$port2", 6) == 0) {
			str_addf(out, "%u", spec->ports[1]);
			at += 6;
		} else if (strncmp(at, "$port", 5) == 0) {
			str_addf(out, "%u", spec->ports[0]);
			at += 5;
		} else if (strncmp(at, "$name", 5) == 0) {
			str_add(out, spec->name);
			at += 5;
		} else {
			str_add_bytes(out, at++, 1);
		}
	}
}

/* ---- starting ---- */

static const char *const environment[] = {"PATH=/usr/local/bin:/usr/bin:/bin", "HOME=/nonexistent", "LANG=C.UTF-8", "TERM=dumb", "TMPDIR=.", NULL};

static bool prepare(void *arg)
{
	const struct actor *a = arg;
	const struct box_limits limits = {.cpu_s = CPU_S, .files = a->descriptors ? a->descriptors : 256, .file_bytes = FILE_MOST, .memory = 4ull << 30};

	setsid(); /* refused where it has one already, with its terminal */
	for (int sig = 1; sig < NSIG; sig++)
		signal(sig, SIG_DFL);
	if (a->in.as == AS_CLOSED)
		close(0);
	if (a->out.as == AS_CLOSED)
		close(1);
	umask(022);
	box_limit(&limits);
	return true;
}

struct starting {
	VEC(char *) argv;
	struct str path, cwd;
};

static void add_word(struct starting *st, const struct run_spec *spec, const char *text)
{
	struct str s = {0};

	str_add(&s, "");
	substitute(spec, text, &s);
	*vec_push(&st->argv) = s.s;
}

static void actor_argv(const struct run_spec *spec, const struct actor *a, struct starting *st)
{
	struct str name = {0};

	str_addf(&st->cwd, "%s/run", spec->box);
	if (a->kind == ACTOR_SCRIPT) {
		str_add(&st->path, "/proc/self/exe");
		*vec_push(&st->argv) = xstrdup(a->name);
		*vec_push(&st->argv) = xstrdup(PEER_WORD);
		add_word(st, spec, a->program);
	} else if (a->kind != ACTOR_COMMAND) {
		str_addf(&st->path, "%s/%s%s", spec->built, a->program, spec->s->hooked && !spec->output_only ? ".hooked" : "");
		str_addf(&name, "./%s", a->program);
		*vec_push(&st->argv) = name.s;
	}
	for (size_t i = 0; i < a->args.n && a->kind != ACTOR_SCRIPT; i++)
		add_word(st, spec, a->args.at[i]);
	*vec_push(&st->argv) = NULL;
}

static void starting_finish(struct starting *st)
{
	for (size_t i = 0; i < st->argv.n; i++)
		free(st->argv.at[i]);
	free(st->argv.at);
	str_finish(&st->path);
	str_finish(&st->cwd);
}

static struct run *first_run(struct engine *e, const struct launch *l, struct err *err)
{
	const struct scenario *s = e->spec->s;
	const struct run_options options = {
		.tracer = {.contents = true, .sites = true, .sleepers = true, .every_site = true, .std_names = true, .terminals = true, .faults = s->faults.at, .faults_n = e->spec->output_only ? 0 : (u32)s->faults.n},
		.record = e->spec->record,
		.overwrite = true,
		.pin = true,
		.waits = true,
		.idle_ms = 4,
		.census = 64,
		.most_tasks = TASKS_MOST,
		.most_bytes = 96 << 20,
	};

	return run_create(&options, l, err);
}

static bool begin_folding(struct engine *e, struct err *err)
{
	e->reader = log_reader_open_fd(fcntl(log_fd(run_log(e->run)), F_DUPFD_CLOEXEC, 3), err);
	e->world = e->reader ? world_create() : NULL;
	e->pos = LOG_DATA;
	feed_set_run(e->feed, e->run);
	return e->reader && feed_begin(e->feed, err);
}

static bool launch_actor(struct engine *e, u32 actor, const struct launch *l, struct err *err)
{
	u32 task = 1;

	if (e->run) {
		if (!run_add(e->run, l, &task, err))
			return false;
	} else if (!(e->run = first_run(e, l, err)) || !begin_folding(e, err)) {
		return false;
	}
	e->shared->actors[actor].task = task;
	return true;
}

static bool start_actor(struct engine *e, u32 actor, struct err *err)
{
	const struct actor *a = &e->spec->s->actors.at[actor];
	struct starting st = {0};
	struct launch l = {.fds = {-1, -1, -1}};
	bool terminal = false, ok;

	if (e->shared->actors[actor].task)
		return err_set(err, EXIT_INPUT, "%s:%u: '%s' is started twice", e->spec->x->file, a->mark.line, a->name);
	actor_argv(e->spec, a, &st);
	ok = feed_open(e->feed, e->spec, actor, l.fds, &terminal, err);
	l.argv = st.argv.at;
	l.path = st.path.len ? st.path.s : NULL;
	l.envp = (char *const *)(uintptr_t)environment;
	l.cwd = st.cwd.s;
	l.own_session = terminal;
	l.spared = a->kind != ACTOR_PROGRAM;
	l.siteless = a->kind == ACTOR_SCRIPT || a->kind == ACTOR_COMMAND;
	l.prepare = prepare;
	l.prepare_arg = (void *)(uintptr_t)a;
	ok = ok && launch_actor(e, actor, &l, err);
	for (int i = 0; i < 3; i++)
		if (l.fds[i] >= 0)
			close(l.fds[i]);
	starting_finish(&st);
	return ok;
}

/* ---- looking ---- */

static void fold(struct engine *e)
{
	const struct rec *rec;
	u64 at = e->pos;

	while (e->reader && (rec = log_reader_next(e->reader, &e->pos))) {
		world_apply(e->world, rec, at);
		at = e->pos;
		if (rec->kind != REC_END)
			continue;
		for (u32 i = 0; i < e->spec->s->actors.n; i++)
			if (e->shared->actors[i].task == rec->task) {
				e->shared->actors[i].ended = true;
				memcpy(&e->shared->actors[i].status, rec_body(rec), sizeof(i32));
			}
	}
}

static bool lives(const struct world *w, u32 task)
{
	const struct w_task *t = world_task(w, task);

	return t && t->state != TASK_ZOMBIE && t->state != TASK_GONE;
}

/* Bytes that were sent and are not there yet: TCP's own clocks bring them (Nagle's algorithm, delayed ACKs: tcp(7)). */
static bool bytes_are_under_way(const struct world *w, const struct why *why)
{
	const struct w_socket *s = why->object_kind == OBJ_SOCKET && why->reason == WHY_EMPTY ? world_socket(w, why->object) : NULL;
	const struct w_flow *in = s && s->domain != AF_UNIX ? world_flow(w, s->in) : NULL;

	return in && in->fill > 0;
}

/* SO_RCVTIMEO, SO_SNDTIMEO: the call gives up by itself. */
static bool socket_gives_up(const struct world *w, const struct why *why)
{
	const struct w_socket *s = why->object_kind == OBJ_SOCKET ? world_socket(w, why->object) : NULL;

	return s && s->timeouts;
}

/* What a signal broke off and goes on by restart_syscall(2) had a time-out; of the call itself the kernel tells no more. */
static bool wakes_unseen(const struct engine *e, u32 task)
{
	struct probe p;

	tracer_probe(run_tracer(e->run), task, &p);
	return p.call == SYS_restart_syscall || p.state == 'R';
}

/* Something of its own will wake it: a time-out, a timer. */
static bool wakes_by_time(const struct engine *e, u32 task)
{
	const struct world *w = e->world;
	const struct w_task *t = world_task(w, task);
	const struct w_proc *p = world_proc(w, t->proc);
	struct why why;

	if (p && p->timers)
		return true;
	if (!world_why(w, task, &why))
		return t->state == TASK_RUNNING;
	if (why.reason == WHY_OTHER && wakes_unseen(e, task))
		return true;
	return bytes_are_under_way(w, &why) || socket_gives_up(w, &why) || why.reason == WHY_TIMER || why.timeout_ns != TIME_NONE || (why.reason == WHY_COUNTER && why.object_kind == OBJ_TIMERFD);
}

static bool anybody_wakes(const struct engine *e)
{
	for (u32 task = 1; task < world_tasks(e->world); task++)
		if (lives(e->world, task) && wakes_by_time(e, task))
			return true;
	return false;
}

static bool all_ended(const struct engine *e)
{
	for (u32 i = 0; i < e->spec->s->actors.n; i++)
		if (e->shared->actors[i].task && !e->shared->actors[i].ended)
			return false;
	return true;
}

/* Only those are left that are not to end. */
static bool only_servers_left(const struct engine *e)
{
	for (u32 i = 0; i < e->spec->s->actors.n; i++)
		if (e->shared->actors[i].task && !e->shared->actors[i].ended && !e->spec->s->actors.at[i].expect.stays)
			return false;
	return true;
}

/* A client that has stopped itself waits for all others to have come to rest. */
static bool wake_a_client(struct engine *e)
{
	for (u32 i = 0; i < e->spec->s->actors.n; i++) {
		u32 task = e->shared->actors[i].task;
		const struct w_task *t = world_task(e->world, task);

		if (e->spec->s->actors.at[i].kind == ACTOR_SCRIPT && t && t->state == TASK_STOPPED) {
			kill(tracer_pid(run_tracer(e->run), task), SIGCONT);
			return true;
		}
	}
	return false;
}

/* ---- steps ---- */

static bool descends_from(const struct world *w, u32 proc, u32 root)
{
	for (u32 depth = 0; proc && depth < 64; depth++) {
		const struct w_task *maker;

		if (proc == root)
			return true;
		maker = world_proc(w, proc) ? world_task(w, world_proc(w, proc)->creator) : NULL;
		proc = maker ? maker->proc : 0;
	}
	return false;
}

/* signal-all: every process of its own that lives, the youngest first. */
static void send_signal(struct engine *e, const struct step *step, u32 task)
{
	u32 root = world_task(e->world, task) ? world_task(e->world, task)->proc : 0;
	struct err gone = {0};

	for (u32 t = step->kind == STEP_SIGNAL_ALL ? world_tasks(e->world) : 0; t-- > 1;)
		if (t != task && lives(e->world, t) && world_task(e->world, t)->nth == 1 && descends_from(e->world, world_task(e->world, t)->proc, root))
			tracer_signal(run_tracer(e->run), t, step->sig, &gone);
	tracer_signal(run_tracer(e->run), task, step->sig, &gone);
}

/* The steps that can be made now; `settled`: everybody has come to rest. */
static bool go_on(struct engine *e, bool settled, struct err *err)
{
	const struct scenario *s = e->spec->s;

	for (; e->step < s->steps.n; e->step++) {
		const struct step *step = &s->steps.at[e->step];
		const struct actor_over *a = &e->shared->actors[step->actor];

		switch (step->kind) {
		case STEP_START:
			if (!start_actor(e, step->actor, err))
				return false;
			settled = false;
			break;
		case STEP_SETTLE:
			if (!settled)
				return true;
			settled = false;
			break;
		case STEP_WAIT:
			if (a->task && !a->ended)
				return true;
			break;
		case STEP_GO:
		case STEP_SIGNAL:
		case STEP_SIGNAL_ALL:
			if (a->task && !a->ended)
				send_signal(e, step, a->task);
			settled = false;
			break;
		case STEP_TYPE: feed_type(e->feed, step->actor, &step->text); settled = false; break;
		case STEP_END_INPUT: feed_end_input(e->feed, step->actor); settled = false; break;
		case STEP_DRAIN: feed_drain(e->feed, step->actor); settled = false; break;
		case STEP_CLOSE_OUTPUT: feed_close_output(e->feed, step->actor); settled = false; break;
		}
	}
	return true;
}

/* Everybody was seen asleep since the feed had made so many moves. True: it is over, *over says how; false: it goes on. */
static bool at_rest(struct engine *e, u64 moves, enum run_over *over, bool *settled)
{
	bool steps = e->step < e->spec->s->steps.n;

	*settled = false;
	*over = OVER_ENDED;
	if (feed_is_busy(e->feed)) {
		usleep(200);
		return false;
	}
	if (feed_moves(e->feed) != moves) /* it may have woken somebody who was seen asleep: once more */
		return false;
	if (wake_a_client(e))
		return false;
	if (steps && e->spec->s->steps.at[e->step].kind == STEP_SETTLE) {
		*settled = true;
		return false;
	}
	if (steps && e->spec->s->steps.at[e->step].kind == STEP_WAIT && e->shared->actors[e->spec->s->steps.at[e->step].actor].ended)
		return false;
	if (anybody_wakes(e))
		return false;
	if (!steps && (all_ended(e) || only_servers_left(e)))
		return true;
	*over = OVER_STUCK;
	return true;
}

static enum run_over drive(struct engine *e, struct err *err)
{
	enum run_over over = OVER_ENDED;
	enum run_end end;
	bool settled = false;
	u64 moves;

	for (;;) {
		if (!go_on(e, settled, err))
			return OVER_FAILED;
		settled = false;
		moves = feed_moves(e->feed);
		if (!run_free(e->run, &end, err))
			return log_has_stopped(run_log(e->run)) ? OVER_DISK : OVER_FAILED;
		fold(e);
		if (feed_why(e->feed) != OVER_ENDED)
			return feed_why(e->feed);
		switch (end) {
		case RUN_ENDED:
			if (e->step >= e->spec->s->steps.n)
				return OVER_ENDED;
			settled = true;
			break;
		case RUN_WAITS:
			if (at_rest(e, moves, &over, &settled))
				return over;
			break;
		case RUN_MUCH:
			return tracer_alive(run_tracer(e->run)) > TASKS_MOST ? OVER_TASKS : OVER_EVENTS;
		case RUN_FULL: return OVER_DISK;
		default: break;
		}
	}
}

/* ---- around it ---- */

static void close_others(void)
{
	int null = open("/dev/null", O_RDWR);

	for (int i = 0; i < 3 && null >= 0; i++)
		dup2(null, i);
	close_range(3, ~0u, 0);
}

static bool lay_out(struct engine *e, struct err *err)
{
	struct str path = {0};
	bool ok;

	str_addf(&path, "%s/run", e->spec->box);
	ok = mkdir(path.s, 0755) == 0 || errno == EEXIST || err_sys(err, EXIT_RETRY, "%s cannot be made", path.s);
	for (size_t i = 0; ok && i < e->spec->s->files.n; i++) {
		const struct bytes_file *f = &e->spec->s->files.at[i];
		struct str file = {0};

		str_addf(&file, "%s/%s", path.s, f->path);
		ok = write_whole(file.s, f->bytes.at, f->bytes.n, err);
		str_finish(&file);
	}
	if (ok)
		census_take(&e->before, path.s);
	str_finish(&path);
	return ok;
}

static void add_left(void *arg, const char *name)
{
	struct engine *e = arg;
	struct shared *s = e->shared;

	for (size_t i = 0; i < e->spec->s->left.n; i++) { /* it was asked to be left */
		struct str file = {0};
		bool asked;

		str_addf(&file, "file %s", e->spec->s->left.at[i].path);
		asked = strcmp(file.s, name) == 0;
		str_finish(&file);
		if (asked)
			return;
	}
	if (s->left_n < ARRAY_LEN(s->left))
		snprintf(s->left[s->left_n++], sizeof s->left[0], "%.150s", name);
}

/* A program of ours that was only meant to stay is no leftover, nor is who helps it: as long as it serves. */
static void note_running(struct engine *e)
{
	struct str s = {0};
	char name[24];

	for (u32 proc = 1; proc < world_procs(e->world); proc++) {
		const struct w_proc *p = world_proc(e->world, proc);
		bool actors = false;

		for (u32 i = 0; p && i < e->spec->s->actors.n; i++) {
			const struct w_task *t = world_task(e->world, e->shared->actors[i].task);

			actors |= t && t->proc == proc;
			actors |= t && e->spec->s->actors.at[i].expect.stays && !e->shared->actors[i].ended && descends_from(e->world, proc, t->proc);
		}
		if (!p || p->ended || actors)
			continue;
		str_addf(&s, "%s%s", s.len ? ", " : "", world_proc_name(e->world, proc, name));
		e->shared->running_n++;
	}
	snprintf(e->shared->running, sizeof e->shared->running, "%s", str_get(&s));
	str_finish(&s);
}

/* Files that were to be left are read while the box is there. */
static void look_at_files(struct engine *e)
{
	struct err ignored = {0};

	for (size_t i = 0; i < e->spec->s->left.n; i++) {
		const struct bytes_file *f = &e->spec->s->left.at[i];
		struct str path = {0};
		struct bytes got;

		str_addf(&path, "%s/run/%s", e->spec->box, f->path);
		if (e->shared->wrong_file)
			;
		else if (!read_whole(path.s, TEXT_MOST, &got, &ignored))
			e->shared->wrong_file = (u32)i + 1;
		else {
			if (got.n != f->bytes.n || memcmp(got.at, f->bytes.at, got.n) != 0) {
				e->shared->wrong_file = (u32)i + 1;
				e->shared->file_n = (u32)(got.n < sizeof e->shared->file ? got.n : sizeof e->shared->file);
				memcpy(e->shared->file, got.at, e->shared->file_n);
				e->shared->file_there = true;
			}
			free(got.at);
		}
		str_finish(&path);
	}
}

static void look_around(struct engine *e)
{
	struct census after = {0};
	struct str path = {0};

	str_addf(&path, "%s/run", e->spec->box);
	census_take(&after, path.s);
	census_new(&e->before, &after, add_left, e);
	look_at_files(e);
	note_running(e);
	census_finish(&after);
	str_finish(&path);
}

int engine_inside(void *arg)
{
	const struct run_spec *spec = arg;
	struct engine e = {.spec = spec, .shared = spec->shared};
	struct err err = {0};
	enum run_over over = OVER_FAILED;

	prctl(PR_SET_NAME, "ipclab-box");
	close_others();
	signal(SIGPIPE, SIG_IGN);
	e.feed = feed_create(e.shared, spec->s);
	if (lay_out(&e, &err))
		over = drive(&e, &err);
	for (u32 task = 1; e.run && (over == OVER_TIME || over == OVER_EVENTS) && task <= tracer_tasks(run_tracer(e.run)); task++)
		tracer_locate(run_tracer(e.run), task, &(struct err){0});
	e.shared->step = e.step < spec->s->steps.n ? e.step + 1 : 0;
	if (e.world) {
		fold(&e);
		look_around(&e);
		e.shared->events = world_head(e.world)->events;
		e.shared->moment = world_head(e.world)->moment;
	}
	run_destroy(e.run); /* whoever is left ends here; then their output has an end too */
	feed_finish(e.feed);
	snprintf(e.shared->error, sizeof e.shared->error, "%s", err.text);
	e.shared->over = over;
	e.shared->done = true;
	return 0;
}
