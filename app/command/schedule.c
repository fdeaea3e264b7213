/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ipclab replay FILE.sched: the program of a schedule on fresh processes, brought to its end by the
 * same choices, and from there on live. */
#include "command/schedule.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command/plain.h"
#include "command/screen.h"
#include "command/stream.h"
#include "explore/lib.h"

enum { FILE_MAX = 64 << 20 };

struct replaying {
	const char *path;
	struct schedule sched;
	struct labs labs;
	const struct lab *lab; /* NULL: a command */
	u32 program;           /* of the lab */
	bool threads;          /* memory that threads share is stepped, too */
	bool files;            /* calls on files are stepped, too */
	bool signals;          /* setting what a signal does is stepped, and one comes before a call that may sleep */
	bool times;            /* of private futexes too */
	bool relocks;          /* who was signalled takes its mutex when that is chosen */
	char **argv;           /* of the command; of the lab: arguments, NULL: those it names */
	char values[GUIDE_SETTINGS_MAX][12]; /* of the lab's parameters; "": not set */
	struct str said;                     /* what is to be said once it is there */
	char explored[2100];                 /* "WRONG 0:2 5:3"; "": explore did not find it */
	int status;                          /* that the first process ended with then; -1: not said */
	char *invariant;                     /* that did not hold; NULL: none was claimed */
	struct err misfit;                   /* code 0: every choice was made */
	struct err elsewhere; /* code 0: and they led to what explore found, if it did */
};

/* ---- the file ---- */

static bool read_all(const char *path, struct str *text, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char bytes[65536];
	ssize_t n = 0;

	str_add(text, "");
	while (fd >= 0 && (n = read(fd, bytes, sizeof bytes)) > 0 && text->len <= FILE_MAX)
		str_add_bytes(text, bytes, (size_t)n);
	if (fd < 0 || n < 0) {
		err_sys(err, EXIT_INPUT, "%s cannot be read", path);
		if (fd >= 0)
			close(fd);
		return false;
	}
	close(fd);
	return text->len <= FILE_MAX ||
	       err_set(err, EXIT_INPUT, "%s is longer than a schedule can be", path);
}

static bool bad_setting(struct replaying *r, struct err *err, const char *fmt, ...)
	PRINTF_LIKE(3, 4);
static bool bad_setting(struct replaying *r, struct err *err, const char *fmt, ...)
{
	struct str text = {0};
	va_list ap;

	va_start(ap, fmt);
	str_vaddf(&text, fmt, ap);
	va_end(ap);
	err_set(err, EXIT_INPUT, "%s: %s", r->path, text.s);
	str_finish(&text);
	return false;
}

/* A parameter of the lab, as `set size 4` has it. */
static bool take_parameter(
	struct replaying *r, const char *name, const char *value, struct err *err)
{
	const struct guide *g = r->lab->guide;
	size_t at = guide_setting(g, name);
	unsigned long n = strtoul(value, NULL, 10);

	if (at == g->settings.n)
		return bad_setting(r, err, "lab %s has no setting '%.40s'", r->lab->id, name);
	if (!*value || strlen(value) > 6 || strspn(value, "0123456789") != strlen(value) ||
		n < g->settings.at[at].from || n > g->settings.at[at].to)
		return bad_setting(r, err, "%s is a number from %u to %u, not '%.40s'", name,
			g->settings.at[at].from, g->settings.at[at].to, value);
	snprintf(r->values[at], sizeof r->values[at], "%lu", n);
	return true;
}

