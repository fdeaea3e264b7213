/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lesson.h"

enum { DEEDS_WINDOW = 400 };

const char *source_dir(void)
{
	const char *src = getenv("IPCLAB_SRC");

	return src ? src : ".";
}

/* ---- what the lab's screen says in a step, up to its first question ---- */

static void add_paragraph(struct lesson *l, const struct guide_block *b)
{
	static const char *const first[] = {"", "\u00b7 ", "   ", "   "};
	static const char *const others[] = {"", "  ", "   ", "   "};
	size_t n = strlen(b->text);

	while (n && b->text[n - 1] == '\n')
		n--;
	str_add(&l->text, l->text.len ? "\n" : "");
	for (size_t at = 0; at < n;) {
		size_t len = strcspn(b->text + at, "\n");

		str_add(&l->text, at ? others[b->text_kind] : first[b->text_kind]);
		str_add_bytes(&l->text, b->text + at, len);
		str_add(&l->text, "\n");
		at += len + 1;
	}
}

static void add_open(struct lesson *l, u32 number)
{
	const struct guide_question *q = l->question;

	str_add(&l->text, "\n");
	if (!q) {
		str_addf(&l->text, "Enter: step %u, %s.\n", number + 1,
			l->guide->steps.at[number].title);
		str_add(&l->lead, "Enter next step");
		return;
	}
	str_addf(&l->text, "%s\n", q->text);
	for (u32 i = 0; i < guide_choices(q); i++)
		str_addf(&l->text, "%s %u  %s\n", !i && q->kind != ASK_NUMBER ? ">" : " ", i + 1,
			guide_choice(q, i));
	if (q->kind == ASK_NUMBER)
		str_add(&l->lead, "PREDICT  type a number, Enter");
	else
		str_addf(&l->lead, "PREDICT  1-%u choose, Enter answer", guide_choices(q));
}

void lesson_open(struct lesson *l, u32 number)
{
	struct guide_block intro = {.text_kind = TEXT_PARAGRAPH};
	struct str path = {0};
	struct err err = {0};
	char name[8];

	memset(l, 0, sizeof *l);
	str_addf(&path, "%s/labs/01-pipe/lab.md", source_dir());
	l->guide = guide_load(str_get(&path), &err);
	ck_assert_msg(l->guide != NULL, "%s", err.text);
	ck_assert_uint_eq(l->guide->steps.n, STEPS);
	l->step = &l->guide->steps.at[number - 1];
	intro.text = l->guide->intro;
	if (number == 1 && intro.text)
		add_paragraph(l, &intro);
	for (size_t i = 0; i < l->step->blocks.n && !l->question; i++) {
		const struct guide_block *b = &l->step->blocks.at[i];

		if (b->kind == BLOCK_TEXT)
			add_paragraph(l, b);
		l->question = b->question;
		if (b->kind != BLOCK_DO)
			continue;
		l->enters++;
		l->old_len = l->text.len;
	}
	add_open(l, number);
	str_addf(&l->heading, "%u/%d  %s", number, STEPS, l->step->title);
	for (u32 i = 0; i < LAB_ACTORS_MAX; i++) {
		snprintf(name, sizeof name, "P%u", i + 1);
		l->actors[i] = guide_role(l->guide, l->step->start.program, name);
		if (*l->actors[i])
			l->actors_n = i + 1;
	}
	str_finish(&path);
}

void lesson_close(struct lesson *l)
{
	guide_destroy(l->guide);
	str_finish(&l->text);
	str_finish(&l->heading);
	str_finish(&l->lead);
	session_end(l->session);
}

static const char *actor_of(void *arg, u32 proc)
{
	struct lesson *l = arg;
	const struct w_proc *p = world_proc(timeline_world(session_timeline(l->session)), proc);

	return p && p->name >= 1 && p->name <= l->actors_n ? l->actors[p->name - 1]
							   : session_actor(l->session, proc);
}

static const char *recorded_actor_of(void *arg, u32 proc)
{
	return session_actor(((struct lesson *)arg)->session, proc);
}

static unsigned hidden(const struct guide_question *q)
{
	return (q->hide & GUIDE_HIDE_FULL ? HIDE_FULL : 0) |
	       (q->hide & GUIDE_HIDE_NEXT ? HIDE_NEXT : 0) |
	       (q->hide & GUIDE_HIDE_ENDS ? HIDE_ENDS : 0);
}

