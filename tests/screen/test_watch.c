/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The screen of `watch` from recordings of real programs (watch/NAME.ipclog, cut by watch/trim): who waits for
 * whom as a list at 80x24, everybody and what is between them as a picture at 140x40, compared with
 * golden/watch-NAME.txt. IPCLAB_GOLDEN=1 writes them anew: look at each before it is kept. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "golden.h"
#include "session/lib.h"
#include "view/graph.h"

static const char *source_of(const char *kind, const char *name, const char *end, struct str *path)
{
	const char *dir = getenv("IPCLAB_SRC");

	str_clear(path);
	str_addf(path, "%s/tests/screen/%s/%s%s", dir ? dir : ".", kind, name, end);
	return str_get(path);
}

static const char *actor(void *arg, u32 proc)
{
	return session_actor(arg, proc);
}

static struct session *session;

static void open_story(const char *name, struct scene *scene)
{
	struct str path = {0};
	struct err err = {0};

	session = session_open(source_of("watch", name, ".ipclog", &path), &err);
	ck_assert_msg(session != NULL, "%s: %s", str_get(&path), err.text);
	timeline_seek_end(session_timeline(session));
	*scene = (struct scene){.world = timeline_world(session_timeline(session)),
		.log = timeline_reader(session_timeline(session)),
		.sources = session_sources(session),
		.actor = actor,
		.actor_arg = session};
	str_finish(&path);
}

static struct view_state state_of(const struct scene *s, bool graph)
{
	return (struct view_state){.mode = SCREEN_LIVE,
		.events = world_head(s->world)->events,
		.selected = 1,
		.lower = PANE_WHY,
		.graph = graph,
		.watch = true,
		.live = true,
		.title = "watch  a program",
		.heading = "",
		.last = "",
		.out_line = "",
		.find = "",
		.output = "",
		.lead = graph ? "Enter list   1-9 choose" : "Enter picture   1-9 choose"};
}

static void draw(
	const char *story, const char *golden, int rows, int cols, bool graph, u32 selected)
{
	struct canvas *c = canvas_create(rows, cols, false);
	struct str text = {0};
	struct view_state v;
	struct scene s;

	open_story(story, &s);
	v = state_of(&s, graph);
	v.selected = selected;
	screen_draw(c, &s, &v);
	canvas_text(c, &text);
	golden_compare(golden, str_get(&text));
	str_finish(&text);
	canvas_destroy(c);
	session_end(session);
}

START_TEST(lists)
{
	draw("make", "watch-make-list", 24, 80, false, 1);
	draw("pipeline", "watch-pipeline-list", 24, 80, false, 1);
	draw("python", "watch-python-list", 24, 80, false, 1);
	draw("stuck", "watch-stuck-list", 24, 80, false, 7);
}
END_TEST

START_TEST(pictures)
{
	draw("make", "watch-make-140x40", 40, 140, true, 1);
	draw("make", "watch-make", 24, 80, true, 1);
	draw("pipeline", "watch-pipeline-140x40", 40, 140, true, 1);
	draw("python", "watch-python-140x40", 40, 140, true, 1);
	draw("stuck", "watch-stuck-140x40", 40, 140, true, 7);
	draw("stuck", "watch-stuck", 24, 80, true, 1);
	draw("twelve", "watch-twelve-140x40", 40, 140, true, 1);
	/* System V queues; a System V set, eventfds; flock of two shells; multiprocessing.Semaphore: what is in each, who waits. */
	draw("queue", "watch-queue-140x40", 40, 140, true, 1);
	draw("queue", "watch-queue", 24, 80, true, 1);
	draw("things", "watch-things-140x40", 40, 140, true, 1);
	draw("flock", "watch-flock-140x40", 40, 140, true, 1);
	draw("flock", "watch-flock", 24, 80, true, 1);
	draw("sem", "watch-sem-140x40", 40, 140, true, 1);
}
END_TEST

static void check_lines(const struct graph *g)
{
	for (int i = 0; i < g->links_n; i++)
		for (int k = 0; k < g->nodes_n && !g->links[i].told; k++) {
			const struct link *l = &g->links[i];

			if (!((l->readers | l->writers) >> k & 1))
				continue;
			ck_assert_int_ge(l->port[k], g->nodes[k].col);
			ck_assert_int_lt(l->port[k], g->nodes[k].col + g->card);
			for (int n = 0; n < i; n++) { /* two lines never meet one side of a card in one column */
				const struct link *o = &g->links[n];
				if (!o->told && (o->readers | o->writers) >> k & 1 && (o->gap == g->nodes[k].layer) == (l->gap == g->nodes[k].layer))
					ck_assert_int_ne(o->port[k], l->port[k]);
			}
		}
}

