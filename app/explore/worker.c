/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The process in which it all happens. It is told nothing but to stop; it answers with progress, and at the end with
 * the result. When its parent ends it is sent SIGTERM, removes what was made, and ends. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "explore/private.h"

struct message {
	enum { TELLS_PROGRESS = 1, TELLS_RESULT } kind;
	bool ok;
	u32 same;
	struct explore_progress progress;
	struct explore_result result;
	struct err err;
};

const char *explore_verdict_name(enum explore_verdict v)
{
	static const char *const names[] = {"", "WRONG", "CRASH", "HANG", "INVARIANT", "ENDLESS"};

	return names[v];
}

/* ---- in the process of its own ---- */

struct worker {
	int socket;
	struct message *message;
};

static bool tell(void *arg, const struct explore_progress *p)
{
	struct worker *w = arg;
	char byte;

	w->message->kind = TELLS_PROGRESS;
	w->message->progress = *p;
	send(w->socket, w->message, sizeof *w->message, MSG_NOSIGNAL);
	return recv(w->socket, &byte, 1, MSG_DONTWAIT) < 0 && errno == EAGAIN;
}

/* The end of what it wrote to stderr. */
static void take_output(struct exec *x, struct explore_result *r)
{
	off_t end = lseek(x->stderr_copy, 0, SEEK_END),
	      from = end > (off_t)sizeof r->output - 1 ? end - (off_t)sizeof r->output + 1 : 0;
	ssize_t n = pread(x->stderr_copy, r->output, sizeof r->output - 1, from);

	r->output[n > 0 ? n : 0] = '\0';
}

static bool search(struct search *s, struct err *err)
{
	bool ok = s->opt->exhaustive ? exhaustive_all(s, err) : search_all(s, err);
	struct explore_result *r = s->result;

	if (!ok && !r->verdict && explore_told_to_stop) {
		/* broken off in an execution that takes long: what is known so far stands */
		*err = (struct err){0};
		r->exhausted = false;
		return true;
	}
	if (!ok || !r->verdict)
		return ok;
	r->steps = (u32)s->exec->steps.n;
	if (r->verdict != EXPLORE_ENDLESS)
		ok = shorten(s, err);
	r->fewest = !s->opt->exhaustive && r->switches <= r->preemptions;
	r->preemptions = r->by_pct ? r->switches : r->preemptions;
	choices_print(s->exec, &s->failing, r->choices, sizeof r->choices);
	take_output(s->exec, r);
	told_take(s->exec->told, s->exec);
	return ok;
}

static bool again(struct search *s, const char *text, u32 times, enum explore_verdict expected,
	u32 *same, struct err *err)
{
	struct plan p = {.pick = pick_next, .forced = &s->failing};

	*same = 0;
	if (!choices_parse(text, s->exec, &s->failing))
		return err_set(err, EXIT_INPUT, "these are no choices: %.60s", text);
	for (u32 i = 0; i < times; i++) {
		if (!search_execute(s, &p, err))
			return false;
		*same += s->exec->verdict == expected;
	}
	s->result->verdict = s->exec->verdict;
	s->result->steps = (u32)s->exec->steps.n;
	s->result->switches = preemptions_of(s->exec);
	choices_print(s->exec, &s->failing, s->result->choices, sizeof s->result->choices);
	take_output(s->exec, s->result);
	told_take(s->exec->told, s->exec);
	return true;
}

static void on_stop(int sig)
{
	(void)sig;
	explore_told_to_stop = 1;
}

static _Noreturn void work(int socket, pid_t parent, const struct explore_options *opt,
	struct told *told, const struct claim *claim, const char *choices, u32 times,
	enum explore_verdict expected)
{
	struct sigaction stop = {.sa_handler = on_stop};
	struct message *m = xmalloc(sizeof *m);
	struct worker w = {socket, m};
	struct exec *x = xmalloc(sizeof *x);
	struct search s = {.exec = x,
		.opt = opt,
		.result = &m->result,
		.started_ns = clock_ns(),
		.tell = tell,
		.tell_arg = &w};

