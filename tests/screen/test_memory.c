/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shared memory as it is drawn and said: a recording, a moment -> canvas, compared with
 * golden/memory-NAME.txt, and sentences. IPCLAB_GOLDEN=1 writes the pictures anew: look at each
 * before it is kept. */
#include <check.h>
#include <unistd.h>

#include "memory_story.h"
#include "session/lib.h"
#include "view/memory.h"
#include "golden.h"

enum { FULL_TEST = 1, FILL, MOVE_IN, EMPTY_TEST, TAKE, MOVE_OUT, LOCK };

static const char producer_c[] =
	"while (((in + 1) % BUFFER_SIZE) == out)\n\t;\nbuffer[in] = next_produced;\n"
	"in = (in + 1) % BUFFER_SIZE;\n";
static const char consumer_c[] =
	"while (in == out)\n\t;\nnext_consumed = buffer[out];\nout = (out + 1) % BUFFER_SIZE;\n"
	"sem_wait(&full);\n";

static void begin(struct story *s, const char *name, u64 size, u32 *p1, u32 *p2)
{
	story_begin(s);
	story_line(s, FULL_TEST, "producer.c", 1, "produce");
	story_line(s, FILL, "producer.c", 3, "produce");
	story_line(s, MOVE_IN, "producer.c", 4, "produce");
	story_line(s, EMPTY_TEST, "consumer.c", 1, "consume");
	story_line(s, TAKE, "consumer.c", 3, "consume");
	story_line(s, MOVE_OUT, "consumer.c", 4, "consume");
	story_line(s, LOCK, "consumer.c", 5, "consume");
	story_source(s, "producer.c", producer_c);
	story_source(s, "consumer.c", consumer_c);
	story_mode(s, OBS_HELD);
	*p1 = story_spawn(s, 0);
	story_observe(s, *p1, OBS_HOOKED, 0, 0, 0, 0, 0);
	shm_map(s, *p1, name, size);
	*p2 = story_fork(s, *p1, 0);
	story_settled(s);
}

/* The course's loop, run until `items` more are in than out; the consumer has taken two. P2 looked at
 * in when it was 0 the second time, before P1's last item. */
static void run_ring(struct story *s, u32 p1, u32 p2, u32 n, u32 made)
{
	u64 in = 4 * n, out = in + 4;
	u32 taken = made < 2 ? made : 2;

	for (u32 i = 0; i < made; i++) {
		u32 cell = i % n;

		if (i == n) { /* room is wanted: the consumer has made it */
			shm_load(s, p2, in, cell, EMPTY_TEST);
			shm_load(s, p2, out, 2 % n, EMPTY_TEST);
		}
		shm_store(s, p1, 4 * cell, 10 + i, i < n ? 0 : 10 + i - n, FILL);
		shm_store(s, p1, in, (cell + 1) % n, cell, MOVE_IN);
		if (i + 1 == taken)
			for (u32 k = 0; k < taken; k++) {
				shm_load(s, p2, 4 * k, 10 + k, TAKE);
				shm_store(s, p2, out, k + 1, k, MOVE_OUT);
			}
		story_settled(s);
	}
}

/* PICTURES "RING": nine of ten. P1 spins, P2 is about to take. */
static void nine_of_ten(struct story *s)
{
	u32 p1, p2;

	begin(s, "/OS", 48, &p1, &p2);
	run_ring(s, p1, p2, 10, 11);
	for (int i = 0; i < 6; i++) {
		shm_load(s, p1, 40, 1, FULL_TEST);
		shm_load(s, p1, 44, 2, FULL_TEST);
	}
	shm_poised(s, p1, CALL_load, 40, FULL_TEST);
	shm_poised(s, p2, CALL_load, 8, TAKE);
	story_settled(s);
	story_end(s);
}

