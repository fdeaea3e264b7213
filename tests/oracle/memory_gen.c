/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From a seed to a script. Fragments are given, one after another, to actors picked by chance. In a script
 * that ends, whatever a fragment waits for was given before to somebody whose way there is free: a
 * semaphore of tokens and the pipe have one taker and no more is taken than was put in before, a
 * lock is held over accesses only and one at a time, a barrier is given to all at once. So the first operation, in the
 * order of giving, that is not done yet can always be done, under any schedule. The others get
 * fragments that break these rules, too.
 */
#include <string.h>

#include "oracle/memory.h"

struct guess {
	struct chance chance;
	struct script *s;
	int tokens[SYNCS_MAX]; /* of a semaphore given so far and not taken */
	int taker[SYNCS_MAX];  /* actor */
	int bytes;             /* in the pipe; the last actor takes them */
	int told[8];           /* announced so far */
	bool may_fail; /* inside what a failed lock leaves out: no counter is added to there */
};

static uint32_t below(struct guess *g, uint32_t n)
{
	return chance_below(&g->chance, n);
}

static bool percent(struct guess *g, uint32_t n)
{
	return chance_percent(&g->chance, n);
}

/* False: there is no room for `more` operations. */
static bool room(const struct guess *g, int actor, int more)
{
	return g->s->actor[actor].n + more < MOPS_MAX - 2;
}

static struct mop *add(struct guess *g, int actor, enum mop_kind kind, int a, int b, int c)
{
	struct actor *to = &g->s->actor[actor];

	if (to->n == MOPS_MAX)
		return &to->ops[MOPS_MAX - 1];
	to->ops[to->n] = (struct mop){.kind = kind, .a = a, .b = b, .c = c};
	return &to->ops[to->n++];
}

static int sync_of(struct guess *g, int kind)
{
	int found[SYNCS_MAX], n = 0;

	for (int i = 0; i < g->s->syncs; i++)
		if (g->s->sync[i].kind == kind)
			found[n++] = i;
	return n ? found[below(g, (uint32_t)n)] : -1;
}

/* ---- accesses ---- */

/* Few places, so that actors meet. */
static int place(struct guess *g, int seg, int size)
{
	int spots = percent(g, 70) ? 6 : (TOLD_AT - CELLS_AT) / 16 - 8,
	    off = CELLS_AT + 16 * (int)below(g, (uint32_t)spots);

	if (seg == 1 && g->s->seg[1].size > 8192 && percent(g, 30))
		off += 4096 * (int)below(g, (uint32_t)g->s->seg[1].size / 4096);
	if (size < 16 && percent(g, 30))
		off += (int)below(g, (uint32_t)(16 / size)) * size;
	return off;
}

static void a_struct(struct guess *g, int actor, int seg)
{
	static const int sizes[] = {24, 40, 72};
	int size = sizes[below(g, 3)], off = place(g, seg, 16);

	switch (below(g, 5)) {
	case 0: add(g, actor, MOP_look, seg, off, size); break;
	case 1:
		add(g, actor, MOP_copy, seg, off, size)->v = CELLS_AT + 80 * (1 + below(g, 8));
		break;
	case 2: add(g, actor, MOP_set, seg, off, 1 + (int)below(g, 90))->v = below(g, 256); break;
	case 3:
		add(g, actor, MOP_move, seg, CELLS_AT, 1 + (int)below(g, 200))->v =
			300 + below(g, 300);
		break;
	default: add(g, actor, MOP_put, seg, off, size)->v = chance_next(&g->chance);
	}
}

static void an_access(struct guess *g, int actor)
{
	static const int sizes[] = {1, 2, 4, 4, 8, 8, 16};
	int seg = (int)below(g, (uint32_t)g->s->segs), size = sizes[below(g, 7)],
	    off = place(g, seg, size);
	uint64_t v = percent(g, 50) ? below(g, 4) : (uint64_t)chance_next(&g->chance) << 20;
	uint32_t what = below(g, 14);

	if (g->may_fail && (what == 10 || what == 11))
		what = 0;
	switch (what) {
	case 0:
	case 1:
	case 2: add(g, actor, MOP_ld, seg, off, size)->skip = (int)below(g, FLAVOURS); break;
	case 3:
	case 4:
	case 5: {
		struct mop *op = add(g, actor, MOP_st, seg, off, size);
		op->skip = (int)below(g, FLAVOURS);
		op->v = v;
		break;
	}
	case 6: add(g, actor, MOP_add, seg, off, size)->v = v; break;
	case 7: add(g, actor, MOP_xchg, seg, off, size)->v = v; break;
	case 8: {
		struct mop *op = add(g, actor, MOP_cas, seg, off, size);
		op->skip = (int)below(g, 3);
		op->v = v;
		break;
	}
	case 9: add(g, actor, MOP_incr, seg, off, size)->skip = (int)below(g, FLAVOURS); break;
	case 10:
	case 11:
		add(g, actor, MOP_add, 0, 8 * (int)below(g, COUNTERS), 8)->v = 1 + below(g, 9);
		break;
	case 12:
		add(g, actor, MOP_spin, seg, CELLS_AT + 16 * (int)below(g, 3), 2 + (int)below(g, 9))
			->v = 1 + below(g, 2);
		break;
	default: a_struct(g, actor, seg);
	}
}

