/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A log as a stream of lines, for watch and replay: JSON or words, one event after the other.
 */
#ifndef COMMAND_STREAM_H
#define COMMAND_STREAM_H

#include <stdio.h>

#include "view/lib.h"

enum stream_form { STREAM_QUIET, STREAM_JSON, STREAM_WORDS };

struct stream {
	struct log_reader *reader; /* the stream's */
	struct world *world;
	struct typed *typed;     /* C types of segments */
	struct sources *sources; /* NULL: no source lines */
	enum stream_form form;
	bool lines;       /* JSON: with "at" */
	bool keep_notes;  /* the log is being forgotten: notes are copied */
	bool notes_taken; /* all of them, before the first event */
	FILE *out;
	u64 pos;
	VEC(void *) notes;
	struct str text;
};

/* `reader` becomes the stream's. */
void stream_init(struct stream *, struct log_reader *, enum stream_form, bool lines, FILE *out);
void stream_finish(struct stream *);
/* For a finished log: source lines were added at its end, and are needed from its begin. */
void stream_take_notes(struct stream *);
/* Prints what is new in the log; false when there was nothing. */
bool stream_drain(struct stream *);
/* The total line, in JSON or words. */
void stream_total(struct stream *);

#endif
