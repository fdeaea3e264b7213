/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The choices of a run as a file. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "session/private.h"

static bool write_all(int fd, const struct str *text)
{
	for (size_t done = 0; done < text->len;) {
		ssize_t n = write(fd, text->s + done, text->len - done);

		if (n < 0 && errno != EINTR)
			return false;
		done += n > 0 ? (size_t)n : 0;
	}
	return true;
}

/* Into a file beside it first: what is there is replaced whole or not at all. */
static bool write_file(const char *path, bool overwrite, const struct str *text, struct err *err)
{
	struct str beside = {0};
	bool ok;
	int fd;

	str_addf(&beside, "%s.%d", path, (int)getpid());
	fd = open(beside.s, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	ok = fd >= 0 && write_all(fd, text);
	if (fd >= 0 && close(fd) < 0)
		ok = false;
	/* link refuses a name that is there, which rename would replace. */
	if (ok && (overwrite ? rename(beside.s, path) : link(beside.s, path)) < 0)
		ok = false;
	if (!ok && errno == EEXIST && fd >= 0)
		err_set(err, EXIT_USAGE,
			"not written: %s is there already; schedule ! %s overwrites it", path,
			path);
	else if (!ok)
		err_sys(err, EXIT_INPUT, "cannot write %s", path);
	if (fd >= 0)
		unlink(beside.s);
	str_finish(&beside);
	return ok;
}

bool session_save_schedule(
	struct session *s, u64 moment, const char *path, bool overwrite, u32 *n, struct err *err)
{
	struct schedule sched;
	struct str text = {0};
	bool ok;

	if (!session_schedule(s, moment, &sched, err))
		return false;
	*n = sched.n;
	schedule_print(&sched, &text);
	schedule_finish(&sched);
	ok = write_file(path, overwrite, &text, err);
	str_finish(&text);
	return ok;
}
