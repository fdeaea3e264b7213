/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What can be done to the selected process besides letting it move: a signal, or being left out for a while. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "tui/private.h"

enum deed_kind { DO_SIGNAL, DO_FAULT, DO_DELAY };

static const struct {
	char key;
	enum deed_kind kind;
	int what; /* signal, enum fault_kind */
	const char *name;
} deeds[] = {
	{'1', DO_SIGNAL, SIGKILL, "kill"},
	{'2', DO_SIGNAL, SIGSTOP, "stop"},
	{'3', DO_SIGNAL, SIGCONT, "go on"},
	{'4', DO_SIGNAL, SIGINT, "INT"},
	{'5', DO_SIGNAL, SIGTERM, "TERM"},
	{'6', DO_FAULT, FAULT_INTERRUPT, "EINTR"},
	{'7', DO_FAULT, FAULT_SHORT, "short"},
	{'8', DO_DELAY, 0, "delay"},
	{'9', DO_FAULT, FAULT_LOSE, "drop"},
};

/* ---- delay ---- */

static size_t delay_find(const struct screen_run *r, u32 task)
{
	size_t i = 0;

	while (i < r->delayed.n && r->delayed.at[i] != task)
		i++;
	return i;
}

bool is_delayed(const struct screen_run *r, u32 task)
{
	return delay_find(r, task) < r->delayed.n;
}

static void delay_toggle(struct screen_run *r, u32 task)
{
	size_t i = delay_find(r, task);
	char name[24];

	world_task_name(r->scene.world, task, name);
	if (i < r->delayed.n) {
		r->delayed.at[i] = r->delayed.at[--r->delayed.n];
		run_say(r, "%s is delayed no more.", name);
	} else {
		*vec_push(&r->delayed) = task;
		run_say(r, "%s is delayed: a, c and Space leave it out, s still steps it. i and 8 end that.", name);
	}
	r->view.delayed = r->delayed.at;
	r->view.delayed_n = r->delayed.n;
	lesson_moved(r, "delay");
}

void delays_end(struct screen_run *r)
{
	free(r->delayed.at);
	r->delayed.at = NULL;
	r->delayed.n = r->delayed.cap = 0;
	r->view.delayed = NULL;
	r->view.delayed_n = 0;
}

u32 next_undelayed(const struct screen_run *r, const struct world *w, u32 last)
{
	u32 first = schedule_next(w, last), task = first;

	while (task && is_delayed(r, task)) {
		task = schedule_next(w, task);
		if (task == first)
			return 0;
	}
	return task;
}

/* ---- the question ---- */

/* "P2, blocked in read(3)" */
static void who_and_call(struct screen_run *r, u32 task, struct str *out)
{
	const struct w_task *t = world_task(r->scene.world, task);
	char name[24];

	str_add(out, world_task_name(r->scene.world, task, name));
	if (!t)
		return;
	str_addf(out, ", %s", card_state(t));
	if (t->state == TASK_POISED || t->state == TASK_BLOCKED) {
		str_add(out, t->state == TASK_POISED ? " before " : " in ");
		card_call(&r->scene, task, out);
	}
}

void interfere_ask(struct screen_run *r)
{
	struct str text = {0};

	if (!session_is_live(r->session) || !run_is_now(r)) {
		run_say(r, "Only what is now can be interfered with, not the past: G goes to now.");
		return;
	}
	who_and_call(r, r->view.selected, &text);
	str_add(&text, ":");
	for (size_t i = 0; i < ARRAY_LEN(deeds); i++)
		str_addf(&text, "  %c %s", deeds[i].key,
			deeds[i].kind == DO_DELAY && is_delayed(r, r->view.selected) ? "no delay" : deeds[i].name);
	str_add(&text, "   others :signal, none q");
	run_say(r, "%s", str_get(&text));
	r->asking = ASK_INTERFERE;
	str_finish(&text);
}

static void deed_do(struct screen_run *r, u32 task, size_t i)
{
	if (deeds[i].kind == DO_DELAY)
		delay_toggle(r, task);
	else if (deeds[i].kind == DO_FAULT)
		motion_fault(r, task, (enum fault_kind)deeds[i].what);
	else
		motion_signal(r, task, deeds[i].what);
}

void interfere_answer(struct screen_run *r, u32 key)
{
	for (size_t i = 0; i < ARRAY_LEN(deeds); i++)
		if (key == (u32)deeds[i].key)
			deed_do(r, r->view.selected, i);
}

bool interfere(struct screen_run *r, u32 task, const char *what)
{
	for (size_t i = 0; i < ARRAY_LEN(deeds); i++)
		if (*what && strncasecmp(deeds[i].name, what, strlen(what)) == 0) {
			deed_do(r, task, i);
			return true;
		}
	return false;
}
