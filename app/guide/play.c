/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a learner is in a guide. Prints nothing; the caller asks what is next and says it. */
#include "guide/private.h"

#include <stdlib.h>
#include <string.h>

struct guide_play {
	const struct guide *guide;
	struct guide_host host;
	u32 step, block;
	enum guide_at at;
	const struct guide_question *question; /* asked; settled by the next do */
	struct guide_answer answer;
	u64 asked; /* event at which it was asked */
	u64 began; /* event at which the step began */
	u32 move;  /* of the do block: the next one */
	u32 times; /* how often a `step P1 3` was done by hand */
	u32 astray;
	bool broken;
	bool alone; /* one question is asked, perhaps of other processes: what the step expects does not count */
	const struct guide_question *settled;
	enum guide_outcome outcome;
	struct str text; /* how the last question was settled, or what did not hold */
};

struct cond_view host_view(const struct guide_host *host, u64 since)
{
	struct timeline *t = host->timeline(host->arg);

	return (struct cond_view){timeline_now(t), t, since, timeline_events(t), host->field, host->arg};
}

u32 step_base(const struct guide *g, u32 step)
{
	while (step && !g->steps.at[step].fresh)
		step--;
	return step;
}

/* `start`: what is begun with. */
static bool step_prepare_with(const struct guide *g, u32 step, const struct guide_start *start, const struct guide_host *host,
	struct err *err)
{
	u32 base = step_base(g, step);

	if (!host->start(host->arg, &g->programs.at[start->program], start->args, err))
		return false;
	for (u32 i = base; i < step; i++)
		for (size_t k = 0; k < g->steps.at[i].blocks.n; k++) {
			const struct guide_block *b = &g->steps.at[i].blocks.at[k];

			if (b->moves.n && !b->aside &&
				!guide_moves_run(g, b->moves.at, b->moves.n, host, err))
				return false;
		}
	return true;
}

bool step_prepare(const struct guide *g, u32 step, const struct guide_host *host, struct err *err)
{
	return step_prepare_with(g, step, &g->steps.at[step_base(g, step)].start, host, err);
}

struct guide_play *guide_play_create(const struct guide *g, const struct guide_host *host)
{
	struct guide_play *p = xmalloc(sizeof *p);

	p->guide = g;
	p->host = *host;
	p->at = AT_STEP_END;
	return p;
}

void guide_play_destroy(struct guide_play *p)
{
	if (!p)
		return;
	str_finish(&p->text);
	free(p);
}

static const struct guide_step *step_of(const struct guide_play *p)
{
	return &p->guide->steps.at[p->step];
}

const struct guide_block *guide_play_block(const struct guide_play *p)
{
	return p->block < step_of(p)->blocks.n ? &step_of(p)->blocks.at[p->block] : NULL;
}

const struct guide_experiment *guide_play_experiment(const struct guide_play *p)
{
	size_t n = step_of(p)->blocks.n;

	for (size_t i = p->block < n ? p->block + 1 : n; i-- > 0;)
		if (step_of(p)->blocks.at[i].kind == BLOCK_EXPERIMENT)
			return step_of(p)->blocks.at[i].experiment;
	return NULL;
}

static u64 events(const struct guide_play *p)
{
	return timeline_events(p->host.timeline(p->host.arg));
}

/* ---- from block to block ---- */
static bool expectations_hold(struct guide_play *p, const struct guide_block *b)
{
	struct cond_view v = host_view(&p->host, p->began);

	for (size_t i = 0; i < b->conds.n; i++) {
		if (cond_holds(b->conds.at[i], &v))
			continue;
		str_clear(&p->text);
		str_add(&p->text, "This step expects: ");
		cond_explain(b->conds.at[i], &v, &p->text);
		str_add(&p->text, ".\n");
		return false;
	}
	return true;
}

/* Sets `at` for the block we are on; expectations are checked in passing. */
static unsigned arrive(struct guide_play *p)
{
	static const enum guide_at at[] = {
		[BLOCK_TEXT] = AT_TEXT,
		[BLOCK_PREDICT] = AT_QUESTION,
		[BLOCK_DO] = AT_DO,
		[BLOCK_GOAL] = AT_GOAL,
		[BLOCK_EXPERIMENT] = AT_EXPERIMENT,
	};
	const struct guide_block *b;
	unsigned what = 0;

	while ((b = guide_play_block(p)) && b->kind == BLOCK_EXPECT) {
		if (!p->alone && !expectations_hold(p, b)) {
			p->broken = true;
			what |= PLAY_BROKEN;
		}
		p->block++;
	}
	p->move = p->times = 0;
	if (!b) {
		p->at = p->step + 1 < p->guide->steps.n ? AT_STEP_END : AT_END;
		return what;
	}
	p->at = at[b->kind];
	if (b->kind == BLOCK_PREDICT) {
		p->question = b->question;
		p->answer = (struct guide_answer){0};
		p->asked = events(p);
	}
	return what;
}