static int accesses(struct guess *g, int actor, int most)
{
	int n = 1 + (int)below(g, (uint32_t)most);

	for (int i = 0; i < n; i++)
		an_access(g, actor);
	return n;
}

/* ---- objects ---- */

static const struct pair {
	enum mop_kind take, leave;
	int kind;
	bool timed, skips;
} pairs[] = {
	{MOP_wait, MOP_post, SYNC_OF_SEM, false, true},
	{MOP_trywait, MOP_post, SYNC_OF_SEM, false, true},
	{MOP_timedwait, MOP_post, SYNC_OF_SEM, true, true},
	{MOP_wait, MOP_post, SYNC_OF_NAMED, false, true},
	{MOP_lock, MOP_unlock, SYNC_OF_MUTEX, false, true},
	{MOP_lock, MOP_unlock, SYNC_OF_MUTEX, false, true},
	{MOP_lock, MOP_unlock, SYNC_OF_MUTEX, false, true},
	{MOP_trylock, MOP_unlock, SYNC_OF_MUTEX, false, true},
	{MOP_timedlock, MOP_unlock, SYNC_OF_MUTEX, true, true},
	{MOP_rdlock, MOP_rwunlock, SYNC_OF_RWLOCK, false, true},
	{MOP_rdlock, MOP_rwunlock, SYNC_OF_RWLOCK, false, true},
	{MOP_wrlock, MOP_rwunlock, SYNC_OF_RWLOCK, false, true},
	{MOP_tryrdlock, MOP_rwunlock, SYNC_OF_RWLOCK, false, true},
	{MOP_trywrlock, MOP_rwunlock, SYNC_OF_RWLOCK, false, true},
	{MOP_timedwrlock, MOP_rwunlock, SYNC_OF_RWLOCK, true, true},
	{MOP_spinlock, MOP_spinunlock, SYNC_OF_SPINLOCK, false, true},
	{MOP_spintry, MOP_spinunlock, SYNC_OF_SPINLOCK, false, true},
};

/* A semaphore that begins at 1 or more guards; one that begins at 0 is for tokens. */
static bool guards(const struct script *s, int sync)
{
	return (s->sync[sync].kind != SYNC_OF_SEM && s->sync[sync].kind != SYNC_OF_NAMED) ||
	       s->sync[sync].value > 0;
}

static void a_section(struct guess *g, int actor)
{
	const struct pair *p = &pairs[below(g, sizeof pairs / sizeof *pairs)];
	int sync = sync_of(g, p->kind), at = g->s->actor[actor].n;
	struct mop *take;

	if (sync < 0 || !guards(g->s, sync))
		return;
	take = add(g, actor, p->take, sync, p->timed ? 2 + (int)below(g, 20) : 0, 0);
	if (p->take == MOP_lock && g->s->sync[sync].value & 16 && percent(g, 25))
		take->b = 1;
	g->may_fail = true;
	accesses(g, actor, 3);
	if (p->take == MOP_lock && !(g->s->sync[sync].value & 16) &&
		(g->s->sync[sync].value & 15) && percent(g, 60)) {
		/* recursive: once more; errorcheck: EDEADLK */
		add(g, actor, MOP_lock, sync, 0, 0)->skip = 2;
		an_access(g, actor);
		add(g, actor, MOP_unlock, sync, 0, 0);
	}
	g->may_fail = false;
	add(g, actor, p->leave, sync, 0, 0);
	take = &g->s->actor[actor].ops[at];
	take->skip = g->s->actor[actor].n - at - 1;
}

static void a_token(struct guess *g, int actor)
{
	int sync = sync_of(g, percent(g, 50) ? SYNC_OF_SEM : SYNC_OF_NAMED), taker;

	if (sync < 0 || guards(g->s, sync))
		return;
	taker = g->taker[sync];
	if (g->tokens[sync] && room(g, taker, 2) && percent(g, 60)) {
		add(g, taker, MOP_wait, sync, 0, 0);
		g->tokens[sync]--;
		an_access(g, taker);
		return;
	}
	add(g, actor, MOP_post, sync, 0, 0);
	g->tokens[sync]++;
	if (percent(g, 30))
		add(g, actor, MOP_getvalue, sync, 0, 0);
}

