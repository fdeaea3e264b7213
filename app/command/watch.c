/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ipclab watch -- CMD: any program, run free, its events printed or recorded as they come.
 * Two threads: this one traces (ptrace belongs to a thread), the other reads the log and prints,
 * so that a slow reader of ours never holds up a watched process.
 */
#include <fcntl.h>
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "command/lib.h"
#include "command/plain.h"
#include "command/stream.h"
#include "command/watch.h"
#include "session/lib.h"

struct watch {
	const char *record; /* file, NULL: none */
	struct run *run;
	struct stream stream;
	pid_t pids[64]; /* attached to */
	u32 pids_n;
	sem_t ended; /* posted once: the reader is not to sleep out its rest */
	bool full;
};

/* What the handler of SIGTERM and SIGHUP needs: whom to ring. */
static struct tracer *ring_on_signal;
static volatile sig_atomic_t asked_to_end;

static void on_end(int sig)
{
	int kept = errno;

	asked_to_end = sig;
	if (ring_on_signal)
		tracer_ring(ring_on_signal);
	errno = kept;
}

static void on_interrupt(int sig)
{
	(void)sig; /* the program got it too, and what becomes of that is what is watched */
}

/* `attached`: what runs is not ours, and ^C ends the watching. */
static void catch_signals(struct tracer *tracer, bool attached)
{
	struct sigaction end = {.sa_handler = on_end, .sa_flags = SA_RESTART};
	struct sigaction keep = {.sa_handler = on_interrupt, .sa_flags = SA_RESTART};

	ring_on_signal = tracer;
	sigaction(SIGTERM, &end, NULL);
	sigaction(SIGHUP, &end, NULL);
	sigaction(SIGINT, attached ? &end : &keep, NULL);
	sigaction(SIGQUIT, attached ? &end : &keep, NULL);
}

/* Told to end in the midst of attaching, it would leave those that it has interrupted with that: it ends behind it. */
static void hold_signals(int how)
{
	sigset_t ends;

	sigemptyset(&ends);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGHUP);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGQUIT);
	sigprocmask(how, &ends, NULL);
}

/* ---- the reading thread ---- */

/* 1 ms doubling to 50 ms: shown 20 times a second when little happens. True when the run is over. */
static bool rest(struct watch *w, unsigned *idle)
{
	u64 until = clock_ns() + (*idle < 6 ? 1000000ull << (*idle)++ : 50000000ull);
	struct timespec t = {(time_t)(until / 1000000000), (long)(until % 1000000000)};

	return sem_clockwait(&w->ended, CLOCK_MONOTONIC, &t) == 0;
}

static void *read_log(void *arg)
{
	struct watch *w = arg;
	unsigned idle = 0;
	bool ended = false;

	for (;;) {
		struct log *log = run_log(w->run);
		u64 end;

		/* Nothing to print, nothing to keep: then nothing is folded either. */
		if (w->stream.form == STREAM_QUIET && !w->record) {
			w->stream.pos = log_bytes(log);
			if (ended)
				return NULL;
		} else if (stream_drain(&w->stream))
			idle = 0;
		else if (ended)
			return NULL;
		/* Without a recording, what was printed is not needed again. */
		end = log_bytes(log);
		if (!w->record && end > w->stream.pos)
			log_forget(log, end - w->stream.pos);
		else if (!w->record)
			log_forget(log, 0);
		if (!ended)
			ended = rest(w, &idle);
	}
}