/* Any processes, up to twelve, with any parents and any links: there is a picture at 140x40. */
START_TEST(any_twelve)
{
	srand(7);
	for (int round = 0; round < 4000; round++) {
		struct graph g = {.nodes_n = 1 + rand() % 12};
		int most = round % 3 == 0 ? 3 : round % 100 == 1 ? GRAPH_LINKS - 13 : 24, kin = rand() % 3;

		for (int i = 0; i < g.nodes_n; i++)
			g.nodes[i] = (struct node){.proc = (u32)i + 1, .parent = !i || kin == 0 ? i - 1 : kin == 1 ? 0 : rand() % i};
		for (g.links_n = rand() % most; g.links_n < most && rand() % (most > 24 ? 1000 : 8); g.links_n++) {
			struct link *l = &g.links[g.links_n];
			*l = (struct link){.kind = OBJ_PIPE, .object = (u32)g.links_n + 1};
			l->writers |= 1u << rand() % g.nodes_n;
			l->readers |= 1u << rand() % g.nodes_n;
			if (rand() % 4 == 0)
				l->readers |= (u32)rand() & ((1u << g.nodes_n) - 1);
		}
		for (int i = 0; i < g.links_n; i++)
			if (!g.links[i].writers)
				g.links[i].writers = g.links[i].readers = 1;
		ck_assert_msg(graph_lay_out(&g, 140), "round %d: no picture of %d", round, g.nodes_n);
		ck_assert_msg(g.rows <= 36, "round %d: %d rows", round, g.rows);
		for (int i = 0; i < g.nodes_n; i++)
			for (int k = 0; k < i; k++)
				ck_assert(g.nodes[k].layer != g.nodes[i].layer || abs(g.nodes[k].col - g.nodes[i].col) > g.card);
		check_lines(&g);
	}
}
END_TEST

/* The wait-for graph, when all stand still. */
static void draw_waits(const char *story, const char *golden, int rows, int cols, bool ascii)
{
	struct canvas *c = canvas_create(rows, cols, ascii);
	struct str text = {0}, name = {0};
	struct view_state v;
	struct scene s;

	open_story(story, &s);
	v = state_of(&s, false);
	v.lower = PANE_WAITS;
	str_addf(&name, "watch-waits-%s", golden);
	screen_draw(c, &s, &v);
	canvas_text(c, &text);
	golden_compare(str_get(&name), str_get(&text));
	str_finish(&text);
	str_finish(&name);
	canvas_destroy(c);
	session_end(session);
}

START_TEST(waits)
{
	draw_waits("ring", "ring", 24, 80, false);
	draw_waits("ring", "ring-ascii", 24, 80, true);
	draw_waits("ring", "ring-140x40", 40, 140, false);
	draw_waits("ring", "ring-140x40-ascii", 40, 140, true);
	draw_waits("forgotten", "forgotten", 24, 80, false);
	draw_waits("forgotten", "forgotten-ascii", 24, 80, true);
	draw_waits("several", "several", 24, 80, false);
	draw_waits("several", "several-140x40", 40, 140, false);
	draw_waits("pipeline", "pipeline", 24, 80, false);
	draw_waits("outside", "outside", 24, 80, false);
}
END_TEST

/* Sound for every moment of a story: nodes in their layer do not overlap, all is inside, and the
 * same world gives the same picture. */
static void check_graph(const struct scene *s, int cols)
{
	struct graph g, again;

	if (!graph_make(s, cols, &g))
		return;
	ck_assert(graph_make(s, cols, &again));
	ck_assert_int_eq(memcmp(&g, &again, sizeof g), 0);
	for (int i = 0; i < g.nodes_n; i++) {
		ck_assert_int_ge(g.nodes[i].col, 1);
		ck_assert_int_le(g.nodes[i].col + g.card, cols);
		ck_assert(g.nodes[i].layer >= 0 && g.nodes[i].layer < g.layers);
		for (int k = 0; k < i; k++)
			ck_assert(g.nodes[k].layer != g.nodes[i].layer ||
				  abs(g.nodes[k].col - g.nodes[i].col) >= g.card + 1);
	}
	for (int i = 0; i < g.links_n; i++) {
		const struct link *l = &g.links[i];
		for (int k = 0; k < g.nodes_n && !l->told; k++)
			if ((l->readers | l->writers) >> k & 1)
				ck_assert(g.nodes[k].layer >= l->gap && g.nodes[k].layer <= l->last + 1);
	}
}

START_TEST(every_moment)
{
	static const char *const stories[] = {"make", "pipeline", "python", "stuck", "twelve", "queue", "things", "flock", "sem"};

	for (size_t i = 0; i < ARRAY_LEN(stories); i++) {
		struct scene s;
		struct timeline *t;

		open_story(stories[i], &s);
		t = session_timeline(session);
		for (u64 event = timeline_events(t); event > 0; event -= event > 7 ? 7 : event) {
			timeline_seek_event(t, event);
			s.world = timeline_world(t);
			check_graph(&s, 140);
			check_graph(&s, 80);
			check_graph(&s, 31);
		}
		session_end(session);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("watch");
	TCase *c = tcase_create("watch");
	SRunner *runner;
	int failed;

	tcase_set_timeout(c, 60);
	tcase_add_test(c, lists);
	tcase_add_test(c, pictures);
	tcase_add_test(c, waits);
	tcase_add_test(c, any_twelve);
	tcase_add_test(c, every_moment);
	suite_add_tcase(suite, c);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
