/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The model of a lab once it is read: its strings, what is asked of it, its end. */
#include "guide/private.h"

#include <stdlib.h>
#include <string.h>

/* ---- strings ---- */
void *guide_take(struct pool *pool, size_t n)
{
	void *p = xmalloc(n ? n : 1);

	*vec_push(&pool->blocks) = p;
	return p;
}

char *guide_text(struct pool *pool, const char *s, size_t n)
{
	char *p = guide_take(pool, n + 1);

	if (n)
		memcpy(p, s, n);
	return p;
}

void guide_pool_destroy(struct pool *pool)
{
	if (!pool)
		return;
	for (size_t i = 0; i < pool->blocks.n; i++)
		free(pool->blocks.at[i]);
	free(pool->blocks.at);
	free(pool);
}

/* ---- the end of it ---- */
static void moves_free(guide_moves *moves)
{
	for (size_t i = 0; i < moves->n; i++)
		guide_move_finish(&moves->at[i]);
	free(moves->at);
}

static void question_free(struct guide_question *q)
{
	for (size_t i = 0; i < q->options.n; i++)
		cond_destroy(q->options.at[i].when);
	cond_destroy(q->truth);
	free(q->options.at);
}

static void block_free(struct guide_block *b)
{
	moves_free(&b->moves);
	for (size_t i = 0; i < b->conds.n; i++)
		cond_destroy(b->conds.at[i]);
	free(b->conds.at);
	free(b->cond_marks.at);
	if (b->question)
		question_free(b->question);
	if (b->experiment) {
		for (size_t i = 0; i < b->experiment->columns.n; i++)
			cond_destroy(b->experiment->columns.at[i].value);
		free(b->experiment->columns.at);
		free(b->experiment->parameters.at);
		moves_free(&b->experiment->moves);
	}
}

void guide_destroy(struct guide *g)
{
	if (!g)
		return;
	for (size_t i = 0; i < g->steps.n; i++) {
		struct guide_step *step = &g->steps.at[i];

		for (size_t k = 0; k < step->blocks.n; k++)
			block_free(&step->blocks.at[k]);
		free(step->blocks.at);
	}
	for (size_t i = 0; i < g->programs.n; i++)
		free(g->programs.at[i].actors.at);
	free(g->programs.at);
	free(g->settings.at);
	free(g->steps.at);
	free(g->needs.at);
	free(g->exercises.at);
	free(g->slides.at);
	free(g->actors.at);
	free(g->memory.at);
	guide_pool_destroy(g->owned);
	free(g);
}

/* ---- what is asked of it ---- */
static const char *role_in(const guide_actors *list, const char *actor)
{
	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->at[i].name, actor) == 0)
			return list->at[i].role;
	return NULL;
}

const char *guide_role(const struct guide *g, u32 program, const char *actor)
{
	const char *role = NULL;

	if (program < g->programs.n && g->programs.at[program].actors.n)
		role = role_in(&g->programs.at[program].actors, actor);
	else
		role = role_in(&g->actors, actor);
	return role ? role : "";
}

void guide_listing_set(
	struct guide *g, struct guide_block *b, const char *text, const char *spoken)
{
	b->text = guide_text(g->owned, text, strlen(text));
	b->spoken = guide_text(g->owned, spoken, strlen(spoken));
}

size_t guide_setting(const struct guide *g, const char *name)
{
	size_t i = 0;

	while (i < g->settings.n && strcmp(g->settings.at[i].name, name) != 0)
		i++;
	return i;
}

bool guide_step_takes(const struct guide *g, u32 step, const char *setting)
{
	char *const *args = step < g->steps.n ? g->steps.at[step].start.args : NULL;

	for (; args && *args; args++)
		if (**args == '$' && strcmp(*args + 1, setting) == 0)
			return true;
	return false;
}

const struct guide_question *guide_question(const struct guide *g, const char *id, u32 *step)
{
	for (size_t i = 0; i < g->steps.n; i++)
		for (size_t k = 0; k < g->steps.at[i].blocks.n; k++) {
			const struct guide_question *q = g->steps.at[i].blocks.at[k].question;

			if (q && strcmp(q->id, id) == 0) {
				if (step)
					*step = (u32)i;
				return q;
			}
		}
	return NULL;
}
