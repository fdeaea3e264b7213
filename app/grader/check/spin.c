/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Nobody asks again and again instead of waiting: calls in vain (EAGAIN, a poll or a wait that returns at once with nothing,
 * short sleeps), so many in a row that no burst of work explains them; or the same memory read over and over. */
#include <errno.h>

#include "grader/check/all.h"

enum { IN_A_ROW = 200, TASKS = 256 };
struct spin {
	u32 vain[TASKS]; /* by task */
};

static bool is_vain(const struct rec *r, const struct ev_exit *e, const struct w_op *op)
{
	switch (r->call) {
	case CALL_poll: case CALL_ppoll: case CALL_select: case CALL_pselect6: case CALL_epoll_wait: case CALL_epoll_pwait:
		return e->ret == 0;
	case CALL_nanosleep: case CALL_clock_nanosleep:
		return op->arg < 100000000u;
	case CALL_wait4: case CALL_waitid:
		return e->ret == 0 && r->call == CALL_wait4;
	case CALL_open: case CALL_openat:
		return e->ret == -ENXIO;
	case CALL_sem_trywait: case CALL_pthread_mutex_trylock:
		return e->ret < 0;
	default:
		return e->ret == -EAGAIN || e->ret == -ENOMSG;
	}
}

/* A call that neither waits nor moves anything says nothing about either. */
static bool is_neutral(const struct rec *r)
{
	return r->call == CALL_close || r->call == CALL_fcntl || r->call == CALL_load;
}

static void before(struct look *l)
{
	const struct w_task *t = world_task(l->scene->world, l->rec->task);
	struct spin *s = l->state;
	struct ev_exit e;
	char who[24];

	if (l->rec->kind != REC_EXIT || !t || l->rec->task >= TASKS || !l->learners(l->arg, l->rec->task) || is_neutral(l->rec))
		return;
	e = *(const struct ev_exit *)rec_body(l->rec);
	if (!is_vain(l->rec, &e, &t->op)) {
		s->vain[l->rec->task] = 0;
		return;
	}
	if (++s->vain[l->rec->task] == IN_A_ROW)
		check_broken(l, l->rec->task, t->op.site, "%s asks again and again instead of waiting: %u calls in a row, the last one %s, got nothing",
			world_task_name(l->scene->world, l->rec->task, who), IN_A_ROW, words_call_name(&t->op));
}

static void after(struct look *l)
{
	const struct world *w = l->scene->world;
	char who[24];

	if (l->rec->kind != REC_OBSERVE || !world_head(w)->is_settled)
		return;
	for (u32 task = 1; task < world_tasks(w); task++) {
		const struct w_task *t = world_task(w, task);

		if (t && t->state == TASK_SPINNING && l->learners(l->arg, task))
			check_broken(l, task, t->op.site, "%s reads the same memory over and over instead of waiting", world_task_name(w, task, who));
	}
}

const struct check check_no_busy_wait = {
	.name = "no_busy_wait",
	.holds = "nobody asked again and again instead of waiting",
	.verdict = GRADE_SLOW,
	.state = sizeof(struct spin),
	.before = before,
	.after = after,
};