static void empty(struct story *s)
{
	u32 p1, p2;

	begin(s, NULL, 48, &p1, &p2);
	shm_load(s, p1, 40, 0, FULL_TEST);
	shm_load(s, p1, 44, 0, FULL_TEST);
	shm_load(s, p1, 40, 0, FILL);
	shm_poised(s, p1, CALL_store, 0, FILL);
	shm_load(s, p2, 40, 0, EMPTY_TEST);
	shm_poised(s, p2, CALL_load, 44, EMPTY_TEST);
	story_settled(s);
	/* The cell is full, and in does not say so yet. */
	shm_record(s, REC_ENTER, p1, CALL_store, 0, 4, 0, FILL);
	story_exit_full(s, p1, CALL_store, 0, 0, 0, 11, 0);
	shm_poised(s, p1, CALL_store, 40, MOVE_IN);
	story_settled(s);
	story_end(s);
}

/* Two producers at one slot. */
static void conflict(struct story *s)
{
	u32 p1, p2;

	begin(s, "/OS", 48, &p1, &p2);
	run_ring(s, p1, p2, 10, 4);
	shm_load(s, p1, 40, 4, FILL);
	shm_load(s, p2, 40, 4, FILL);
	shm_poised(s, p1, CALL_store, 16, FILL);
	shm_poised(s, p2, CALL_store, 16, FILL);
	story_settled(s);
	story_end(s);
}

static void sixteen(struct story *s)
{
	u32 p1, p2;

	begin(s, "/OS", 72, &p1, &p2);
	run_ring(s, p1, p2, 16, 17);
	shm_poised(s, p1, CALL_load, 64, FULL_TEST);
	shm_poised(s, p2, CALL_load, 60, TAKE);
	story_settled(s);
	story_end(s);
}

static void forty(struct story *s)
{
	u32 p1, p2;

	begin(s, "/OS", 168, &p1, &p2);
	run_ring(s, p1, p2, 40, 30);
	shm_poised(s, p1, CALL_store, 120, FILL);
	shm_poised(s, p2, CALL_load, 160, EMPTY_TEST);
	story_settled(s);
	story_end(s);
}

/* A semaphore at 48 and a mutex at 80, behind the ring. */
static void guarded(struct story *s)
{
	u32 p1, p2, p3;

	begin(s, "/OS", 120, &p1, &p2);
	shm_call(s, p1, CALL_sem_init, 48, 0 | 1ull << 32, FILL);
	shm_call(s, p1, CALL_pthread_mutex_init, 80, 1ull << 8, FILL);
	shm_call(s, p1, CALL_pthread_mutex_lock, 80, 0, FILL);
	shm_told(s, REC_ENTER, p2, CALL_sem_wait, 48, 0, LOCK);
	story_blocked(s, p2, CALL_sem_wait);
	p3 = story_fork(s, p1, 0);
	shm_told(s, REC_ENTER, p3, CALL_sem_wait, 48, 0, LOCK);
	story_blocked(s, p3, CALL_sem_wait);
	shm_changed(s, p1, 64, 1); /* inside the semaphore: no news */
	shm_changed(s, p1, 4, 99); /* a cell: news */
	shm_record(s, REC_ENTER, p1, CALL_update, 44, 4, EVF_ATOMIC, FILL);
	story_exit_full(s, p1, CALL_update, 0, 0, 0, 1, 0);
	shm_record(s, REC_POISED, p1, CALL_update, 44, 4, EVF_ATOMIC, FILL);
	story_settled(s);
	story_end(s);
}

/* The selected process is at the segment that was touched first. */
static void two_segments(struct story *s)
{
	u32 p1, p2;

	begin(s, "/OS", 48, &p1, &p2);
	shm_map_nth(s, p1, "/other", 8, 1);
	shm_poised(s, p2, CALL_load, 40, EMPTY_TEST);
	shm_store(s, p1, 4096, 5, 0, FILL);
	story_settled(s);
	story_end(s);
}

