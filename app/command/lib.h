/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * command: the verbs. One file per verb, one alphabetical table for all of them; the table serves
 * the command line, --help and the man page's list. A verb may print; only main.c ends the process.
 *
 * file       | what it holds
 * table.c    | the table of verbs; the verb nearest to a mistyped one
 * options.c  | a verb's options, taken from its row of the table
 * start.c    | from the command line to a verb; what is said without one
 * help.c     | `ipclab --help`, `ipclab help VERB`, `ipclab VERB --help`
 * misplaced.c | a word that is known, but as something else
 * version.c  | `ipclab --version`
 * NAME.c     | the verb NAME
 */
#ifndef COMMAND_LIB_H
#define COMMAND_LIB_H

#include "base/lib.h"

enum { OPTIONS_MAX = 16 };

/* An option of a verb: --name, and -letter if there is one; value names what follows, NULL: none. One that ends in
 * "..." may be repeated: its values are joined by commas. */
struct command_option {
	const char *name;
	char letter;
	const char *value;
	const char *text; /* for --help, one line */
};

/* What a verb is run with. */
struct invocation {
	const struct command *command;
	const char *given[OPTIONS_MAX]; /* by place in command->options; NULL: not given */
	int argc;                       /* operands: what is left after the options */
	char **argv;                    /* argv[argc] is NULL */
	bool no_input;                  /* --no-input: nothing may be asked */
	bool dashes;                    /* -- was among the words: a command is meant */
	int status;                     /* exit code of a run that succeeded, EXIT_DONE unless set */
};

struct command {
	const char *name;
	const char *args;    /* as in the synopsis: "ID [--plain]" */
	const char *summary; /* one line, no full stop */
	const char *example; /* whole lines, each ending in a newline: --help begins with them */
	/* False: err says what went wrong and which exit code it leads to. */
	bool (*run)(struct invocation *, struct err *);
	bool command_follows; /* options end at the first operand: the rest is another program's */
	bool words_pass;      /* every word is another program's, but for --help alone */
	struct command_option options[OPTIONS_MAX]; /* up to a NULL name */
};

/* Runs a whole command line. True: *status is the exit code. False: err is, and has not been said. */
bool command_line(int argc, char **argv, int *status, struct err *);

/* The value of an option ("" when it has none), NULL when it was not given. */
const char *option_value(const struct invocation *, const char *name);
static inline bool option_given(const struct invocation *inv, const char *name)
{
	return option_value(inv, name) != NULL;
}

/* The option as a number of at most `most`; left as it is when it was not given. EXIT_USAGE. (options.c) */
bool number_option(const struct invocation *, const char *name, u64 most, u64 *value, struct err *);

/* Fills given[], argc and argv from words (NULL at the end), which it reorders. Sets *help when
 * --help was among them. */
bool options_read(struct invocation *, int argc, char **argv, bool *help, struct err *);

extern const struct command command_table[]; /* alphabetical, ends with a NULL name */
const struct command *command_find(const char *name); /* NULL: there is none */
/* The word of `words` (n of them) that `word` was probably meant to be, NULL when none is near. */
const char *word_nearest(const char *word, const char *const *words, size_t n);
/* A word that is no `wanted` ("verb", "lab", "exercise") may be a lab or an exercise: true, and err says how that is begun. */
bool command_misplaced(const char *wanted, const char *word, struct err *);
/* "there is no verb x; did you mean y?": always false. */
bool command_unknown(const char *word, struct err *);

void help_print(void);
void help_print_verb(const struct command *);
void version_print(void);
/* `ipclab` without a verb. */
bool command_home(int *status, struct err *);

/* The verbs, one file each. */
bool command_cc(struct invocation *, struct err *);
bool command_doctor(struct invocation *, struct err *);
bool command_drill(struct invocation *, struct err *);
bool command_explore(struct invocation *, struct err *);
bool command_check(struct invocation *, struct err *);
bool command_exercises(struct invocation *, struct err *);
bool command_grade(struct invocation *, struct err *);
bool command_help(struct invocation *, struct err *);
bool command_hint(struct invocation *, struct err *);
bool command_lab(struct invocation *, struct err *);
bool command_labs(struct invocation *, struct err *);
bool command_lint(struct invocation *, struct err *);
bool command_progress(struct invocation *, struct err *);
bool command_quiz(struct invocation *, struct err *);
bool command_replay(struct invocation *, struct err *);
bool command_report(struct invocation *, struct err *);
bool command_reset(struct invocation *, struct err *);
bool command_review(struct invocation *, struct err *);
bool command_solution(struct invocation *, struct err *);
bool command_start(struct invocation *, struct err *);
bool command_watch(struct invocation *, struct err *);
bool command_why(struct invocation *, struct err *);

#endif
