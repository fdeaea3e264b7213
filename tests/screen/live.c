/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <check.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "folder.h"
#include "live.h"

bool live_soak(void)
{
	const char *soak = getenv("IPCLAB_SOAK");

	return soak && *soak;
}

static bool seeded;

void live_seed(unsigned round)
{
	const char *given = getenv("IPCLAB_SEED");
	unsigned n = given ? (unsigned)strtoul(given, NULL, 10) + round
			   : (unsigned)(clock_ns() / 1000) ^ (unsigned)getpid();

	fprintf(stderr, "IPCLAB_SEED=%u\n", n);
	srandom(n);
	seeded = true;
}

unsigned live_random(unsigned max)
{
	if (!seeded)
		live_seed(0);
	return (unsigned)random() % max;
}

void live_sleep_ms(unsigned ms)
{
	usleep(ms * 1000);
}

/* ---- begin and end ---- */

int live_run(Suite *s)
{
	SRunner *r;
	int failed;

	folder_begin();
	r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

static void make_folder(const char *folder, const char *name)
{
	char path[80];

	snprintf(path, sizeof path, "%s/%s", folder, name);
	ck_assert_int_eq(mkdir(path, 0700), 0);
}

void live_begin(struct live *l)
{
	memset(l, 0, sizeof *l);
	ck_assert(folder_make(l->folder, sizeof l->folder));
	make_folder(l->folder, "state");
	make_folder(l->folder, "run");
	snprintf(l->mark, sizeof l->mark, "IPCLAB_TEST_MARK=%d%s", (int)getpid(),
		strrchr(l->folder, '-'));
}

static int prop_changed(VTermProp prop, VTermValue *value, void *arg)
{
	struct live *l = arg;

	if (prop == VTERM_PROP_ALTSCREEN)
		l->alternate = value->boolean;
	else if (prop == VTERM_PROP_CURSORVISIBLE)
		l->cursor_hidden = !value->boolean;
	return 1;
}

static const char *program(void)
{
	const char *path = getenv("IPCLAB");

	return path ? path : "./ipclab";
}

/* NAME=VALUE of what all of ours have. */
static void surroundings(struct live *l, char env[4][80])
{
	snprintf(env[0], 80, "XDG_STATE_HOME=%s/state", l->folder);
	snprintf(env[1], 80, "XDG_RUNTIME_DIR=%s/run", l->folder);
	snprintf(env[2], 80, "%s", l->mark);
	snprintf(env[3], 80, "LIVE=%s", l->folder);
}

void live_start(struct live *l, int rows, int cols, const char *script, const char *const *more)
{
	static const VTermScreenCallbacks callbacks = {.settermprop = prop_changed};
	static char env[4][80], ipclab[4096];
	const char *all[24], *argv[] = {"/bin/sh", "-c", script, NULL};
	size_t n = 0;

	surroundings(l, env);
	for (; n < 4; n++)
		all[n] = env[n];
	snprintf(ipclab, sizeof ipclab, "IPCLAB=%s", program());
	all[n++] = ipclab;
	while (more && *more && n < ARRAY_LEN(all) - 1)
		all[n++] = *more++;
	all[n] = NULL;
	l->alternate = l->cursor_hidden = false;
	vt_start(&l->vt, rows, cols, argv, all);
	vterm_screen_set_callbacks(l->vt.screen, &callbacks, l);
	ck_assert_int_eq(tcgetattr(l->vt.fd, &l->before), 0);
	l->moments++;
}

void live_stop(struct live *l)
{
	pid_t left[256];

	if (!l->vt.term)
		return;
	for (enum role role = KEEPER; role <= GUARD; role++)
		for (int n = live_pids(l, role, left, 256); n > 0; n--)
			kill(left[n - 1], SIGKILL);
	vt_finish(&l->vt);
	l->vt.term = NULL;
	l->vt.pid = 0;
}

void live_finish(struct live *l)
{
	char command[80];

	live_stop(l);
	snprintf(command, sizeof command, "rm -rf '%s'", l->folder);
	if (l->folder[0])
		ck_assert_int_eq(system(command), 0);
	l->folder[0] = '\0';
}

/* ---- who is there ---- */

static size_t read_proc(pid_t pid, const char *name, char *out, size_t n)
{
	char path[64];
	ssize_t got;
	int fd;

	snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	got = fd < 0 ? 0 : read(fd, out, n - 1);
	if (fd >= 0)
		close(fd);
	out[got < 0 ? 0 : got] = '\0';
	return got < 0 ? 0 : (size_t)got;
}

static bool is_marked(pid_t pid, const char *mark)
{
	static char all[65536];
	size_t n = read_proc(pid, "environ", all, sizeof all);

	for (size_t at = 0; at < n; at += strlen(all + at) + 1)
		if (strcmp(all + at, mark) == 0)
			return true;
	return false;
}

/* Of two called "ipclab" the keeper is the one that runs the program; "sh" before its exec is none. */
static enum role role_of(pid_t pid)
{
	char comm[64] = "";

	read_proc(pid, "comm", comm, sizeof comm);
	comm[strcspn(comm, "\n")] = '\0';
	return strcmp(comm, "ipclab") == 0	    ? KEEPER
	       : strcmp(comm, "ipclab-screen") == 0 ? SCREEN
	       : strcmp(comm, "ipclab-engine") == 0 ? ENGINE
	       : strcmp(comm, "ipclab-guard") == 0  ? GUARD
						    : LAB;
}

int live_pids(struct live *l, enum role role, pid_t *out, int max)
{
	DIR *d = opendir("/proc");
	const struct dirent *entry;
	int n = 0;

	while (d && n < max && (entry = readdir(d))) {
		pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);

		if (pid > 0 && pid != l->vt.pid && is_marked(pid, l->mark) && role_of(pid) == role)
			out[n++] = pid;
	}
	if (d)
		closedir(d);
	return n;
}