/* What is no ring: fields, an enum, structs and a text, folded. */
static void account(struct story *s)
{
	u32 p1, p2;

	begin(s, "/bank", 48, &p1, &p2);
	shm_store(s, p1, 0, 100, 0, FILL);
	shm_store(s, p1, 4, 1, 0, FILL);
	shm_store(s, p1, 8, 3, 0, FILL);
	shm_store(s, p2, 12, 4, 0, FILL);
	shm_store(s, p1, 32, 'a' | 'b' << 8, 0, FILL);
	shm_load(s, p2, 0, 100, TAKE);
	shm_load(s, p1, 0, 100, FILL);
	shm_store(s, p1, 0, 150, 100, FILL);
	shm_poised(s, p1, CALL_load, 0, FILL);
	shm_poised(s, p2, CALL_store, 0, MOVE_OUT);
	story_settled(s);
	story_end(s);
}

/* ---- frames ---- */

static const char guide[] = "Cell 1 is free, yet P1 does not use it. If it did, in would become 2.\n"
			    "What would P2's next test, in == out, then say of ten items?\n";

static const char *actor(void *arg, u32 proc)
{
	static const char *const names[] = {"", "producer", "consumer"};

	(void)arg;
	return proc < ARRAY_LEN(names) ? names[proc] : "";
}

struct golden {
	const char *name;
	void (*story)(struct story *);
	const struct type *type;
	enum pane lower;
	int rows, cols;
	bool ascii;
	unsigned hide;
	u64 moment;
};

static const struct golden goldens[] = {
	{"ring", nine_of_ten, &t_ring10, PANE_GUIDE, 24, 80, false, 0, 0},
	{"ring-ascii", nine_of_ten, &t_ring10, PANE_GUIDE, 24, 80, true, 0, 0},
	{"ring-140x40", nine_of_ten, &t_ring10, PANE_GUIDE, 40, 140, false, 0, 0},
	{"ring-140x40-ascii", nine_of_ten, &t_ring10, PANE_GUIDE, 40, 140, true, 0, 0},
	{"ring-narrow", nine_of_ten, &t_ring10, PANE_GUIDE, 24, 60, false, 0, 0},
	{"ring-hides", nine_of_ten, &t_ring10, PANE_GUIDE, 24, 80, false,
		HIDE_FULL | HIDE_NEXT | HIDE_RACE, 0},
	{"ring-memory", nine_of_ten, &t_ring10, PANE_MEMORY, 24, 80, false, 0, 0},
	{"ring-bytes", nine_of_ten, &t_ring10, PANE_HEX, 24, 80, false, 0, 0},
	{"ring-time", nine_of_ten, &t_ring10, PANE_TIME, 24, 80, false, 0, 0},
	{"ring-untyped", nine_of_ten, NULL, PANE_GUIDE, 24, 80, false, 0, 0},
	{"empty", empty, &t_ring10, PANE_GUIDE, 24, 80, false, 0, 2},
	{"cell-before-in", empty, &t_ring10, PANE_GUIDE, 24, 80, false, 0, 0},
	{"conflict", conflict, &t_ring10, PANE_GUIDE, 24, 80, false, 0, 0},
	{"conflict-ascii", conflict, &t_ring10, PANE_GUIDE, 24, 80, true, 0, 0},
	{"sixteen", sixteen, &t_ring16, PANE_GUIDE, 24, 80, false, 0, 0},
	{"sixteen-140x40", sixteen, &t_ring16, PANE_GUIDE, 40, 140, false, 0, 0},
	{"forty", forty, &t_ring40, PANE_GUIDE, 24, 80, false, 0, 0},
	{"guarded", guarded, &t_guarded, PANE_GUIDE, 24, 80, false, 0, 0},
	{"guarded-memory", guarded, &t_guarded, PANE_MEMORY, 40, 80, false, 0, 0},
	{"two-segments", two_segments, &t_ring10, PANE_MEMORY, 40, 80, false, 0, 0},
	{"fields", account, &t_account, PANE_GUIDE, 24, 80, false, 0, 0},
	{"fields-memory", account, &t_account, PANE_MEMORY, 24, 80, false, 0, 0},
	{"fields-140x40-ascii", account, &t_account, PANE_GUIDE, 40, 140, true, 0, 0},
};

