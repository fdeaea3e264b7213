/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "command/exercise.h"
#include "command/lib.h"
#include "command/screen.h"

#include <stdlib.h>
#include <string.h>

const struct command command_table[] = {
	{
		.name = "cc",
		.args = "[GCC OPTIONS]",
		.summary = "compile so that accesses to shared memory can be stepped",
		.example = "ipclab cc -Wall -o ring ring.c\n"
			   "ipclab cc -c ring.c && ipclab cc -o ring ring.o\n"
			   "IPCLAB_CC=gcc-13 ipclab cc -O2 -o ring ring.c\n",
		.run = command_cc,
		.words_pass = true,
	},
	{
		.name = "check",
		.args = "[ID]",
		.summary = "judge your program for an exercise",
		.example = "ipclab check pipe-eof\n"
			   "ipclab check --watch\n",
		.run = command_check,
		.options = {
			EXERCISES_OPTION,
			FOLDER_OPTION,
			{"again", 0, NULL, "run it though it passed and has not changed"},
			{"json", 0, NULL, "the result as JSON on standard output"},
			{"screen", 0, NULL, "on the screen: see the failure happen, edit, test again"},
			{"watch", 0, NULL, "check again whenever you save, until it passes"},
		},
	},
	{
		.name = "doctor",
		.args = "",
		.summary = "say what this machine allows, and how to mend what it does not",
		.example = "ipclab doctor\n"
			   "ipclab doctor --json\n",
		.run = command_doctor,
		.options = {
			{"json", 0, NULL, "as JSON on standard output"},
		},
	},
	{
		.name = "drill",
		.args = "pipe|fork|ring|mq",
		.summary = "a small program made for you, and one question: what will it do?",
		.example = "ipclab drill pipe\n"
			   "ipclab drill fork --seed 7              # the same program as your neighbour\n"
			   "ipclab drill mq --seed 7 --no-input     # program, question and answer, for paper\n",
		.run = command_drill,
		.options = {
			{"answer", 0, "TEXT", "your answer, as it would be typed: nothing is asked"},
			{"json", 0, NULL, "program, question, answer and what happened as JSON; nothing is asked"},
			{"no-input", 0, NULL, "ask nothing: print the answer after the question"},
			{"plain", 0, NULL, "words, as always here"},
			{"seed", 0, "N", "which program; a fresh one when left out, and printed"},
			{"width", 0, "N", "break lines at N columns, 78 when left out"},
		},
	},
	{
		.name = "exercises",
		.args = "",
		.summary = "list the exercises",
		.example = "ipclab exercises\n",
		.run = command_exercises,
		.options = {
			EXERCISES_OPTION,
			{"json", 0, NULL, "as JSON on standard output"},
		},
	},
	{
		.name = "explore",
		.args = "-- CMD...",
		.summary = "run a program in every order within a bound, until one breaks it; write that schedule",
		.example = "ipclab cc -o race race.c && ipclab explore -- ./race\n"
			   "ipclab explore --preemptions 2 -o race.sched -- ./race 3\n"
			   "ipclab explore --invariant 'shm.in - shm.out <= 4' -- ./ring\n",
		.run = command_explore,
		.command_follows = true,
		.options = {
			{"exhaustive", 0, NULL, "every order, without a bound: for small programs"},
			{"force", 0, NULL, "overwrite FILE when it is there already"},
			{"invariant", 0, "EXPR", "must hold after every step, over names in shared memory"},
			{"json", 0, NULL, "as JSON on standard output"},
			{"output", 'o', "FILE", "write the failing schedule there; PROGRAM.sched when left out"},
			{"preemptions", 0, "N", "at most so many preemptions; rising without end when left out"},
			{"reset", 0, "CMD", "run before each execution: brings back what it changes"},
			{"schedules", 0, "N", "at most so many executions, 20000 when left out"},
			{"seconds", 0, "N", "at most so long"},
			{"seed", 0, "S", "of the random part"},
			{"steps", 0, "N", "at most so many steps in one execution, 20000 when left out"},
			{"show", 0, NULL, "what the program writes goes to standard error"},
			{"threads", 0, NULL, "memory that threads share counts, too"},
		},
	},
	{
		.name = "grade",
		.args = "--exercise ID PATH...",
		.summary = "judge what was handed in: one submission, or a folder of them",
		.example = "ipclab grade --exercise pipe-eof submissions/ --jobs 2 --out json:results --out text:feedback --out csv:marks.csv\n"
			   "ipclab grade --exercise pipe-eof submissions/ --out json:results --resume\n"
			   "ipclab grade --exercise pipe-eof pipe_eof.c\n",
		.run = command_grade,
		.options = {
			{"exercise", 0, "ID", "which exercise"},
			EXERCISES_OPTION,
			{"jobs", 'j', "N", "so many at a time, 1 when left out"},
			{"out", 0, "FORMAT:PATH...", "json:DIR (a result file each), text:DIR (the same in words, to hand back), csv:FILE, junit:FILE; may be repeated"},
			{"resume", 0, NULL, "leave out what was judged before and has not changed"},
		},
	},
	{
		.name = "help",
		.args = "[VERB]",
		.summary = "say what a verb does",
		.example = "ipclab help watch\n",
		.run = command_help,
	},
	{
		.name = "hint",
		.args = "[ID]",
		.summary = "help with an exercise, a little more each time",
		.example = "ipclab hint pipe-eof\n",
		.run = command_hint,
		.options = {
			EXERCISES_OPTION,
			FOLDER_OPTION,
		},
	},
	{
		.name = "lab",
		.args = "ID [-- ARGUMENTS]",
		.summary = "start a lab's programs, hold them, and step them at a prompt",
		.example = "ipclab lab pipe --plain\n"
			   "ipclab lab pipe --plain -- tidy\n"
			   "printf 'step P1\\nlook\\n' | ipclab lab pipe --plain\n",
		.run = command_lab,
		.options = {
			{"plain", 0, NULL, "words at a prompt, or from a script on standard input"},
			SCREEN_OPTIONS,
			{"step", 0, "N", "begin at step N; with --verify: that step alone"},
			{"verify", 0, NULL, "drive the lab by its own guide; exit 1 at the first thing that does not hold"},
			{"width", 0, "N", "break lines at N columns, 78 when left out"},
		},
	},
	{
		.name = "labs",
		.args = "",
		.summary = "list the labs",
		.example = "ipclab labs\n",
		.run = command_labs,
		.options = {
			{"json", 0, NULL, "as JSON on standard output"},
		},
	},
	{
		.name = "lint",
		.args = "DIR",
		.summary = "check exercises and labs that you write",
		.example = "ipclab lint exercises/03-pipe-eof\n"
			   "ipclab lint exercises --times 10\n"
			   "ipclab lint exercises/03-pipe-eof --only parent_keeps_write_end.c\n",
		.run = command_lint,
		.options = {
			{"compare", 0, NULL, "a table: what a grader sees of the mutants that looks at output and status alone"},
			{"only", 0, "NAME", "only this mutant (its file's name), or starter, solution, other-NAME"},
			{"times", 0, "N", "judge the correct programs N times"},
		},
	},
	{
		.name = "progress",
		.args = "",
		.summary = "say what was done so far",
		.example = "ipclab progress\n",
		.run = command_progress,
		.options = {
			{"json", 0, NULL, "as JSON on standard output"},
		},
	},
	{
		.name = "quiz",
		.args = "",
		.summary = "20 beliefs about IPC, each put to programs that run; then which to look at again",
		.example = "ipclab quiz\n"
			   "ipclab quiz --seed 7              # the same questions as your neighbour\n"
			   "ipclab quiz --seed 7 --json       # which they are\n",
		.run = command_quiz,
		.options = {
			{"json", 0, NULL, "which questions they are, as JSON on standard output; nothing is asked"},
			{"questions", 0, "N", "so many, 20 when left out"},
			{"seed", 0, "N", "which of them; a fresh one when left out"},
			{"width", 0, "N", "break lines at N columns, 78 when left out"},
		},
	},
	{
		.name = "replay",
		.args = "FILE.ipclog|FILE.sched",
		.summary = "look back and forward in a recording; make a schedule's choices again, on fresh processes",
		.example = "ipclab replay seq.ipclog --plain\n"
			   "ipclab replay run.sched\n",
		.run = command_replay,
		.options = {
			{"again", 0, "N", "a schedule that explore found: run in this order N times, and say how often it failed"},
			{"json", 0, NULL, "print every event as one line of JSON"},
			{"lines", 0, NULL, "with --json: add the source line to each event"},
			{"plain", 0, NULL, "words at a prompt, or from a script on standard input"},
			SCREEN_OPTIONS,
			{"quiet", 0, NULL, "print nothing: read it and say whether it is sound"},
			{"width", 0, "N", "break lines at N columns, 78 when left out"},
		},
	},
	{
		.name = "report",
		.args = "LAB",
		.summary = "what you did in a lab: steps, predictions, experiments, pictures",
		.example = "ipclab report pipe -o pipe.html\n"
			   "ipclab report pipe > pipe.md\n",
		.run = command_report,
		.options = {
			{"force", 0, NULL, "overwrite FILE when it is there already"},
			{"html", 0, NULL, "HTML in place of Markdown; as a FILE that ends in .html"},
			{"output", 'o', "FILE", "write it there; standard output when left out"},
		},
	},
	{
		.name = "reset",
		.args = "[ID]",
		.summary = "bring an exercise's files back as they were; yours are kept",
		.example = "ipclab reset pipe-eof\n",
		.run = command_reset,
		.options = {
			EXERCISES_OPTION,
			FOLDER_OPTION,
			{"yes", 'y', NULL, "do not ask"},
		},
	},
	{
		.name = "review",
		.args = "",
		.summary = "answer the predictions that are due again, about 3 minutes",
		.example = "ipclab review\n"
			   "ipclab review --plain\n"
			   "ipclab review --json              # what is due\n",
		.run = command_review,
		.options = {
			{"json", 0, NULL, "what is due, as JSON on standard output; nothing is asked"},
			{"plain", 0, NULL, "words at a prompt, or from a script on standard input"},
			SCREEN_OPTIONS,
			{"width", 0, "N", "break lines at N columns, 78 when left out"},
		},
	},
	{
		.name = "solution",
		.args = "[ID]",
		.summary = "show the solution, once yours has passed",
		.example = "ipclab solution pipe-eof\n",
		.run = command_solution,
		.options = {
			EXERCISES_OPTION,
			FOLDER_OPTION,
		},
	},
	{
		.name = "start",
		.args = "ID",
		.summary = "begin an exercise: a folder to work in",
		.example = "ipclab start pipe-eof\n",
		.run = command_start,
		.options = {
			{"edit", 'e', NULL, "open its first file in $EDITOR"},
			EXERCISES_OPTION,
			FOLDER_OPTION,
		},
	},
	{
		.name = "watch",
		.args = "-- CMD... | -p PID",
		.summary = "run a program, or attach to a running one, and follow what its processes say to each other",
		.example = "ipclab watch --plain -- sh -c 'seq 100 | sort | head -3'\n"
			   "ipclab watch --quiet -o seq.ipclog -- sh -c 'seq 100 | sort'\n"
			   "ipclab watch -- make -j4\n"
			   "ipclab watch --held -- ./ring            # built by ipclab cc: each load and store a step\n"
			   "ipclab watch -p 4121\n",
		.run = command_watch,
		.command_follows = true,
		.options = {
			{"contents", 0, NULL, "record the first bytes of what is sent, too"},
			{"force", 0, NULL, "overwrite FILE when it is there already"},
			{"held", 0, NULL, "begin held before its first operation, to be stepped"},
			{"json", 0, NULL, "print every event as one line of JSON"},
			{"lines", 0, NULL, "with --json: add the source line to each event"},
			{"output", 'o', "FILE", "record into FILE"},
			{"pid", 'p', "PID...", "attach to this process and its descendants; may be repeated\n"
				     "                       ^C and q let go unharmed; killed by SIGKILL, ipclab may leave a call with EINTR"},
			{"plain", 0, NULL, "print every event in words, on standard error"},
			SCREEN_OPTIONS,
			{"quiet", 0, NULL, "print nothing"},
			{"threads", 0, NULL, "with ipclab cc: follow the memory that threads share, not their calls only"},
		},
	},
	{
		.name = "why",
		.args = "[-- CMD... | -p PID | -n NAME]",
		.summary = "say who waits for whom, and whether anybody is left who could wake them",
		.example = "ipclab why                        # everything of mine that is stuck\n"
			   "ipclab why -p 4121\n"
			   "ipclab why -- make test           # it waits, and is no HANG? ^C says where\n"
			   "ipclab why --within 60s -- make test   # in CI: as timeout(1), and why\n",
		.run = command_why,
		.command_follows = true,
		.options = {
			{"json", 0, NULL, "the answer as JSON on standard output"},
			{"markdown", 0, NULL, "the answer as a block to paste into a bug report"},
			{"name", 'n', "NAME...", "look at the processes of that name; may be repeated"},
			{"only", 0, NULL, "with -p, -n: those alone, not their descendants and whom they share with"},
			{"pid", 'p', "PID...", "look at that process; may be repeated"},
			{"redact", 0, NULL, "leave out the names of files, queues, sockets and programs, and arguments"},
			{"within", 0, "TIME", "end CMD when it is not done by then (60s, 500ms, 5m): exit 124, else CMD's status"},
		},
	},
	{.name = NULL},
};