/* "program NAME" and "arguments ...", as session_schedule writes them; or written by hand. */
static bool take_setting(struct replaying *r, const char *name, const char *value, struct err *err)
{
	if (strcmp(name, "threads") == 0 && strcmp(value, "yes") == 0) {
		r->threads = true;
		return true;
	}
	if (!r->lab && strcmp(name, "files") == 0 && strcmp(value, "yes") == 0) {
		r->files = true;
		return true;
	}
	if (strcmp(name, "signals") == 0 && strcmp(value, "yes") == 0) {
		r->signals = true;
		return true;
	}
	if (strcmp(name, "times") == 0 && strcmp(value, "yes") == 0) {
		r->times = true;
		return true;
	}
	if (strcmp(name, "relocks") == 0 && strcmp(value, "yes") == 0) {
		r->relocks = true;
		return true;
	}
	if (strcmp(name, "explore") == 0) { /* the same choices as explore counts them */
		snprintf(r->explored, sizeof r->explored, "%s", value);
		return true;
	}
	if (!r->lab && strcmp(name, "status") == 0 && *value && strlen(value) < 4 &&
		strspn(value, "0123456789") == strlen(value)) {
		r->status = atoi(value);
		return true;
	}
	if (strcmp(name, "invariant") == 0) {
		free(r->invariant);
		r->invariant = xstrdup(value);
		return true;
	}
	if (!r->lab)
		return bad_setting(r, err, "a command has no setting '%.40s'", name);
	if (strcmp(name, "arguments") == 0) {
		schedule_argv_finish(r->argv);
		r->argv = schedule_argv(value);
		return r->argv ||
		       bad_setting(r, err, "a quote in the lab's arguments is not closed");
	}
	if (strcmp(name, "program") != 0)
		return take_parameter(r, name, value, err);
	for (size_t i = 0; i < r->lab->guide->programs.n; i++)
		if (strcmp(r->lab->guide->programs.at[i].name, value) == 0) {
			r->program = (u32)i;
			return true;
		}
	return bad_setting(r, err, "lab %s has no program '%.60s'", r->lab->id, value);
}

/* The arguments that the lab names, with the parameters that were set put in. */
static void fill_arguments(struct replaying *r)
{
	const struct guide *g = r->lab->guide;
	const struct guide_program *p = &g->programs.at[r->program];
	bool set = false;

	for (size_t i = 0; i < GUIDE_SETTINGS_MAX; i++)
		set |= r->values[i][0] != 0;
	if (r->argv || !set)
		return;
	r->argv = xmalloc((p->args_n + 1) * sizeof *r->argv);
	for (u32 i = 0; i < p->args_n; i++) {
		size_t at = p->args[i][0] == '$' ? guide_setting(g, p->args[i] + 1) : g->settings.n;

		r->argv[i] = xstrdup(
			at < g->settings.n && r->values[at][0] ? r->values[at] : p->args[i]);
	}
}

static bool take_settings(struct replaying *r, struct err *err)
{
	bool ok = true;

	for (const char *line = r->sched.settings; ok && line && *line;) {
		size_t n = strcspn(line, "\n");
		char *name = strndup(line, n), *value = name + strcspn(name, " ");

		*value++ = '\0'; /* the parser puts exactly one blank there */
		ok = take_setting(r, name, value, err);
		free(name);
		line += n + (line[n] == '\n');
	}
	if (ok && r->lab)
		fill_arguments(r);
	return ok;
}

static bool replaying_open(struct replaying *r, struct err *err)
{
	struct str text = {0};
	bool ok = read_all(r->path, &text, err) &&
		  schedule_parse(text.s, text.len, r->path, &r->sched, err);

	str_finish(&text);
	if (!ok)
		return false;
	if (r->sched.lab) {
		r->lab = labs_find(&r->labs, err) ? labs_get(&r->labs, r->sched.lab, err) : NULL;
		if (!r->lab)
			err->code = EXIT_INPUT;
		return r->lab ? take_settings(r, err) : err_wrap(err, "%s", r->path);
	}
	if (!r->sched.command)
		return err_set(err, EXIT_INPUT,
			"%s does not say what is run: a line 'command: ./ring 3' or 'lab: pipe' "
			"must stand in it",
			r->path);
	if (!take_settings(r, err))
		return false;
	r->argv = schedule_argv(r->sched.command);
	if (!r->argv || !r->argv[0])
		return err_set(
			err, EXIT_INPUT, "%s: a quote in its command is not closed", r->path);
	return true;
}