struct stage {
	struct story story;
	struct session *session;
	struct typed *typed;
	struct scene scene;
};

static void stage_open(struct stage *x, const struct golden *g)
{
	struct err err = {0};
	struct timeline *t;

	g->story(&x->story);
	x->session = session_open(x->story.path, &err);
	ck_assert_msg(x->session != NULL, "%s", err.text);
	t = session_timeline(x->session);
	ck_assert_msg(world_head(timeline_now(t))->drift == 0, "drift: %s",
		world_head(timeline_now(t))->first_drift);
	if (g->moment)
		timeline_seek_moment(t, g->moment);
	x->typed = typed_create();
	if (g->type)
		typed_set(x->typed, "shm1", g->type, 0);
	x->scene = (struct scene){
		.world = timeline_world(t),
		.log = timeline_reader(t),
		.sources = session_sources(x->session),
		.actor = actor,
		.style = STYLE_SHORT,
		.typed = x->typed,
	};
}

static void stage_close(struct stage *x)
{
	session_end(x->session);
	story_forget(&x->story);
	typed_destroy(x->typed);
}

static void draw(const struct golden *g, struct str *out)
{
	struct canvas *c = canvas_create(g->rows, g->cols, g->ascii);
	struct deeds deeds = {0};
	struct stage x;
	struct timeline *t;

	stage_open(&x, g);
	t = session_timeline(x.session);
	struct view_state v = {
		.mode = SCREEN_HELD,
		.live = true,
		.selected = 2,
		.lower = g->lower,
		.title = "07 Bounded buffer",
		.heading = "5/10  Nine of ten",
		.guide = guide,
		.last = "",
		.out_line = "",
		.find = "",
		.output = "",
		.hide = g->hide,
		.question = g->hide != 0,
		.moment = world_head(x.scene.world)->moment,
		.moments = timeline_moments(t),
	};
	deeds_collect(t, &x.scene, 1, world_head(x.scene.world)->events, &deeds);
	x.scene.world = timeline_world(t);
	v.deeds = deeds.at;
	v.deeds_n = deeds.n;
	screen_draw(c, &x.scene, &v);
	canvas_text(c, out);
	canvas_destroy(c);
	free(deeds.at);
	stage_close(&x);
}

static void memory_compare(const char *name, const char *text)
{
	struct str full = {0};

	str_addf(&full, "memory-%s", name);
	golden_compare(str_get(&full), text);
	str_finish(&full);
}

START_TEST(picture_is_as_kept)
{
	struct str text = {0};

	draw(&goldens[_i], &text);
	memory_compare(goldens[_i].name, str_get(&text));
	str_finish(&text);
}
END_TEST

START_TEST(ascii_pictures_have_no_other_character)
{
	struct golden g = goldens[_i];
	struct str text = {0};

	g.ascii = true;
	draw(&g, &text);
	for (size_t i = 0; i < text.len; i++)
		ck_assert_int_lt((unsigned char)text.s[i], 0x80);
	str_finish(&text);
}
END_TEST

START_TEST(no_line_is_wider_than_the_screen)
{
	for (int cols = 1; cols <= 200; cols += cols < 20 ? 3 : 19)
		for (int rows = 1; rows <= 60; rows += rows < 12 ? 3 : 11) {
			struct golden g = goldens[_i];
			struct str text = {0};

			if ((rows * cols + _i) % 4)
				continue; /* a quarter of them meets every case */
			g.cols = cols;
			g.rows = rows;
			draw(&g, &text);
			for (const char *p = str_get(&text); *p;) {
				size_t n = strcspn(p, "\n");
				char line[1024];

				snprintf(line, sizeof line, "%.*s", (int)n, p);
				ck_assert_int_le(text_width(line), cols);
				p += n + 1;
			}
			str_finish(&text);
		}
}
END_TEST

/* ---- how full ---- */

static u32 wanted_n, wanted_in, wanted_out; /* of the story below */

