/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A program as text: "process IGNORE_SIGPIPE USR1 OPERATIONS", then one operation a line; and the chance that
 * makes them. */
#include <string.h>

#include "oracle/program.h"

static const char *const names[OP_COUNT] = {
#define X(name, meaning) #name,
	OPS(X)
#undef X
};

bool program_save(const struct program *p, FILE *f)
{
	fprintf(f, "program %llu %d %d\n", (unsigned long long)p->seed, p->fixed, p->procs);
	for (int i = 0; i < p->procs; i++) {
		fprintf(f, "process %d %d %d\n", p->proc[i].ignore_sigpipe, p->proc[i].usr1,
			p->proc[i].n);
		for (int k = 0; k < p->proc[i].n; k++) {
			const struct op *op = &p->proc[i].ops[k];
			fprintf(f, "%s %d %d %d\n", names[op->kind], op->a, op->b, op->c);
		}
	}
	return !ferror(f);
}

static bool load_op(struct op *op, FILE *f)
{
	char name[16];

	if (fscanf(f, "%15s %d %d %d", name, &op->a, &op->b, &op->c) != 4)
		return false;
	for (int k = 0; k < OP_COUNT; k++)
		if (strcmp(name, names[k]) == 0) {
			op->kind = (enum op_kind)k;
			return true;
		}
	return false;
}

bool program_load(struct program *p, FILE *f)
{
	unsigned long long seed;
	int fixed, ignore, usr1;

	memset(p, 0, sizeof *p);
	if (fscanf(f, " program %llu %d %d", &seed, &fixed, &p->procs) != 3 || p->procs < 1 ||
		p->procs > PROC_MAX)
		return false;
	p->seed = seed;
	p->fixed = fixed;
	for (int i = 0; i < p->procs; i++) {
		struct proc *q = &p->proc[i];
		if (fscanf(f, " process %d %d %d", &ignore, &usr1, &q->n) != 3 || usr1 < 0 ||
			usr1 > USR1_IGNORED || q->n < 0 || q->n > OPS_MAX)
			return false;
		q->ignore_sigpipe = ignore;
		q->usr1 = (enum usr1)usr1;
		for (int k = 0; k < q->n; k++)
			if (!load_op(&q->ops[k], f))
				return false;
	}
	return true;
}

uint32_t chance_next(struct chance *c)
{
	c->x ^= c->x >> 12;
	c->x ^= c->x << 25;
	c->x ^= c->x >> 27;
	return (uint32_t)((c->x * 0x2545f4914f6cdd1dull) >> 32);
}

uint32_t chance_below(struct chance *c, uint32_t n)
{
	return n ? chance_next(c) % n : 0;
}

bool chance_percent(struct chance *c, uint32_t percent)
{
	return chance_below(c, 100) < percent;
}