const struct command *command_find(const char *name)
{
	for (const struct command *c = command_table; c->name; c++)
		if (strcmp(c->name, name) == 0)
			return c;
	return NULL;
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Levenshtein's distance, one row at a time; letters swapped count two. Words over 31 are far. */
static size_t edit_distance(const char *a, const char *b)
{
	size_t row[32];
	size_t n = strlen(b);

	if (strlen(a) > 31 || n > 31)
		return SIZE_MAX;
	for (size_t j = 0; j <= n; j++)
		row[j] = j;
	for (size_t i = 1; a[i - 1]; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= n; j++) {
			size_t change = diagonal + (a[i - 1] != b[j - 1]);

			diagonal = row[j];
			row[j] = least(change, 1 + least(row[j], row[j - 1]));
		}
	}
	return row[n];
}

const char *word_nearest(const char *word, const char *const *words, size_t n)
{
	size_t nearest = SIZE_MAX;
	const char *found = NULL;

	for (size_t i = 0; i < n; i++) {
		size_t d = edit_distance(word, words[i]);

		if (d < nearest) {
			nearest = d;
			found = words[i];
		}
	}
	/* Half of its letters must have been right, and a short word leaves no room for two errors. */
	return found && nearest <= 3 && 2 * nearest <= strlen(found) ? found : NULL;
}