static void any_ring(struct story *s)
{
	u32 p1, p2;

	begin(s, NULL, 4096, &p1, &p2);
	shm_store(s, p1, 4 * wanted_n, wanted_in, 0, FILL);
	shm_store(s, p2, 4 * wanted_n + 4, wanted_out, 0, TAKE);
	story_settled(s);
	story_end(s);
}

static struct ring_state state_of(const struct type *type, u32 n, u32 in, u32 out)
{
	struct golden g = {.story = any_ring, .type = type};
	struct ring_state st;
	struct stage x;
	struct ring ring;

	wanted_n = n;
	wanted_in = in;
	wanted_out = out;
	stage_open(&x, &g);
	ck_assert(ring_find(&x.scene, 1, &ring));
	ck_assert_uint_eq(ring.n, n);
	ring_read(&x.scene, &ring, &st);
	stage_close(&x);
	return st;
}

START_TEST(items_are_counted_by_the_courses_rule)
{
	for (u32 in = 0; in < 10; in++)
		for (u32 out = 0; out < 10; out++) {
			struct ring_state st = state_of(&t_ring10, 10, in, out);

			ck_assert_int_eq(st.items, (in + 10 - out) % 10);
			ck_assert_int_eq(st.empty, in == out);
			ck_assert_int_eq(st.full, (in + 1) % 10 == out);
		}
}
END_TEST

START_TEST(counters_that_run_on_point_at_their_remainder)
{
	struct ring_state st = state_of(&t_ring10, 10, 23, 13);

	ck_assert_int_eq(st.items, 10);
	ck_assert(st.full && !st.empty);
	ck_assert_int_eq(st.in, 3);
	ck_assert_int_eq(st.out, 3);
	st = state_of(&t_ring10, 10, 40, 3); /* no ring is that full */
	ck_assert_int_eq(st.items, -1);
	ck_assert(!st.full && !st.empty);
	st = state_of(&t_ring2, 2, 1, 0); /* two cells, one item: the least there is */
	ck_assert_int_eq(st.items, 1);
	ck_assert(st.full);
}
END_TEST

static bool recognised(const struct type *type)
{
	struct golden g = {.story = any_ring, .type = type};
	struct stage x;
	struct ring ring;
	bool is;

	wanted_n = 10;
	stage_open(&x, &g);
	is = ring_find(&x.scene, 1, &ring);
	stage_close(&x);
	return is;
}

START_TEST(a_ring_is_an_array_with_two_indices)
{
	static const struct type floats = {.kind = TYPE_FLOAT, .size = 4, .name = "float"};
	static const struct type_field two_arrays[] = {{"a", 0, 0, 0, &cells10},
		{"b", 40, 0, 0, &cells10}, {"in", 80, 0, 0, &t_int}, {"out", 84, 0, 0, &t_int}},
				       no_index[] = {{"buffer", 0, 0, 0, &cells10},
					       {"in", 40, 0, 0, &t_int}, {"size", 44, 0, 0, &t_int}},
				       not_whole[] = {{"buffer", 0, 0, 0, &cells10},
					       {"in", 40, 0, 0, &floats}, {"out", 44, 0, 0, &t_int}},
				       queue[] = {{"buffer", 0, 0, 0, &cells10},
					       {"front", 40, 0, 0, &t_int}, {"rear", 44, 0, 0, &t_int}},
				       text_too[] = {{"name", 0, 0, 0, &t_name},
					       {"buffer", 16, 0, 0, &cells10}, {"in", 56, 0, 0, &t_int},
					       {"out", 60, 0, 0, &t_int}},
				       inside[] = {{"ring", 0, 0, 0, &t_ring10}};
	const struct {
		const struct type_field *fields;
		u32 n;
		u64 size;
		bool ring;
	} cases[] = {{two_arrays, 4, 88, false}, {no_index, 3, 48, false}, {not_whole, 3, 48, false},
		{queue, 3, 48, true}, {text_too, 4, 64, true}, {inside, 1, 48, true}};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct type t = {.kind = TYPE_STRUCT, .size = cases[i].size, .name = "struct x",
			.fields_n = cases[i].n, .fields = cases[i].fields};

		ck_assert_msg(recognised(&t) == cases[i].ring, "case %zu", i);
	}
	ck_assert(!recognised(&t_ring1)); /* one cell is no array of them */
	ck_assert(!recognised(&t_int));
	ck_assert(!recognised(NULL));
}
END_TEST

