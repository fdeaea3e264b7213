/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The stage with each family of objects, from the recordings of tests/sim at a moment, compared with
 * golden/object-NAME.txt, at 80x24 (NAME-wide at 140x40). IPCLAB_GOLDEN=1 writes them anew: look at each before it is kept. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "golden.h"
#include "session/lib.h"
#include "view/screen.h"

static struct session *session;

static const char *actor(void *arg, u32 proc)
{
	return session_actor(arg, proc);
}

static void scene_at(const char *name, u64 moment, struct scene *scene)
{
	const char *dir = getenv("IPCLAB_SRC");
	struct str path = {0};
	struct err err = {0};
	struct timeline *t;

	str_addf(&path, "%s/tests/sim/%s.ipclog", dir ? dir : ".", name);
	session = session_open(str_get(&path), &err);
	ck_assert_msg(session != NULL, "%s: %s", str_get(&path), err.text);
	t = session_timeline(session);
	ck_assert(timeline_seek_moment(t, moment));
	*scene = (struct scene){.world = timeline_world(t), .log = timeline_reader(t), .sources = session_sources(session),
		.actor = actor, .actor_arg = session};
	str_finish(&path);
}

static const struct story {
	const char *recording;
	u64 moment;
	const char *golden;
	u32 selected;
} stories[] = {
	{"events", 16, "object-eventfd", 3},
	{"events", 25, "object-timerfd", 1},
	{"events", 30, "object-signalfd", 1},
	{"events", 39, "object-pidfd", 1},
	{"events", 49, "object-epoll", 1},
	{"fifo", 4, "object-fifo", 2},
	{"locks", 59, "object-locks", 1},
	{"queue-sysv", 45, "object-sems", 5},
	{"queue-posix", 37, "object-mq", 2},
	{"queue-posix", 17, "object-mq-messages", 1},
	{"signals", 24, "object-pause", 1},
	{"unix-pair", 14, "object-unix", 2},
	{"unix-server", 20, "object-listener", 1},
	{"unix-rights", 6, "object-rights", 1},
	{"inet", 14, "object-tcp", 1},
	{"inet", 120, "object-udp", 1},
	{"waits", 30, "object-orphan", 8},
	{"splices", 6, "object-splice", 1},
	{"stage-poll", 7, "object-poll", 1},
	{"stage-poll", 7, "object-poll-wide", 1},
	{"stage-select", 7, "object-select", 1},
	{"stage-multicast", 13, "object-multicast", 2},
	{"stage-vfork", 2, "object-vfork", 2},
	{"stage-vfork", 2, "object-vfork-wide", 2},
	{"stage-clone3", 4, "object-clone3", 2},
	{"stage-exec", 6, "object-exec", 2},
	{"stage-exec", 7, "object-exec-after", 1},
	{"stage-shm", 4, "object-shm", 1},
	{"stage-shm", 8, "object-shm-left", 1},
	{"stage-datagram", 13, "object-datagram", 3},
	{"stage-datagram", 13, "object-datagram-wide", 3},
	{"stage-seqpacket", 8, "object-seqpacket", 2},
};

START_TEST(a_stage)
{
	const struct story *at = &stories[_i];
	struct canvas *c = strstr(at->golden, "-wide") ? canvas_create(40, 140, false) : canvas_create(24, 80, false);
	struct view_state v;
	struct str text = {0};
	struct scene s;

	scene_at(at->recording, at->moment, &s);
	v = (struct view_state){.mode = SCREEN_RECORDED, .events = world_head(s.world)->events, .selected = at->selected,
		.lower = PANE_STAGE, .picture = true, .title = at->recording, .heading = "", .last = "", .out_line = "", .find = "", .output = ""};
	screen_draw(c, &s, &v);
	canvas_text(c, &text);
	golden_compare(at->golden, str_get(&text));
	str_finish(&text);
	canvas_destroy(c);
	session_end(session);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("objects");
	TCase *c = tcase_create("objects");
	SRunner *runner;
	int failed;

	tcase_set_timeout(c, 60);
	tcase_add_loop_test(c, a_stage, 0, (int)ARRAY_LEN(stories));
	suite_add_tcase(suite, c);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