static bool start_reading(struct watch *w, pthread_t *thread)
{
	sigset_t all, before;
	bool ok;

	/* Signals are for the tracing thread, whose wait they are to end. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	ok = pthread_create(thread, NULL, read_log, w) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return ok;
}

/* ---- running ---- */

static void say_disk_full(struct watch *w, const struct err *err)
{
	if (!w->full)
		fprintf(stderr, "ipclab: the recording %s ends here: %s. The program goes on\n",
			w->record, err->text[0] ? err->text : "the disk is full");
	w->full = true;
}

static bool run_to_the_end(struct watch *w, struct err *err)
{
	for (;;) {
		enum run_end end = RUN_BELL;

		if (!run_free(w->run, &end, err)) {
			if (w->full || !log_has_stopped(run_log(w->run)))
				return false;
			end = RUN_FULL;
		}
		if (asked_to_end)
			return true;
		if (end == RUN_ENDED)
			return true;
		if (end == RUN_FULL) {
			say_disk_full(w, err);
			*err = (struct err){0};
		}
	}
}

/* ---- closing a recording: source lines take a while ---- */

static void *say_patience(void *arg)
{
	const struct timespec second = {.tv_sec = 1};

	(void)arg;
	nanosleep(&second, NULL); /* a cancellation point: cancelled when it was quick */
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
	fprintf(stderr, "ipclab: finding the source lines of the recording\n");
	return NULL;
}

static bool write_sources(struct watch *w, struct err *err)
{
	struct log_reader *reader = log_reader_open_fd(fcntl(log_fd(run_log(w->run)), F_DUPFD_CLOEXEC, 3), err);
	struct sources *sources;
	const struct rec *r;
	pthread_t patience;
	bool patient, ok;
	u64 pos = LOG_DATA;

	if (!reader)
		return false;
	sources = sources_create();
	while ((r = log_reader_next(reader, &pos)))
		sources_add(sources, r);
	patient = pthread_create(&patience, NULL, say_patience, NULL) == 0;
	ok = sources_write(sources, run_log(w->run), err);
	if (patient) {
		pthread_cancel(patience);
		pthread_join(patience, NULL);
	}
	sources_destroy(sources);
	log_reader_close(reader);
	if (!ok && log_has_stopped(run_log(w->run))) {
		say_disk_full(w, err);
		ok = true;
	}
	return ok;
}

/* ---- the verb ---- */

static int status_of(struct run *run)
{
	int status = 0;

	if (asked_to_end)
		return 128 + asked_to_end;
	if (!tracer_root_status(run_tracer(run), &status))
		return EXIT_OURS;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static enum stream_form form_of(const struct invocation *inv)
{
	if (option_given(inv, "json"))
		return STREAM_JSON;
	return option_given(inv, "quiet") ? STREAM_QUIET : STREAM_WORDS;
}

/* "4121,4130" */
static bool pids_read(const struct invocation *inv, struct watch *w, struct err *err)
{
	const char *at = option_value(inv, "pid");
	char *end;

	for (; at && *at; at = end + (*end == ',')) {
		long pid = strtol(at, &end, 10);

		if (end == at || (*end && *end != ',') || pid < 1 || pid > INT32_MAX)
			return err_set(err, EXIT_USAGE, "-p is about the number of a process, as `ps -e` lists them, not '%.40s'", at);
		if (w->pids_n == ARRAY_LEN(w->pids))
			return err_set(err, EXIT_USAGE, "at most %zu processes can be named by -p", ARRAY_LEN(w->pids));
		w->pids[w->pids_n++] = (pid_t)pid;
	}
	return true;
}

static struct run *start_run(const struct invocation *inv, const struct watch *w, enum stream_form form, struct err *err)
{
	const char *record = option_value(inv, "output");
	bool words = form == STREAM_WORDS;
	struct run_options options = {
		.tracer =
			{
				.contents = option_given(inv, "contents") || (words && !record),
				.sites = record || words || option_given(inv, "lines"),
				.threads = option_given(inv, "threads"),
			},
		.record = record,
		.overwrite = option_given(inv, "force"),
		.census = 64,
		.attach = w->pids,
		.attach_n = w->pids_n,
	};
	/* With --json our standard output is for events: the program's goes to standard error. */
	struct launch launch = {
		.argv = inv->argv, .fds = {-1, form == STREAM_JSON ? STDERR_FILENO : -1, -1}};

	return run_create(&options, &launch, err);
}

/* What was not seen, and could be; what was asked for, and was in vain. */
static void say_threads(const struct invocation *inv, const struct world *w)
{
	bool hooked = false, unseen = false;

	for (u32 i = 1; i < world_tasks(w); i++) {
		const struct w_task *t = world_task(w, i);

		hooked |= t && t->hooked;
		unseen |= t && t->hooked && t->nth > 1;
	}
	if (option_given(inv, "threads") && !hooked)
		fputs("ipclab: no program built by ipclab cc ran, so --threads had nothing to follow\n", stderr);
	else if (!option_given(inv, "threads") && unseen)
		fputs("Threads were followed at their calls only. With --threads the memory they share is\n"
		      "followed, too.\n", stderr);
}

static bool watch_run(
	struct watch *w, const struct invocation *inv, enum stream_form form, struct err *err)
{
	struct log_reader *reader = log_reader_open_fd(fcntl(log_fd(run_log(w->run)), F_DUPFD_CLOEXEC, 3), err);
	pthread_t thread;
	bool ok;

	if (!reader)
		return false;
	/* Words go to standard error, as strace's do: standard output is the program's. */
	stream_init(&w->stream, reader, form, option_given(inv, "lines"),
		form == STREAM_JSON ? stdout : stderr);
	w->stream.keep_notes = !w->record;
	if (w->pids_n && form == STREAM_WORDS)
		fputs(WATCH_KILLED("^C") "\n", stderr);
	sem_init(&w->ended, 0, 0);
	if (!start_reading(w, &thread)) {
		stream_finish(&w->stream);
		return err_set(err, EXIT_OURS, "no second thread can be started");
	}
	ok = run_to_the_end(w, err);
	sem_post(&w->ended);
	pthread_join(thread, NULL);
	stream_total(&w->stream);
	if (form == STREAM_WORDS)
		say_threads(inv, w->stream.world);
	stream_finish(&w->stream);
	if (ok && w->record)
		ok = write_sources(w, err);
	return ok;
}

/* What the program's own exit codes cannot be told from is 125: watch's failures end so. */
static bool ours(struct err *err)
{
	if (err->code != EXIT_USAGE && err->code != EXIT_CANNOT_RUN && err->code != EXIT_NOT_FOUND)
		err->code = EXIT_OURS;
	return false;
}

bool command_watch(struct invocation *inv, struct err *err)
{
	struct watch w = {.record = option_value(inv, "output")};
	enum stream_form form = form_of(inv);
	bool ok;

	if (!pids_read(inv, &w, err))
		return false;
	if (inv->argc < 1 && !w.pids_n)
		return err_set(err, EXIT_USAGE,
			"watch needs a command, as in ipclab watch -- ls -l, or a process that runs, as in ipclab watch -p 4121");
	if (inv->argc && w.pids_n)
		return err_set(err, EXIT_USAGE, "watch either starts a command or attaches to processes, not both");
	if (w.record && !option_given(inv, "force") && access(w.record, F_OK) == 0)
		return err_set(
			err, EXIT_USAGE, "%s is there already; --force overwrites it", w.record);
	if (option_given(inv, "contents") && !w.record)
		return err_set(err, EXIT_USAGE,
			"--contents is about a recording: name its file with -o FILE");
	if (option_given(inv, "held") && (w.pids_n || option_given(inv, "json") || option_given(inv, "quiet")))
		return err_set(err, EXIT_USAGE,
			"--held begins a program held, for somebody who steps it: not with -p, --json or --quiet");
	if (option_given(inv, "threads") && w.pids_n)
		return err_set(err, EXIT_USAGE, "--threads is told to a program when it begins, so not with -p");
	if (option_given(inv, "held") && plain_wanted(inv))
		return watch_shell(inv, err) || ours(err);
	if (watch_wants_screen(inv))
		return watch_screen(inv, w.pids, w.pids_n, err) || (w.pids_n ? false : ours(err));
	if (w.pids_n)
		hold_signals(SIG_BLOCK);
	w.run = start_run(inv, &w, form, err);
	if (w.run)
		catch_signals(run_tracer(w.run), w.pids_n);
	if (w.pids_n)
		hold_signals(SIG_UNBLOCK);
	if (!w.run)
		return w.pids_n ? false : ours(err);
	ok = watch_run(&w, inv, form, err);
	inv->status = w.full ? EXIT_OURS : w.pids_n && (!asked_to_end || asked_to_end == SIGINT) ? EXIT_DONE : status_of(w.run);
	ring_on_signal = NULL;
	run_destroy(w.run);
	return ok || ours(err);
}