START_TEST(a_lab_names_the_fields)
{
	static const struct type_field odd[] = {{"a", 0, 0, 0, &cells10}, {"b", 40, 0, 0, &cells10},
		{"x", 80, 0, 0, &t_int}, {"y", 84, 0, 0, &t_int}};
	static const struct type t = {.kind = TYPE_STRUCT, .size = 88, .name = "struct odd",
		.fields_n = 4, .fields = odd};
	struct golden g = {.story = any_ring, .type = &t};
	struct stage x;
	struct ring ring;

	stage_open(&x, &g);
	ck_assert(!ring_find(&x.scene, 1, &ring));
	typed_say(x.typed, "shm1", &(struct ring_names){.array = "b", .in = "x", .out = "y"});
	ck_assert(ring_find(&x.scene, 1, &ring));
	ck_assert_uint_eq(ring.array, 40);
	ck_assert_uint_eq(ring.in, 80);
	ck_assert_uint_eq(ring.out, 84);
	typed_say(x.typed, "shm1", &(struct ring_names){.array = "b", .in = "x", .out = "nothing"});
	ck_assert(!ring_find(&x.scene, 1, &ring));
	stage_close(&x);
}
END_TEST

/* ---- sentences ---- */

static const struct golden said[] = {
	{.name = "ring", .story = nine_of_ten, .type = &t_ring10},
	{.name = "untyped", .story = nine_of_ten},
	{.name = "guarded", .story = guarded, .type = &t_guarded},
	{.name = "fields", .story = account, .type = &t_account},
	{.name = "conflict", .story = conflict, .type = &t_ring10},
};

/* All that is said of a story: its events, then who there is and why they wait. */
static void say_all(const struct golden *g, enum style style, bool json, struct str *out)
{
	struct stage x;
	struct timeline *t;

	stage_open(&x, g);
	t = session_timeline(x.session);
	x.scene.style = style;
	timeline_seek_event(t, 0);
	for (u64 event = 1; event <= timeline_events(t); event++) {
		const struct rec *r = timeline_event(t, event, NULL);
		struct happening h;

		x.scene.world = timeline_world(t);
		happening_begin(&h, &x.scene, r);
		timeline_seek_event(t, event);
		x.scene.world = timeline_world(t);
		if (json) {
			struct rec *copy = xmalloc(r->len);

			memcpy(copy, r, r->len);
			copy->t_ns = event; /* the one thing that differs from run to run */
			json_event(&x.scene, &h, copy, event, false, out);
			free(copy);
		} else {
			words_event(&x.scene, &h, r, false, out);
		}
	}
	for (u32 i = 1; i < world_tasks(x.scene.world) && !json; i++) {
		words_task(&x.scene, i, out);
		words_outlook(&x.scene, i, out);
		words_why(&x.scene, i, out);
		str_add(out, style == STYLE_SHORT ? "\n" : "");
	}
	if (!json && style == STYLE_PLAIN) {
		words_segment(&x.scene, 1, out);
		for (u32 i = 1; i < world_syncs(x.scene.world); i++)
			words_sync(&x.scene, i, out);
	}
	stage_close(&x);
}

START_TEST(sentences_are_as_kept)
{
	static const char *const forms[] = {"plain", "short", "json"};
	const struct golden *g = &said[_i / 3];
	struct str text = {0}, name = {0};

	say_all(g, _i % 3 ? STYLE_SHORT : STYLE_PLAIN, _i % 3 == 2, &text);
	str_addf(&name, "%s-%s", forms[_i % 3], g->name);
	memory_compare(str_get(&name), str_get(&text));
	str_finish(&text);
	str_finish(&name);
}
END_TEST