	sigaction(SIGTERM, &stop, NULL);
	sigaction(SIGHUP, &stop, NULL);
	signal(SIGINT, SIG_IGN); /* the caller decides */
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	if (getppid() != parent)
		_exit(1);
	m->ok = exec_open(x, opt, told, &m->err);
	x->claim = claim;
	if (m->ok)
		m->ok = choices ? again(&s, choices, times, expected, &m->same, &m->err)
				: search(&s, &m->err);
	m->result.served = x->server != 0;
	m->result.hooked = x->hooked;
	m->result.stops = x->stops;
	m->result.seconds = (double)(clock_ns() - s.started_ns) / 1e9;
	exec_close(x);
	m->kind = TELLS_RESULT;
	send(socket, m, sizeof *m, MSG_NOSIGNAL);
	_exit(0);
}

/* ---- at the caller's ---- */

static bool tell_to_stop(int socket)
{
	struct timeval patience = {2, 0};

	setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	return send(socket, "s", 1, MSG_NOSIGNAL) == 1;
}

/* Told to stop it does so after the execution that runs; when that takes long, it is broken off. */
static bool listen_to(
	const struct explore_options *opt, int socket, pid_t worker, struct message *m)
{
	struct explore_progress nothing = {.left = -1};
	bool told = false;
	ssize_t n;

	for (;;) {
		n = recv(socket, m, sizeof *m, 0);
		if (n < 0 && errno == EAGAIN) {
			kill(worker, SIGTERM);
			continue;
		}
		if (n < 0 && errno == ECONNRESET)
			continue; /* it ended before it had read ours; what it said comes now */
		if (n != sizeof *m && !(n < 0 && errno == EINTR))
			return false;
		if (n > 0 && m->kind == TELLS_RESULT)
			return true;
		if (!told && opt->progress &&
			!opt->progress(opt->arg, n < 0 ? &nothing : &m->progress))
			told = tell_to_stop(socket);
	}
}

static bool in_a_process(const struct explore_options *opt, const char *choices, u32 times,
	enum explore_verdict expected, u32 *same, struct explore_result *result, struct err *err)
{
	struct told *told =
		mmap(NULL, sizeof *told, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct message *m = xmalloc(sizeof *m);
	struct claim *claim = NULL;
	int ends[2], status = 0;
	pid_t pid, self = getpid();
	bool ok;

	if (opt->invariant && !(claim = claim_create(opt, err))) {
		free(m);
		munmap(told, sizeof *told);
		return false;
	}
	if (told == MAP_FAILED || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0) {
		free(m);
		return err_sys(err, EXIT_MACHINE, "no socket pair");
	}
	pid = fork();
	if (pid == 0) {
		close(ends[0]);
		work(ends[1], self, opt, told, claim, choices, times, expected);
	}
	close(ends[1]);
	ok = pid > 0 && listen_to(opt, ends[0], pid, m);
	close(ends[0]);
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	*result = m->result;
	if (same)
		*same = m->same;
	if (!ok)
		err_set(err, EXIT_OURS, "the process that explores has ended (%s %d)",
			WIFSIGNALED(status) ? "signal" : "status",
			WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
	else if (!m->ok)
		*err = m->err;
	ok = ok && m->ok;
	if (ok && result->verdict)
		write_schedule(opt, told, result);
	for (u32 i = 0; i < told->names && i < TOLD_NAMES; i++)
		unlink(told->name[i]);
	munmap(told, sizeof *told);
	claim_destroy(claim);
	free(m);
	return ok;
}

bool explore_run(const struct explore_options *opt, struct explore_result *result, struct err *err)
{
	return in_a_process(opt, NULL, 0, EXPLORE_FINE, NULL, result, err);
}

bool explore_again(const struct explore_options *opt, const char *choices, u32 times,
	enum explore_verdict expected, u32 *same, struct explore_result *result, struct err *err)
{
	return in_a_process(opt, choices, times, expected, same, result, err);
}