static void replaying_close(struct replaying *r)
{
	schedule_finish(&r->sched);
	schedule_argv_finish(r->argv);
	labs_finish(&r->labs);
	str_finish(&r->said);
	free(r->invariant);
}

/* ---- fresh processes ---- */

static struct session *start(struct replaying *r, struct err *err)
{
	struct session_live live = {
		.run = {.tracer = {.held = true,
				.contents = true,
				.terminals = true,
				.sites = true,
				.files = r->files,
				.signals = r->signals,
				.relocks = r->relocks,
				.times = r->times,
				.threads = r->threads},
			.pin = true},
		.launch = {.argv = r->argv, .fds = {-1, -1, -1}},
		.terminal = true,
		.alone = r->explored[0] != 0, /* as in explore */
		.title = r->sched.command,
	};

	return r->lab ? lab_start(r->lab, r->program, (const char *const *)r->argv, err)
		      : session_start(&live, err);
}

/* A program that was built anew may well do the same calls: the choices will show. */
static void compare_builds(struct replaying *r, struct session *s)
{
	struct schedule now;
	struct err ignored = {0};

	if (!r->sched.build || !session_schedule(s, UINT64_MAX, &now, &ignored))
		return;
	if (now.build && strcmp(now.build, r->sched.build) != 0) {
		if (r->misfit.code)
			strncat(r->misfit.text, ". The schedule is of another build of the program",
				sizeof r->misfit.text - strlen(r->misfit.text) - 1);
		else
			str_add(&r->said, "This schedule is of another build of the program; every "
					  "line of it "
					  "fits all the same.\n");
	}
	schedule_finish(&now);
}

/* What explore found; FINE: it did not find this schedule. */
static enum explore_verdict expected(const struct replaying *r)
{
	size_t n = strcspn(r->explored, " ");

	for (int v = EXPLORE_WRONG; n && v <= EXPLORE_ENDLESS; v++)
		if (strlen(explore_verdict_name(v)) == n && memcmp(explore_verdict_name(v), r->explored, n) == 0)
			return v;
	return EXPLORE_FINE;
}

/* Every choice could be made: and did they lead where they led explore? */
static void compare_verdicts(struct replaying *r, struct session *s)
{
	enum explore_verdict verdict = expected(r);
	struct str instead = {0};

	if (!explore_reached(timeline_now(session_timeline(s)), verdict, r->status, &instead))
		err_set(&r->elsewhere, EXIT_INPUT, "%s: all its choices were made, and its %s did not come of them: %s", r->path,
			explore_verdict_name(verdict), str_get(&instead));
	else if (verdict == EXPLORE_INVARIANT && r->invariant && explore_claim_holds(s, r->invariant))
		err_set(&r->elsewhere, EXIT_INPUT, "%s: all its choices were made, and %s holds", r->path, r->invariant);
	if (r->elsewhere.code) {
		str_add_harmless(&r->said, r->elsewhere.text);
		str_add(&r->said, ".\n");
	}
	str_finish(&instead);
}

/* A misfit is no failure to start: the session stands there, and can be looked at. */
static struct session *start_and_follow(void *arg, struct err *err)
{
	struct replaying *r = arg;
	struct session *s = start(r, err);
	u32 done;

	if (!s)
		return NULL;
	str_clear(&r->said);
	r->misfit = r->elsewhere = (struct err){0};
	if (session_follow(s, &r->sched, r->path, &done, &r->misfit))
		compare_verdicts(r, s);
	if (!r->misfit.code)
		str_addf(&r->said, "%u choice%s made again.\n", done, done == 1 ? "" : "s");
	compare_builds(r, s);
	if (r->misfit.code) {
		str_add_harmless(&r->said, r->misfit.text);
		str_addf(&r->said, ". %u of %u choices were made.\n", done, r->sched.n);
	}
	str_add_harmless(&r->said, session_notes(s));
	return s;
}