/* What a question hides is nowhere, in no pane. */
START_TEST(an_open_question_hides_what_it_names)
{
	for (size_t i = 0; i < ARRAY_LEN(goldens); i++)
		for (enum pane lower = PANE_GUIDE; lower < PANE_COUNT; lower++) {
			struct golden g = goldens[i];
			struct str text = {0};
			const char *stage;

			g.lower = lower;
			g.hide = HIDE_FULL | HIDE_RACE | HIDE_NEXT | HIDE_ENDS;
			draw(&g, &text);
			stage = str_get(&text);
			ck_assert_msg(!strstr(stage, "race"), "%s", stage);
			ck_assert_msg(!strstr(stage, "conflict at"), "%s", stage);
			ck_assert_msg(!strstr(stage, "FULL") && !strstr(stage, "EMPTY"), "%s", stage);
			ck_assert_msg(!strstr(stage, "will get"), "%s", stage);
			ck_assert_msg(!strstr(stage, "about to"), "%s", stage);
			ck_assert_msg(!strstr(stage, "next:"), "%s", stage);
			str_finish(&text);
		}
}
END_TEST

/* P1 spins, having loaded in 1 and out 2. */
START_TEST(a_condition_has_its_values)
{
	static const struct {
		const char *source, *words; /* NULL: none */
	} cases[] = {
		{"while (((in + 1) % BUFFER_SIZE) == out)", "((1 + 1) % BUFFER_SIZE) == 2"},
		{"\twhile(r->in != shared.ring.out) ;", "1 != 2"},
		{"if (begin == in && out) again();", "begin == 1 && 2"},
		{"while (r->in == atomic_load(&r->out))", "1 == atomic_load(&r->out)"},
		{"while (in(3) || 1.in || r->out)", "in(3) || 1.in || 2"},
		{"while (r->buffer[r->in].value == out)", "r->buffer[1].value == 2"},
		{"while (begin == main)", NULL},
		{"while (in ==", NULL},
		{"in = out;", NULL},
		{"", NULL},
	};
	struct golden g = {.story = nine_of_ten, .type = &t_ring10};
	struct stage x;

	stage_open(&x, &g);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct str words = {0};
		bool any = words_condition(&x.scene, 1, cases[i].source, &words);

		ck_assert_msg(any == (cases[i].words != NULL), "%s: %d", cases[i].source, any);
		if (any)
			ck_assert_str_eq(str_get(&words), cases[i].words);
		str_finish(&words);
	}
	stage_close(&x);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("memory");
	TCase *pictures = tcase_create("pictures"), *rings = tcase_create("rings"),
	      *words = tcase_create("words");
	SRunner *runner;
	int failed;

	tcase_set_timeout(pictures, 60);
	tcase_set_timeout(rings, 60);
	tcase_add_loop_test(pictures, picture_is_as_kept, 0, ARRAY_LEN(goldens));
	tcase_add_loop_test(pictures, ascii_pictures_have_no_other_character, 0, ARRAY_LEN(goldens));
	tcase_add_loop_test(pictures, no_line_is_wider_than_the_screen, 0, ARRAY_LEN(goldens));
	tcase_add_test(pictures, an_open_question_hides_what_it_names);
	tcase_add_test(rings, items_are_counted_by_the_courses_rule);
	tcase_add_test(rings, counters_that_run_on_point_at_their_remainder);
	tcase_add_test(rings, a_ring_is_an_array_with_two_indices);
	tcase_add_test(rings, a_lab_names_the_fields);
	tcase_add_test(words, a_condition_has_its_values);
	tcase_add_loop_test(words, sentences_are_as_kept, 0, 3 * ARRAY_LEN(said));
	suite_add_tcase(suite, pictures);
	suite_add_tcase(suite, rings);
	suite_add_tcase(suite, words);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
