/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A script as text: a line for the whole, one each for segments and objects, then the actors' operations. */
#include <string.h>

#include "oracle/memory.h"

static const char *const names[MOP_COUNT] = {
#define X(name, meaning) #name,
	MOPS(X)
#undef X
};

bool script_save(const struct script *p, FILE *f)
{
	fprintf(f, "script %llu %d %d %d %d %d %d\n", (unsigned long long)p->seed, p->ends,
		p->threads, p->chain, p->actors, p->segs, p->syncs);
	for (int i = 0; i < p->segs; i++)
		fprintf(f, "segment %d %d %d\n", p->seg[i].kind, p->seg[i].size, p->seg[i].own);
	for (int i = 0; i < p->syncs; i++)
		fprintf(f, "sync %d %d\n", p->sync[i].kind, p->sync[i].value);
	for (int i = 0; i < p->actors; i++) {
		fprintf(f, "actor %d\n", p->actor[i].n);
		for (int k = 0; k < p->actor[i].n; k++) {
			const struct mop *op = &p->actor[i].ops[k];
			fprintf(f, "%s %d %d %d %d %llu\n", names[op->kind], op->a, op->b, op->c,
				op->skip, (unsigned long long)op->v);
		}
	}
	return !ferror(f);
}

static bool load_op(struct mop *op, FILE *f)
{
	unsigned long long v;
	char name[16];

	if (fscanf(f, "%15s %d %d %d %d %llu", name, &op->a, &op->b, &op->c, &op->skip, &v) != 6)
		return false;
	op->v = v;
	for (int k = 0; k < MOP_COUNT; k++)
		if (strcmp(name, names[k]) == 0) {
			op->kind = (enum mop_kind)k;
			return true;
		}
	return false;
}

static bool load_head(struct script *p, FILE *f)
{
	unsigned long long seed;
	int ends, threads, chain;

	if (fscanf(f, " script %llu %d %d %d %d %d %d", &seed, &ends, &threads, &chain, &p->actors,
		    &p->segs, &p->syncs) != 7 ||
		p->actors < 1 || p->actors > ACTORS_MAX || p->segs < 1 || p->segs > SEGS_MAX ||
		p->syncs < 0 || p->syncs > SYNCS_MAX)
		return false;
	p->seed = seed;
	p->ends = ends;
	p->threads = threads;
	p->chain = chain;
	return true;
}

bool script_load(struct script *p, FILE *f)
{
	memset(p, 0, sizeof *p);
	if (!load_head(p, f))
		return false;
	for (int i = 0; i < p->segs; i++)
		if (fscanf(f, " segment %d %d %d", &p->seg[i].kind, &p->seg[i].size,
			    &p->seg[i].own) != 3)
			return false;
	for (int i = 0; i < p->syncs; i++)
		if (fscanf(f, " sync %d %d", &p->sync[i].kind, &p->sync[i].value) != 2)
			return false;
	for (int i = 0; i < p->actors; i++) {
		struct actor *a = &p->actor[i];
		if (fscanf(f, " actor %d", &a->n) != 1 || a->n < 0 || a->n > MOPS_MAX)
			return false;
		for (int k = 0; k < a->n; k++)
			if (!load_op(&a->ops[k], f))
				return false;
	}
	return true;
}