static void a_word(struct guess *g, int actor)
{
	int cond = sync_of(g, SYNC_OF_COND), mutex = sync_of(g, SYNC_OF_MUTEX),
	    cell = (int)below(g, 3);

	if (cond < 0 || mutex < 0)
		return;
	/* one mutex and one condition for all of them */
	for (mutex = 0; g->s->sync[mutex].kind != SYNC_OF_MUTEX; mutex++)
		;
	for (cond = 0; g->s->sync[cond].kind != SYNC_OF_COND; cond++)
		;
	if (g->told[cell] && percent(g, 55)) {
		add(g, actor, MOP_await, cond, mutex, TOLD_AT + 8 * cell)->v =
			1 + below(g, (uint32_t)g->told[cell]);
		return;
	}
	add(g, actor, MOP_announce, cond, mutex, TOLD_AT + 8 * cell)->v =
		g->s->ends || percent(g, 50);
	g->told[cell]++;
}

static void a_barrier(struct guess *g)
{
	int sync = sync_of(g, SYNC_OF_BARRIER);

	if (sync < 0)
		return;
	for (int i = 0; i < g->s->actors; i++)
		if (!room(g, i, 1))
			return;
	for (int i = 0; i < g->s->actors; i++)
		add(g, i, MOP_barrier, sync, 0, 0);
}

static void a_pipe(struct guess *g, int actor)
{
	int last = g->s->actors - 1, n = 1 + (int)below(g, 100);

	if (g->bytes && room(g, last, 1) && percent(g, 50)) {
		add(g, last, MOP_pread, n < g->bytes ? n : g->bytes, 0, 0);
		g->bytes -= n < g->bytes ? n : g->bytes;
	} else if (g->bytes < 4000) {
		add(g, actor, MOP_pwrite, n, 0, 0);
		g->bytes += n;
	}
}

static void a_mapping(struct guess *g, int actor)
{
	static const enum mop_kind kinds[] = {MOP_twin, MOP_remap, MOP_mremap, MOP_grow};
	enum mop_kind kind = kinds[below(g, 4)];
	int sync = sync_of(g, SYNC_OF_NAMED);

	if (sync >= 0 && percent(g, 30) && !g->s->threads) {
		add(g, actor, MOP_reopen, sync, 0, 0);
		return;
	}
	if (g->s->threads)
		return;
	/* C library objects stay where they are: they know their address */
	if (kind == MOP_twin || g->s->segs == 1)
		add(g, actor, MOP_twin, (int)below(g, (uint32_t)g->s->segs), 0, 0);
	else
		add(g, actor, kind, 1, 0, 0);
}

/* What may hang. */
static void a_fault(struct guess *g, int actor)
{
	int mutex = sync_of(g, SYNC_OF_MUTEX), other = sync_of(g, SYNC_OF_MUTEX),
	    cond = sync_of(g, SYNC_OF_COND);
	int sem = sync_of(g, percent(g, 50) ? SYNC_OF_SEM : SYNC_OF_NAMED),
	    seg = (int)below(g, (uint32_t)g->s->segs);

	switch (below(g, 8)) {
	case 0:
		if (sem >= 0)
			add(g, actor, MOP_wait, sem, 0, 0);
		break;
	case 1:
		if (sem >= 0)
			add(g, actor, MOP_timedwait, sem, 3, 0);
		break;
	case 2:
		if (mutex < 0 || g->s->sync[mutex].value || g->s->sync[other].value)
			break;
		add(g, actor, MOP_lock, mutex, 0, 0)->skip = 4;
		an_access(g, actor);
		add(g, actor, MOP_lock, other, 0, 0)->skip = 1;
		add(g, actor, MOP_unlock, other, 0, 0);
		add(g, actor, MOP_unlock, mutex, 0, 0);
		break;
	case 3:
		if (cond >= 0 && mutex >= 0 && !(g->s->sync[mutex].value & 16))
			add(g, actor, MOP_condwait, cond, mutex, percent(g, 50) ? 3 : 0);
		break;
	case 4:
		if (cond >= 0)
			add(g, actor, percent(g, 60) ? MOP_signal : MOP_broadcast, cond, 0, 0);
		break;
	case 5:
		add(g, actor, MOP_spin, seg, CELLS_AT + 16 * (int)below(g, 3), 0)->v =
			1 + below(g, 2);
		break;
	case 6:
		if ((sem = sync_of(g, SYNC_OF_BARRIER)) >= 0 && percent(g, 40))
			add(g, actor, MOP_barrier, sem, 0, 0);
		break;
	default: add(g, actor, MOP_pread, 1 + (int)below(g, 8), 0, 0);
	}
}

