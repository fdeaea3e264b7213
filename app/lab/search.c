/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The guide's `explore`: orders of the program's steps are tried until one makes it fail; then the lab's own
 * processes, fresh ones, make the steps of that order. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "explore/lib.h"
#include "lab/private.h"

enum { SCHEDULES = 3000, SCHEDULE_BYTES = 1 << 20 };

static bool schedule_fetch(const char *path, struct schedule *s, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *text = xmalloc(SCHEDULE_BYTES);
	ssize_t n = fd < 0 ? -1 : read(fd, text, SCHEDULE_BYTES);
	bool ok = n >= 0 ? schedule_parse(text, (size_t)n, path, s, err)
			 : err_sys(err, EXIT_MACHINE, "the schedule that was found cannot be read: %s", path);

	if (fd >= 0)
		close(fd);
	free(text);
	return ok;
}

static bool search(struct lab_host *h, char *program, const char *folder, const char *path, struct err *err)
{
	struct explore_result found = {0};
	char(*words)[12],
		**argv = lab_argv(h->lab, (u32)(h->program - h->lab->guide->programs.at),
			(const char *const *)h->args, h->values, program, &words);
	bool ok = explore_run(
		&(struct explore_options){
			.argv = argv,
			.cwd = folder,
			.stdin_fd = -1,
			.preemptions = EXPLORE_ANY,
			.schedules = SCHEDULES,
			.schedule = path,
		},
		&found, err);

	free(argv);
	free(words);
	if (ok && found.verdict == EXPLORE_FINE)
		return err_set(err, EXIT_FAILED, "explore: no order makes it fail, of %llu that were tried",
			(unsigned long long)found.schedules);
	return ok && (found.stage || err_set(err, EXIT_FAILED, "explore: the order that was found cannot be stepped: %s",
							found.sentence));
}

bool host_explore(void *arg, const struct guide_host *host, struct err *err)
{
	struct lab_host *h = arg;
	u32 which = (u32)(h->program - h->lab->guide->programs.at);
	char *program = h->own_path && h->own_program == which ? xstrdup(h->own_path)
							       : lab_program_path(h->lab, which, err);
	struct str folder = {0}, path = {0};
	struct schedule schedule = {0};
	u32 done;
	bool ok = program && lab_run_folder(&folder, err);

	if (ok) {
		str_addf(&path, "%s/found.sched", folder.s);
		ok = search(h, program, folder.s, path.s, err) && schedule_fetch(path.s, &schedule, err) &&
		     host->start(arg, h->program, h->args, err) && session_follow(*h->place, &schedule, path.s, &done, err);
		schedule_finish(&schedule);
	}
	str_finish(&folder);
	str_finish(&path);
	free(program);
	return ok;
}
