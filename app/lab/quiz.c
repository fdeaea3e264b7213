/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Beliefs of labs/misconceptions.yaml by a seed, spread over the labs: none is asked about twice before all were once. */
#include <stdlib.h>
#include <string.h>

#include "lab/lib.h"

/* splitmix64: the same choice from the same seed on every machine. */
static u64 next_random(u64 *state)
{
	u64 z = (*state += 0x9e3779b97f4a7c15u);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

typedef VEC(struct quiz_item) items;

/* Every belief whose lab can be used and has the question. */
static void candidates(const struct labs *labs, const struct beliefs *beliefs, items *all)
{
	for (size_t i = 0; i < beliefs->all.n; i++)
		for (size_t k = 0; k < labs->list.n; k++) {
			const struct belief *b = &beliefs->all.at[i];
			const struct lab *lab = &labs->list.at[k];
			struct quiz_item item = {.lab = lab, .belief = b};

			if (!lab->guide || strcmp(lab->id, b->lab) != 0)
				continue;
			item.question = guide_question(lab->guide, b->prediction, &item.step);
			if (item.question)
				*vec_push(all) = item;
		}
}

static void shuffle(items *all, u64 seed)
{
	for (size_t i = all->n; i > 1; i--) {
		size_t k = next_random(&seed) % i;
		struct quiz_item kept = all->at[i - 1];

		all->at[i - 1] = all->at[k];
		all->at[k] = kept;
	}
}

static size_t taken_of(const struct quiz *q, const struct lab *lab)
{
	size_t n = 0;

	for (size_t i = 0; i < q->list.n; i++)
		n += q->list.at[i].lab == lab;
	return n;
}

static struct beliefs *beliefs_of(const struct labs *labs, struct err *err)
{
	struct beliefs *b = labs->list.n ? lab_beliefs(&labs->list.at[0], err) : NULL;

	if (!b && !err->code)
		err_set(err, EXIT_INPUT, "there is no misconceptions.yaml beside the labs");
	return b;
}

bool quiz_pick(const struct labs *labs, u64 seed, size_t n, struct quiz *out, struct err *err)
{
	items all = {0};

	*out = (struct quiz){.beliefs = beliefs_of(labs, err)};
	if (!out->beliefs)
		return false;
	candidates(labs, out->beliefs, &all);
	shuffle(&all, seed);
	if (n > all.n)
		n = all.n;
	for (size_t round = 0; out->list.n < n; round++)
		for (size_t i = 0; i < all.n && out->list.n < n; i++)
			if (all.at[i].lab && taken_of(out, all.at[i].lab) == round) {
				*vec_push(&out->list) = all.at[i];
				all.at[i].lab = NULL; /* not again */
			}
	free(all.at);
	return true;
}

void quiz_finish(struct quiz *q)
{
	free(q->list.at);
	beliefs_destroy(q->beliefs);
	*q = (struct quiz){0};
}