static unsigned go_on(struct guide_play *p)
{
	p->block++;
	return arrive(p);
}

/* At the beginning of a step: its processes stand there. */
static void begin_step(struct guide_play *p, u32 step)
{
	p->step = step;
	p->block = p->astray = 0;
	p->broken = p->alone = false;
	p->question = NULL;
	p->began = events(p);
	arrive(p);
}

bool guide_play_enter(struct guide_play *p, u32 step, bool fresh, struct err *err)
{
	bool follows = p->at == AT_STEP_END && p->step + 1 == step && !p->astray && !p->broken;

	if (step >= p->guide->steps.n)
		return err_set(err, EXIT_USAGE, "there are %zu steps", p->guide->steps.n);
	if ((fresh || !follows || p->guide->steps.at[step].fresh) &&
		!step_prepare(p->guide, step, &p->host, err))
		return false;
	begin_step(p, step);
	return true;
}

bool guide_play_to_question(
	struct guide_play *p, const struct guide_question *q, const struct guide_start *other, struct err *err)
{
	u32 step;

	if (guide_question(p->guide, q->id, &step) != q)
		return err_set(err, EXIT_OURS, "the guide has no question %s", q->id);
	if (!step_prepare_with(p->guide, step, other ? other : &p->guide->steps.at[step_base(p->guide, step)].start, &p->host, err))
		return false;
	begin_step(p, step);
	p->alone = true;
	while (p->at != AT_STEP_END && p->at != AT_END && p->question != q) {
		const struct guide_block *b = guide_play_block(p);

		p->question = NULL; /* another one: not asked here */
		if (b->moves.n && !b->aside && !guide_moves_run(p->guide, b->moves.at, b->moves.n, &p->host, err))
			return false;
		go_on(p);
	}
	p->broken = false;
	return p->question == q || err_set(err, EXIT_OURS, "the guide does not come to its question %s", q->id);
}

u32 guide_play_step(const struct guide_play *p)
{
	return p->step;
}

enum guide_at guide_play_at(const struct guide_play *p)
{
	return p->at;
}

unsigned guide_play_read(struct guide_play *p)
{
	return p->at == AT_TEXT || p->at == AT_EXPERIMENT ? go_on(p) : 0;
}

/* ---- a question ---- */
bool guide_play_question_open(const struct guide_play *p)
{
	return p->question != NULL; /* until it is settled: the reasons come then */
}

bool guide_play_answer(struct guide_play *p, const char *text, struct err *err)
{
	if (p->at != AT_QUESTION)
		return err_set(err, EXIT_USAGE, "No question is open.");
	if (!guide_answer_read(p->question, text, &p->answer, err))
		return false;
	go_on(p);
	return true;
}

void guide_play_skip(struct guide_play *p)
{
	if (p->at != AT_QUESTION)
		return;
	p->answer = (struct guide_answer){.given = ANSWER_SKIPPED};
	go_on(p);
}

const struct guide_question *guide_play_settled(
	const struct guide_play *p, enum guide_outcome *outcome)
{
	if (outcome)
		*outcome = p->outcome;
	return p->settled;
}

const char *guide_play_answer_text(const struct guide_play *p)
{
	return str_get(&p->text);
}

static unsigned settle(struct guide_play *p)
{
	const struct guide_block *b = guide_play_block(p);
	struct cond_view v = host_view(&p->host, p->asked);
	struct guide_truth truth;
	struct err err = {0};

	str_clear(&p->text);
	if (!guide_settle(
		    p->guide, p->question, &v, b->moves.at, b->moves.n, &p->host, &truth, &err)) {
		p->question = NULL;
		p->broken = true;
		str_add(&p->text, p->astray ? "The processes were moved another way, so none of "
					      "the answers can be told "
					      "right or wrong.\n"
					    : err.text);
		return PLAY_BROKEN;
	}
	p->settled = p->question;
	p->outcome = guide_judge(p->question, &p->answer, &truth);
	guide_verdict(p->question, &p->answer, &truth, &p->text);
	p->question = NULL;
	return PLAY_SETTLED;
}

/* ---- moves ---- */
static unsigned done(struct guide_play *p)
{
	unsigned what = p->question ? settle(p) : 0;

	return what | go_on(p);
}

