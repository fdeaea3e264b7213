/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ipclab check --watch: checks whenever a file of the exercise was saved. The folder is watched, not the files: editors write a
 * new file and rename it. Where nobody tells of changes (network and Windows file systems), the files are looked at once a second. */
#include "command/exercise.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/vfs.h>
#include <unistd.h>

enum { QUIET_MS = 200, LOOK_MS = 1000 };

static volatile sig_atomic_t asked_to_end;

static void on_interrupt(int sig)
{
	asked_to_end = sig;
}

/* statfs(2): 9p, NFS, SMB, FUSE do not tell what others do to them. */
static bool tells_of_changes(const char *folder)
{
	struct statfs s;

	if (getenv("IPCLAB_POLL") || statfs(folder, &s) < 0)
		return false;
	switch ((unsigned long)s.f_type) {
	case 0x01021997ul: case 0x6969ul: case 0x517bul: case 0xff534d42ul: case 0xfe534d42ul: case 0x65735546ul: return false;
	default: return true;
	}
}

static bool is_ours(const struct exercise *x, const char *name)
{
	for (size_t i = 0; i < x->files.n; i++)
		if (strcmp(x->files.at[i], name) == 0)
			return true;
	return false;
}

static bool read_events(int fd, const struct exercise *x)
{
	char buf[8192] __attribute__((aligned(8)));
	ssize_t n = read(fd, buf, sizeof buf);
	bool ours = false;

	for (char *p = buf; p < buf + n;) {
		const struct inotify_event *e = (const void *)p;

		ours |= e->len && is_ours(x, e->name);
		p += sizeof *e + e->len;
	}
	return ours;
}

/* Until a file was saved, and then nothing for a moment. False: asked to end. */
static bool wait_for_save(int fd, const struct tries *t, u64 sum)
{
	bool saved = false;

	while (!asked_to_end) {
		struct pollfd p = {.fd = fd, .events = POLLIN};
		int n = poll(&p, fd >= 0, saved ? QUIET_MS : fd >= 0 ? -1 : LOOK_MS);

		if (n > 0)
			saved |= read_events(fd, t->exercise);
		else if (n == 0 && (saved || fd < 0) && sources_sum(t->exercise, t->folder) != sum)
			return true;
		else if (n == 0)
			saved = false;
	}
	return false;
}

static int watch_begin(const struct tries *t)
{
	int fd = tells_of_changes(t->folder) ? inotify_init1(IN_CLOEXEC | IN_NONBLOCK) : -1;

	if (fd >= 0 && inotify_add_watch(fd, t->folder, IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE) < 0) {
		close(fd);
		fd = -1;
	}
	return fd;
}

bool check_watch(struct tries *t, struct err *err)
{
	struct sigaction end = {.sa_handler = on_interrupt}; /* no SA_RESTART: it ends the wait */
	int fd = watch_begin(t);
	enum grade grade;
	bool ok = true;

	sigaction(SIGINT, &end, NULL);
	sigaction(SIGTERM, &end, NULL);
	for (;;) {
		u64 sum = sources_sum(t->exercise, t->folder);

		ok = check_once(t, CHECK_WORDS, false, &grade, err);
		if (!ok || grade == GRADE_PASS || asked_to_end)
			break;
		exercise_say("\nWaiting for you to save%s; ^C ends. ------------------------------------\n", fd < 0 ? " (looking once a second)" : "");
		fflush(stdout);
		if (!wait_for_save(fd, t, sum))
			break;
		printf("\n");
	}
	if (fd >= 0)
		close(fd);
	return ok;
}
