/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was run before a branch is kept: a recording in $XDG_STATE_HOME/ipclab/kept, named by program
 * and date. At most KEPT_MAX of those are left; a file that somebody renamed is his, and stays. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "session/private.h"

enum { KEPT_MAX = 50, DATE_LEN = 15 /* 20261122-220533 */ };

static bool folder_find(struct str *out, struct err *err)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");

	/* The XDG specification: a relative path is to be ignored. */
	if (state && state[0] == '/')
		str_addf(out, "%s/ipclab/kept/", state);
	else if (home && home[0] == '/')
		str_addf(out, "%s/.local/state/ipclab/kept/", home);
	else
		return err_set(err, EXIT_MACHINE,
			"neither XDG_STATE_HOME nor HOME names a folder to keep "
			"what was run in");
	for (char *slash = strchr(out->s + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(out->s, 0700) < 0 && errno != EEXIST && access(out->s, X_OK) < 0)
			return err_sys(err, EXIT_MACHINE,
				"%s cannot be made, to keep what was run in", out->s);
		*slash = '/';
	}
	return true;
}

/* ---- the oldest go ---- */

/* The date in a name that was given here, NULL: it is somebody's own. */
static const char *date_of(const char *name)
{
	static const char form[] = "########-######";
	const char *dot = strstr(name, ".ipclog"), *date;

	if (!dot || strcmp(dot, ".ipclog") != 0)
		return NULL;
	/* NAME-DATE or NAME-DATE-N */
	for (date = dot - DATE_LEN; date > name; date--) {
		int i = 0;

		while (i < DATE_LEN &&
			(form[i] == '#' ? date[i] >= '0' && date[i] <= '9' : date[i] == '-'))
			i++;
		if (i == DATE_LEN && date[-1] == '-' &&
			(date + i == dot ||
				(date[i] == '-' && strspn(date + i + 1, "0123456789") ==
							   (size_t)(dot - date - i - 1))))
			return date;
	}
	return NULL;
}

static int by_date(const void *a, const void *b)
{
	const char *x = *(char *const *)a, *y = *(char *const *)b;
	int order = strcmp(date_of(x), date_of(y));

	return order ? order : strcmp(x, y);
}

static void remove_oldest(const char *folder)
{
	DIR *d = opendir(folder);
	const struct dirent *entry;
	VEC(char *) names = {0};

	while (d && (entry = readdir(d)))
		if (date_of(entry->d_name))
			*vec_push(&names) = xstrdup(entry->d_name);
	if (names.n)
		qsort(names.at, names.n, sizeof *names.at, by_date);
	for (size_t i = 0; i < names.n; i++) {
		if (i + KEPT_MAX < names.n)
			unlinkat(dirfd(d), names.at[i], 0);
		free(names.at[i]);
	}
	free(names.at);
	if (d)
		closedir(d);
}

/* ---- writing ---- */

static void name_of(const struct session *s, struct str *out)
{
	const char *name = s->live.lab, *base;
	time_t now = time(NULL);
	struct tm tm = {0};
	char date[32];

	if (!name)
		name = s->live.launch.argv && s->live.launch.argv[0] ? s->live.launch.argv[0]
								     : "run";
	base = strrchr(name, '/') ? strrchr(name, '/') + 1 : name;
	for (size_t i = 0; base[i] && i < 40; i++) {
		bool plain = strchr("._-+", base[i])
				     ? i > 0
				     : (base[i] >= '0' && base[i] <= '9') ||
					       ((base[i] | 32) >= 'a' && (base[i] | 32) <= 'z');

		str_add_bytes(out, plain ? base + i : "_", 1);
	}
	localtime_r(&now, &tm);
	strftime(date, sizeof date, "%Y%m%d-%H%M%S", &tm);
	str_addf(out, "-%s", date);
}

/* A new file of that name, or of that name and a number: nothing is ever overwritten. */
static struct log *create(const char *stem, struct str *path, struct err *err)
{
	for (int n = 1; n < 100; n++) {
		struct log *log;

		str_clear(path);
		str_add(path, stem);
		if (n > 1)
			str_addf(path, "-%d", n);
		str_add(path, ".ipclog");
		if (access(path->s, F_OK) == 0)
			continue;
		*err = (struct err){0};
		log = log_create(path->s, false, err);
		if (log || access(path->s, F_OK) != 0)
			return log;
	}
	return NULL;
}

/* What was run, which the log itself does not say. */
static bool write_meta(struct session *s, struct log *log, struct err *err)
{
	struct str pairs = {0}, command = {0};
	struct rec *r;

	schedule_command((const char *const *)s->live.launch.argv, &command);
	str_add_bytes(&pairs, "command", 8);
	str_add_bytes(&pairs, command.s, command.len + 1);
	if (s->live.lab) {
		str_add_bytes(&pairs, "lab", 4);
		str_add_bytes(&pairs, s->live.lab, strlen(s->live.lab) + 1);
	}
	if (s->live.run.tracer.threads)
		str_add_bytes(&pairs, "threads\0yes", 12);
	r = log_begin(log, pairs.len, err);
	if (r) {
		r->kind = REC_META;
		memcpy(r + 1, pairs.s, pairs.len);
		log_commit(log, r);
	}
	str_finish(&pairs);
	str_finish(&command);
	return r != NULL;
}

static bool copy_records(struct session *s, struct log *log, struct err *err)
{
	u64 pos = LOG_DATA;
	const struct rec *r;

	while ((r = log_reader_next(s->reader, &pos))) {
		struct rec *to = log_begin(log, r->len - sizeof *r, err);

		if (!to)
			return false;
		memcpy((char *)to + 8, (const char *)r + 8, r->len - 8);
		log_commit(log, to);
	}
	return true;
}

bool kept_write(struct session *s, struct str *path, struct err *err)
{
	struct str stem = {0}, folder = {0};
	struct log *log = NULL;
	bool ok = folder_find(&folder, err);

	if (ok) {
		str_add(&stem, folder.s);
		name_of(s, &stem);
		log = create(stem.s, path, err);
	}
	ok = log && write_meta(s, log, err) && copy_records(s, log, err) &&
	     sources_write(s->sources, log, err);
	if (log)
		log_close(log);
	if (log && !ok)
		unlink(path->s);
	if (ok)
		remove_oldest(folder.s);
	else
		err_wrap(err, "what was run cannot be kept");
	str_finish(&stem);
	str_finish(&folder);
	return ok;
}