void guide_play_pending(const struct guide_play *p, struct str *out)
{
	const struct guide_block *b = guide_play_block(p);

	if (p->at != AT_DO)
		return;
	for (size_t i = p->move; i < b->moves.n; i++) {
		str_add(out, i > p->move ? ", then " : "");
		move_words(&b->moves.at[i], out);
	}
}

/* What is left of the next move when a part of it was done by hand. */
static struct guide_move rest_of_move(const struct guide_play *p)
{
	struct guide_move m = guide_play_block(p)->moves.at[p->move];

	if ((m.kind == MOVE_STEP || m.kind == MOVE_LINE) && !m.until)
		m.times -= p->times;
	return m;
}

bool guide_play_do(struct guide_play *p, unsigned *what, struct err *err)
{
	const struct guide_block *b = guide_play_block(p);

	*what = 0;
	if (p->at != AT_DO)
		return err_set(err, EXIT_USAGE, "Nothing is to be done here.");
	for (; !b->aside && p->move < b->moves.n; p->move++, p->times = 0) {
		struct guide_move m = rest_of_move(p);

		if (!guide_move_run(p->guide, &m, &p->host, err))
			return false;
	}
	*what = done(p);
	return true;
}

static bool same_move(const struct guide_move *a, const struct guide_move *b)
{
	return a->kind == b->kind && strcmp(a->actor, b->actor) == 0 && a->times == b->times &&
	       a->signal == b->signal && !a->until == !b->until &&
	       (!a->until || cond_same(a->until, b->until)) &&
	       strcmp(a->bytes ? a->bytes : "", b->bytes ? b->bytes : "") == 0;
}

/* The learner's own move against the one that is wanted next. True: it is on the path. */
static bool takes_path(struct guide_play *p, const struct guide_move *mine)
{
	const struct guide_move *wanted = &guide_play_block(p)->moves.at[p->move];
	struct cond_view v = host_view(&p->host, p->began);
	bool whole = same_move(mine, wanted);

	bool mine_goes = mine->kind == MOVE_STEP || mine->kind == MOVE_LINE;
	bool same_kind = mine->kind == wanted->kind || (wanted->until && mine_goes);

	/* A part of a line: the rest of it may follow, by Enter too. */
	if (wanted->kind == MOVE_LINE && mine->kind == MOVE_STEP &&
		strcmp(mine->actor, wanted->actor) == 0)
		return true;
	if (!whole && (!mine_goes || !same_kind ||
			      (wanted->kind != MOVE_STEP && wanted->kind != MOVE_LINE) ||
			      strcmp(mine->actor, wanted->actor) != 0))
		return false;
	if (wanted->until && cond_holds(wanted->until, &v))
		whole = true;
	p->times += mine->times;
	if (!whole && !wanted->until && p->times > wanted->times)
		return false;
	if (whole || (!wanted->until && p->times == wanted->times)) {
		p->move++;
		p->times = 0;
	}
	return true;
}

bool guide_play_moved(struct guide_play *p, const char *command, unsigned *what, struct err *err)
{
	struct guide_mark nowhere = {1, 1};
	const struct guide_block *b = guide_play_block(p);
	struct cond_view v;
	struct guide_move mine;
	bool on_path;

	*what = 0;
	if (p->at == AT_GOAL) {
		v = host_view(&p->host, p->began);
		for (size_t i = 0; i < b->conds.n; i++)
			if (!cond_holds(b->conds.at[i], &v))
				return true;
		*what = PLAY_REACHED | go_on(p);
		return true;
	}
	if (!guide_move_parse("command", nowhere, command, &mine, err))
		return false;
	on_path = p->at == AT_DO && !b->aside && takes_path(p, &mine);
	guide_move_finish(&mine);
	if (!on_path) {
		p->astray++;
		*what = PLAY_ASTRAY;
	} else if (p->move == b->moves.n) {
		*what = done(p);
	}
	return true;
}

bool guide_play_move(struct guide_play *p, const char *command, unsigned *what, struct err *err)
{
	struct guide_mark nowhere = {1, 1};
	struct guide_move mine;
	char *where;
	bool ok;

	*what = 0;
	if (!guide_move_parse("command", nowhere, command, &mine, err))
		return false;
	ok = guide_move_run(p->guide, &mine, &p->host, err);
	guide_move_finish(&mine);
	where = ok ? NULL : strstr(err->text, ":1:1: "); /* the learner's line stands in no file */
	if (where)
		memmove(err->text, where + 6, strlen(where + 6) + 1);
	return ok && guide_play_moved(p, command, what, err);
}

u32 guide_play_astray(const struct guide_play *p)
{
	return p->astray;
}
