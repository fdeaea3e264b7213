/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lab: a lab being worked through: the processes of its programs, as its guide moves them. What
 * shell, screen and --verify have in common.
 *
 * file     | what it holds
 * host.c   | guide_host over a session
 * places.c | files beside a lab: labs/misconceptions.yaml
 */
#ifndef LAB_LIB_H
#define LAB_LIB_H

#include "guide/lib.h"
#include "session/lab.h"
#include "session/lib.h"

struct lab_host {
	const struct lab *lab;
	const struct guide *guide;
	struct session **
		place; /* where the session is kept: a fresh one replaces (and ends) what is there */
	void (*began)(void *arg); /* a fresh session is in place; may be NULL */
	void *began_arg;
	struct session *own; /* `place` of a host that nobody else looks at */
	const char *actors[LAB_ACTORS_MAX + 1];
};

/* A guide_host that moves this lab's programs. place NULL: it keeps the session to itself. The
 * lab_host stays where it is as long as the guide_host is used. */
struct guide_host lab_host_open(
	struct lab_host *, const struct lab *, const struct guide *, struct session **place);
/* Ends its own session, never one that lies elsewhere. */
void lab_host_close(struct lab_host *);

/* labs/misconceptions.yaml beside the lab's folder; NULL without an error when there is none. */
struct beliefs *lab_beliefs(const struct lab *, struct err *);

#endif