/* What others call it. */
static const char *known_as(const char *word)
{
	static const struct {
		const char *word, *verb;
	} others[] = {{"man", "help"}, {"explain", "help"}, {"usage", "help"}, {"strace", "watch"}, {"trace", "watch"}, {"run", "watch"},
		{"record", "watch"}, {"ps", "why"}, {"test", "check"}, {"list", "labs"}, {"gcc", "cc"}, {"compile", "cc"},
		{"show", "replay"}, {"open", "lab"}, {"fuzz", "explore"}, {"stats", "progress"}, {"status", "progress"}, {"new", "start"}};

	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		if (strcmp(word, others[i].word) == 0)
			return others[i].verb;
	return NULL;
}

bool command_unknown(const char *word, struct err *err)
{
	const char *names[64];
	const char *near = known_as(word);
	size_t n = 0;

	if (command_misplaced("verb", word, err))
		return false;
	for (const struct command *c = command_table; c->name && n < ARRAY_LEN(names); c++)
		names[n++] = c->name;
	near = near ? near : word_nearest(word, names, n);
	if (near)
		return err_set(err, EXIT_USAGE, "there is no verb '%s'; did you mean '%s'?", word, near);
	return err_set(err, EXIT_USAGE, "there is no verb '%s'; ipclab --help lists them", word);
}
