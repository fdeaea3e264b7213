/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Panes that are text: guide, why, descriptors, output, help. */
#include <string.h>

#include "view/fdtable.h"
#include "view/ladder.h"
#include "view/memory.h"

const char *pane_name(enum pane pane)
{
	static const char *const names[PANE_COUNT] = {
		[PANE_STAGE] = "Stage",
		[PANE_GUIDE] = "Guide",
		[PANE_SOURCE] = "Source",
		[PANE_TIME] = "Time",
		[PANE_FDS] = "Descriptors",
		[PANE_WHY] = "Why",
		[PANE_OUTPUT] = "Output",
		[PANE_HELP] = "Keys",
		[PANE_MEMORY] = "Memory",
		[PANE_HEX] = "Bytes",
		[PANE_LINK] = "Links",
		[PANE_WAITS] = "Waits",
		[PANE_LADDER] = "Ladder",
	};

	return pane < PANE_COUNT ? names[pane] : "";
}

static void fds_of(const struct scene *s, const struct view_state *v, u32 proc, struct str *out)
{
	const struct w_proc *p = world_proc(s->world, proc);

	words_task_name(s, card_task(s, v, proc), out);
	str_add(out, !p || !p->fdt ? ": ended, all descriptors are closed\n" : "\n");
	words_fd_table(s, proc, out);
}

static void fds_text(const struct scene *s, const struct view_state *v, struct str *out)
{
	const struct w_task *t = world_task(s->world, v->selected);

	if (t)
		fds_of(s, v, t->proc, out);
	for (u32 i = 1; i < world_procs(s->world); i++)
		if (world_proc(s->world, i) && !(t && t->proc == i) &&
			!world_proc(s->world, i)->ended) {
			str_add(out, "\n");
			fds_of(s, v, i, out);
		}
}

/* Of what ipclab cc puts into a program, which its author never wrote. */
static bool is_of_runtime(const char *function)
{
	return strncmp(function, "__tsan_", 7) == 0 || strncmp(function, "hook_", 5) == 0;
}

static void frames_text(const struct scene *s, u32 task, struct str *out)
{
	const struct w_task *t = world_task(s->world, task);
	const struct place *p =
		t && t->op.site && s->sources ? sources_place(s->sources, t->op.site) : NULL;

	if (!p || !p->frames_n)
		return;
	str_add(out, "\nWhere, innermost first:\n");
	for (u32 i = 0; i < p->frames_n && i < 24; i++) {
		const struct frame *f = &p->frames[i];

		/* A stripped program has frames without a name: what is around them says enough. */
		if (f != p->shown && (is_of_runtime(f->function) || (!*f->function && !f->line)))
			continue;
		str_add(out, f == p->shown ? "> " : "  ");
		str_add_escaped(out, f->function, strlen(f->function));
		str_add(out, f->line ? "  " : "");
		if (f->line) {
			str_add_escaped(out, f->base, strlen(f->base));
			str_addf(out, ":%u", f->line);
		}
		str_add(out, "\n");
	}
}

static void why_text(const struct scene *s, const struct view_state *v, struct str *out)
{
	u32 task = v->selected;
	u32 pipe = world_op_pipe(s->world, task), told[32] = {task}, n = 1;
	struct str state = {0};

	if (v->question) {
		str_add(out, "said after your answer");
		return;
	}
	words_task(s, task, out);
	words_outlook(s, task, out);
	words_why(s, task, out);
	if (out->len && out->s[out->len - 1] != '\n')
		str_add(out, "\n");
	for (u32 i = 1; i < world_tasks(s->world); i++) {
		struct why why;

		if (i == task || !world_why(s->world, i, &why))
			continue;
		str_clear(&state);
		words_why_too(s, i, told, n, &state);
		if (n < ARRAY_LEN(told))
			told[n++] = i;
		str_addf(out, "%s%s", str_get(&state),
			state.len && state.s[state.len - 1] != '\n' ? "\n" : "");
	}
	str_finish(&state);
	if (pipe) {
		str_add(out, "\n");
		words_pipe_ends(s, pipe, out);
	}
	frames_text(s, task, out);
}

enum { MEMORY_COLS = 76 };

/* Every segment and what guards it, the one the stage is about first. */
static void memory_pane(const struct scene *s, const struct view_state *v, bool hex, struct str *out)
{
	u32 first = stage_segment(s, v);

	for (u32 k = 0; k <= world_segments(s->world); k++) {
		u32 i = k ? k : first;

		if ((k && i == first) || !segment_is_drawn(s->world, i))
			continue;
		str_add(out, out->len ? "\n" : "");
		segment_title(s, i, out);
		str_add(out, "\n");
		if (hex)
			hex_text(s, i, out);
		else
			memory_text(s, i, v->hide, MEMORY_COLS, out);
		if (!hex && !(v->hide & (HIDE_RACE | HIDE_NEXT)))
			words_conflicts(s, i, out);
		if (!hex && words_unseen(s, i, out))
			str_add(out, "\n");
	}
	for (u32 i = 1; i < world_syncs(s->world) && !hex; i++) {
		const struct w_sync *x = world_sync(s->world, i);
		u64 base;

		if (!sync_is_drawn(s->world, i) ||
			(x->segment && segment_type(s, x->segment, &base, NULL)))
			continue;
		sync_line(s, i, out);
		str_add(out, "\n");
	}
	if (!out->len)
		str_add(out, "No memory is shared here, and nothing guards any.");
}

void pane_text(enum pane pane, const struct scene *s, const struct view_state *v, struct str *out)
{
	switch (pane) {
	case PANE_GUIDE: str_add(out, v->guide ? v->guide : ""); return;
	case PANE_WHY: why_text(s, v, out); return;
	case PANE_WAITS:
		if (v->question)
			str_add(out, "said after your answer");
		else
			words_waits(s, out);
		return;
	case PANE_LADDER: words_ladder(s, out); return;
	case PANE_FDS:
		if (v->hide & HIDE_ENDS)
			str_add(out, "said after your answer");
		else
			fds_text(s, v, out);
		return;
	case PANE_LINK:
		if (v->hide & HIDE_ENDS || v->question)
			str_add(out, "said after your answer");
		else
			link_cards(s, v->selected, out);
		return;
	case PANE_OUTPUT:
		str_add(out, v->output && *v->output
				     ? v->output
				     : "The programs have written nothing to their terminal.");
		return;
	case PANE_MEMORY: memory_pane(s, v, false, out); return;
	case PANE_HEX: memory_pane(s, v, true, out); return;
	case PANE_HELP:
		str_addf(out, "%s\n", help_pane(PANE_STAGE));
		if (*help_pane(v->help_for) && v->help_for != PANE_STAGE)
			str_addf(out, "%s\n", help_pane(v->help_for));
		str_add(out, "\n");
		help_text(v->live ? IN_LIVE : IN_RECORDED, out);
		return;
	default: return;
	}
}