static unsigned shown(u32 show)
{
	return VIEW_SHOW | (show & SHOW_PIPE ? VIEW_PIPE : 0) | (show & SHOW_ENDS ? VIEW_ENDS : 0) |
	       (show & SHOW_WHY ? VIEW_WHY : 0) | (show & SHOW_CONTENTS ? VIEW_CONTENTS : 0) |
	       (show & SHOW_SLOTS ? VIEW_SLOTS : 0) | (show & SHOW_LAST ? VIEW_LAST : 0) |
	       (show & SHOW_OUTPUT ? VIEW_OUTPUT : 0);
}

/* ---- a frame ---- */

static void set_lesson(const struct frame_wanted *w, const struct lesson *l, struct view_state *v)
{
	v->mode = SCREEN_HELD;
	v->live = true;
	v->first = l->enters == 0;
	v->title = "01 Ordinary pipes";
	v->heading = str_get(&l->heading);
	v->lead = str_get(&l->lead);
	v->guide = w->bare ? "" : str_get(&l->text);
	v->question = w->question;
	v->hide = w->question && l->question ? hidden(l->question) : 0;
	v->show = w->bare ? 0 : shown(l->step->show);
}

static void set_replay(char *title, size_t n, const struct frame_wanted *w, struct view_state *v)
{
	snprintf(title, n, "replay  %02u.ipclog", w->step);
	v->mode = SCREEN_RECORDED;
	v->title = title;
	v->heading = v->lead = "";
	v->message = "This is the end of the recording.";
}

static void recording_open(struct lesson *l, u32 step)
{
	struct str path = {0};
	struct err err = {0};

	str_addf(&path, "%s/tests/screen/steps/%02u.ipclog", source_dir(), step);
	l->session = session_open(str_get(&path), &err);
	ck_assert_msg(l->session != NULL, "%s", err.text);
	str_finish(&path);
}

/* Sentences that say why the tasks of this scene wait. */
static u32 add_reasons(const struct scene *scene, struct str *reasons)
{
	u32 n = 0;

	for (u32 i = 1; i < world_tasks(scene->world); i++) {
		size_t before = reasons->len;

		words_reason(scene, i, reasons);
		if (reasons->len == before)
			continue;
		str_add(reasons, "\n");
		n++;
	}
	return n;
}

u32 lesson_draw(const struct frame_wanted *w, struct str *out, struct str *reasons)
{
	struct canvas *c = canvas_create(rows_of(w->shape), cols_of(w->shape), is_ascii(w->shape));
	struct view_state v = {.selected = 1, .lower = w->lower, .find = "", .output = ""};
	struct str last = {0}, written = {0};
	struct deeds deeds = {0};
	struct scene scene;
	struct timeline *t;
	struct lesson l;
	char title[64];
	u64 from, to, end;
	u32 n;

	lesson_open(&l, w->step);
	recording_open(&l, w->step);
	t = session_timeline(l.session);
	scene = (struct scene){timeline_world(t), timeline_reader(t), session_sources(l.session),
		w->replay ? recorded_actor_of : actor_of, &l, STYLE_SHORT, NULL, false, false};
	if (w->replay)
		set_replay(title, sizeof title, w, &v);
	else
		set_lesson(w, &l, &v);
	v.moment = v.moments = timeline_moments(t);
	v.events = end = timeline_events(t);
	deeds_collect(t, &scene, end > DEEDS_WINDOW ? end - DEEDS_WINDOW + 1 : 1, end, &deeds);
	if (v.moment > 1 && timeline_moment_events(t, v.moment, &from, &to))
		last_collect(t, &scene, from - 1, end, v.question, &last, &written);
	timeline_seek_end(t);
	scene.world = timeline_world(t);
	v.deeds = deeds.at;
	v.deeds_n = deeds.n;
	v.last = str_get(&last);
	v.out_line = str_get(&written);
	if (!w->replay && !w->bare)
		v.scroll[PANE_GUIDE] = screen_guide_scroll(c, &scene, &v, l.old_len);
	screen_draw(c, &scene, &v);
	canvas_text(c, out);
	n = add_reasons(&scene, reasons);
	canvas_destroy(c);
	lesson_close(&l);
	free(deeds.at);
	str_finish(&last);
	str_finish(&written);
	return n;
}