pid_t live_pid(struct live *l, enum role role)
{
	pid_t pid;

	return live_pids(l, role, &pid, 1) ? pid : 0;
}

static bool nobody_is(struct live *l, enum role from)
{
	for (enum role role = from; role <= LAB; role++)
		if (live_pid(l, role))
			return false;
	return true;
}

static bool lab_is_gone(struct live *l)
{
	return nobody_is(l, ENGINE);
}

static bool all_is_gone(struct live *l)
{
	return nobody_is(l, KEEPER) && !live_pid(l, GUARD);
}

static int until(struct live *l, bool (*true_now)(struct live *), int ms)
{
	u64 begin = clock_ns();

	for (;;) {
		int took = (int)((clock_ns() - begin) / 1000000);

		vt_pump(&l->vt, 0);
		if (true_now(l)) {
			vt_pump(&l->vt, 0); /* what was written meanwhile */
			return took;
		}
		if (took > ms)
			return -1;
		usleep(500);
	}
}

/* Who is left, and where it stands: said when a test is about to fail for it. */
static void say_who_is_left(struct live *l)
{
	for (enum role role = KEEPER; role <= GUARD; role++) {
		pid_t pids[64];
		int n = live_pids(l, role, pids, 64);

		for (int i = 0; i < n; i++) {
			char stat[512] = "", call[256] = "", wchan[128] = "";

			read_proc(pids[i], "stat", stat, sizeof stat);
			read_proc(pids[i], "syscall", call, sizeof call);
			read_proc(pids[i], "wchan", wchan, sizeof wchan);
			stat[strcspn(stat, "\n")] = '\0';
			call[strcspn(call, "\n")] = '\0';
			printf("left: role %d  %.80s  in %s  call %s\n", role, stat, wchan, call);
		}
	}
	fflush(stdout);
}

int live_gone(struct live *l, int ms)
{
	int took = until(l, all_is_gone, ms);

	if (took < 0)
		say_who_is_left(l);
	return took;
}

int live_lab_gone(struct live *l, int ms)
{
	return until(l, lab_is_gone, ms);
}

/* ---- the terminal ---- */

bool live_settings_are_back(struct live *l)
{
	struct termios now;

	return tcgetattr(l->vt.fd, &now) == 0 && now.c_iflag == l->before.c_iflag &&
	       now.c_oflag == l->before.c_oflag && now.c_cflag == l->before.c_cflag &&
	       now.c_lflag == l->before.c_lflag &&
	       memcmp(now.c_cc, l->before.c_cc, sizeof now.c_cc) == 0;
}

bool live_is_sane(struct live *l)
{
	return live_settings_are_back(l) && !l->alternate && !l->cursor_hidden;
}

int live_sane(struct live *l, int ms)
{
	return until(l, live_is_sane, ms);
}

void live_say_insane(struct live *l)
{
	fprintf(stderr, "settings %s, %s screen, cursor %s\n",
		live_settings_are_back(l) ? "as before" : "changed",
		l->alternate ? "alternate" : "first", l->cursor_hidden ? "hidden" : "shown");
}

void live_watch_ms(struct live *l, unsigned ms)
{
	u64 limit = clock_ns() + ms * 1000000ull;

	do {
		vt_pump(&l->vt, 0);
		usleep(500);
	} while (clock_ns() < limit);
}

bool live_shows(struct live *l, const char *text)
{
	struct str now = {0};
	bool there;

	vt_pump(&l->vt, 0);
	vt_text(&l->vt, &now);
	there = strstr(str_get(&now), text) != NULL;
	str_finish(&now);
	return there;
}

int live_command(struct live *l, const char *line, struct str *out)
{
	static char env[4][80];
	char bytes[4096];
	FILE *f;
	size_t n;
	int status;

	surroundings(l, env);
	for (size_t i = 0; i < 4; i++)
		if (i != 2) /* not marked: it is none of what may be left */
			putenv(env[i]);
	f = popen(line, "re");
	ck_assert_ptr_nonnull(f);
	while ((n = fread(bytes, 1, sizeof bytes, f)) > 0)
		str_add_bytes(out, bytes, n);
	status = pclose(f);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