static void a_fragment(struct guess *g)
{
	int actor = (int)below(g, (uint32_t)g->s->actors);
	uint32_t r = below(g, 100);

	if (!room(g, actor, 12))
		return;
	if (r < 38)
		accesses(g, actor, 4);
	else if (r < 62)
		a_section(g, actor);
	else if (r < 74)
		a_token(g, actor);
	else if (r < 82)
		a_word(g, actor);
	else if (r < 85)
		a_barrier(g);
	else if (r < 89)
		a_pipe(g, actor);
	else if (r < 94)
		a_mapping(g, actor);
	else if (!g->s->ends)
		a_fault(g, actor);
}

/* ---- the whole ---- */

/* An actor dies with a mutex held. Where all must end, the mutex is a robust one. */
static void a_death(struct guess *g)
{
	int actor = 1 + (int)below(g, (uint32_t)g->s->actors - 1),
	    mutex = sync_of(g, SYNC_OF_MUTEX);

	if (mutex >= 0 && (!g->s->ends || g->s->sync[mutex].value & 16))
		add(g, actor, MOP_lock, mutex, 0, 0)->skip = 0;
	an_access(g, actor);
	add(g, actor, MOP_die, 1 + (int)below(g, 7), 0, 0);
}

static void choose_segments(struct guess *g)
{
	static const int sizes[] = {4096, 8192, 12288, 131072};
	struct script *s = g->s;

	s->segs = 1 + (int)below(g, 2);
	for (int i = 0; i < s->segs; i++) {
		s->seg[i].kind = (int)below(g, 3);
		s->seg[i].size = sizes[i ? below(g, 4) : below(g, 2)];
		s->seg[i].own = percent(g, 60) ? 1 + (int)below(g, 2) : 0;
	}
	if (s->threads && s->segs == 2)
		s->seg[1] = (struct seg){SEG_ANONYMOUS, 4096, 0};
}

static void add_sync(struct guess *g, int kind, int value)
{
	if (g->s->syncs < SYNCS_MAX) {
		g->taker[g->s->syncs] = (int)below(g, (uint32_t)g->s->actors);
		g->s->sync[g->s->syncs++] = (struct msync){kind, value};
	}
}

static void choose_syncs(struct guess *g)
{
	static const int types[] = {0, 0, 0, 1, 2, 16, 16};

	add_sync(g, SYNC_OF_MUTEX, 0);
	add_sync(g, SYNC_OF_COND, 0);
	add_sync(g, SYNC_OF_SEM, (int)below(g, 3));
	if (percent(g, 70))
		add_sync(g, SYNC_OF_MUTEX, types[below(g, 7)]);
	if (percent(g, 50))
		add_sync(g, SYNC_OF_SEM, 0);
	if (percent(g, 50))
		add_sync(g, SYNC_OF_NAMED, (int)below(g, 3));
	if (percent(g, 50))
		add_sync(g, SYNC_OF_RWLOCK, 0);
	if (percent(g, 30))
		add_sync(g, SYNC_OF_BARRIER, g->s->actors);
	if (percent(g, 30))
		add_sync(g, SYNC_OF_SPINLOCK, 0);
	if (percent(g, 30))
		add_sync(g, SYNC_OF_MUTEX, types[below(g, 7)]);
}

void script_generate(struct script *s, uint64_t seed)
{
	struct guess g = {.chance = {seed * 2654435761u + 1181783497276652981ull}, .s = s};
	int rounds;

	memset(s, 0, sizeof *s);
	s->seed = seed;
	for (int i = 0; i < 8; i++)
		chance_next(&g.chance);
	s->ends = seed % 3 != 0;
	s->threads = seed % 4 == 1;
	s->chain = percent(&g, 30);
	s->actors = 2 + (int)below(&g, 3);
	choose_segments(&g);
	choose_syncs(&g);
	rounds = 8 + (int)below(&g, 30);
	while (rounds-- > 0)
		a_fragment(&g);
	if (percent(&g, 30))
		a_death(&g);
}

void script_long(struct script *s, int choices)
{
	*s = (struct script){.ends = true, .actors = 3, .segs = 1, .syncs = 1};
	s->seg[0] = (struct seg){SEG_ANONYMOUS, 4096, 0};
	s->sync[0] = (struct msync){SYNC_OF_MUTEX, 0};
	for (int i = 0; i < s->actors; i++)
		while (s->actor[i].n < MOPS_MAX - 4 &&
			s->actor[i].n * s->actors * 3 < 4 * choices) {
			struct mop *op = &s->actor[i].ops[s->actor[i].n];
			op[0] = (struct mop){.kind = MOP_lock, .a = 0};
			op[1] = (struct mop){
				.kind = MOP_spin, .b = CELLS_AT, .c = 7, .v = 1ull << 40};
			op[2] = (struct mop){.kind = MOP_incr, .b = CELLS_AT, .c = 4};
			op[3] = (struct mop){.kind = MOP_unlock, .a = 0};
			s->actor[i].n += 4;
		}
}