/* ---- shown ---- */

static bool as_stream(struct invocation *inv, struct replaying *r, struct err *err)
{
	struct session *s = start_and_follow(r, err);
	struct stream stream;

	if (!s)
		return false;
	stream_init(&stream, timeline_reader(session_timeline(s)),
		option_given(inv, "json") ? STREAM_JSON : STREAM_QUIET, option_given(inv, "lines"),
		stdout);
	stream_take_notes(&stream);
	while (stream_drain(&stream))
		;
	stream_total(&stream);
	stream.reader = NULL; /* the session's */
	stream_finish(&stream);
	session_end(s);
	*err = r->misfit.code ? r->misfit : r->elsewhere;
	return !err->code;
}

static struct session *restart(void *arg, struct err *err)
{
	return start_and_follow(arg, err);
}

static bool as_shell(struct invocation *inv, struct replaying *r, struct err *err)
{
	struct shell_options options = {.restart = restart, .restart_arg = r};
	struct session *s = start_and_follow(r, err);

	if (!s)
		return false;
	if (r->misfit.code && !isatty(STDIN_FILENO)) {
		session_end(s);
		*err = r->misfit;
		return false;
	}
	if (r->explored[0] && !r->misfit.code) {
		struct str told = {0};

		schedule_tell(&r->sched, &told);
		str_add_harmless(&r->said, told.s);
		str_finish(&told);
	}
	str_add(&r->said,
		"What comes now is your choice: step, why, back, help for all commands.\n");
	if (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO))
		options.greeting = r->said.s;
	else
		fputs(r->said.s, stdout);
	if (!plain_run(inv, s, &options, err))
		return false;
	if (r->elsewhere.code && !isatty(STDIN_FILENO) && !inv->status)
		inv->status = EXIT_INPUT;
	return true;
}

static bool as_screen(struct invocation *inv, struct replaying *r, struct err *err)
{
	struct tui_start from = {
		.start = start_and_follow, .arg = r, .title = r->path, .said = &r->said};
	struct tui_options options;

	return screen_options(inv, &options, err) && tui_run(&from, &options, err);
}

/* ---- what explore found, once more ---- */

static bool again(struct invocation *inv, struct replaying *r, struct err *err)
{
	struct explore_options o = {.argv = r->argv, .stdin_fd = STDIN_FILENO, .threads = r->threads,
		.invariant = r->invariant};
	unsigned long times = strtoul(option_value(inv, "again"), NULL, 10);
	const char *choices = r->explored + strcspn(r->explored, " ");
	struct explore_result result;
	enum explore_verdict verdict = expected(r);
	u32 same;

	if (!times || times > 1000000)
		return err_set(err, EXIT_USAGE, "--again is a number from 1 to 1000000, not '%.40s'", option_value(inv, "again"));
	if (!r->explored[0])
		return err_set(err, EXIT_INPUT, "%s was not found by explore: --again needs its line 'set explore ...'", r->path);
	if (!verdict)
		return err_set(err, EXIT_INPUT, "%s: '%.40s' is no verdict of explore", r->path, r->explored);
	if (!explore_again(&o, choices, (u32)times, verdict, &same, &result, err))
		return false;
	printf("%u of %lu executions in this order: %s.\n", same, times, explore_verdict_name(verdict));
	inv->status = same == times ? EXIT_DONE : EXIT_FAILED;
	return true;
}

bool schedule_replay(struct invocation *inv, const char *path, struct err *err)
{
	struct replaying r = {.path = path, .status = -1};
	bool ok = replaying_open(&r, err);

	if (ok && option_given(inv, "again"))
		ok = again(inv, &r, err);
	else if (ok && (option_given(inv, "json") || option_given(inv, "quiet")))
		ok = as_stream(inv, &r, err);
	else if (ok)
		ok = plain_wanted(inv) ? as_shell(inv, &r, err) : as_screen(inv, &r, err);
	replaying_close(&r);
	return ok;
}
