/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What has a name, or outlives processes: files of a folder, shm_overview(7), sem_overview(7), mq_overview(7), sysvipc(7). */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sandbox/lib.h"

static void add(struct census *c, const char *what, const char *name)
{
	struct str s = {0};

	str_addf(&s, "%s ", what);
	str_add_escaped(&s, name, strlen(name));
	*vec_push(&c->names) = s.s;
}

static const char *kind_of(const struct stat *st)
{
	if (S_ISFIFO(st->st_mode))
		return "FIFO";
	if (S_ISSOCK(st->st_mode))
		return "socket";
	return S_ISDIR(st->st_mode) ? "folder" : "file";
}

static void look_into(struct census *c, const char *folder)
{
	DIR *d = opendir(folder);
	struct dirent *e;
	struct stat st;

	while (d && (e = readdir(d)))
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0 &&
			fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0)
			add(c, kind_of(&st), e->d_name);
	if (d)
		closedir(d);
}

/* sem_open(3) keeps its semaphores as /dev/shm/sem.NAME. */
static void look_at_posix(struct census *c, const char *folder, const char *what)
{
	DIR *d = opendir(folder);
	struct dirent *e;
	char name[300];

	while (d && (e = readdir(d))) {
		bool sem = strncmp(e->d_name, "sem.", 4) == 0;

		if (e->d_name[0] == '.')
			continue;
		snprintf(name, sizeof name, "/%s", sem ? e->d_name + 4 : e->d_name);
		add(c, sem ? "semaphore" : what, name);
	}
	if (d)
		closedir(d);
}

/* /proc/sysvipc/shm: a head, then a line each, key and id first. */
static void look_at_sysv(struct census *c, const char *file, const char *what)
{
	FILE *f = fopen(file, "re");
	char line[512], text[64];
	long key;
	int id;

	if (f && !fgets(line, sizeof line, f))
		line[0] = '\0';
	while (f && fgets(line, sizeof line, f))
		if (sscanf(line, "%ld %d", &key, &id) == 2) {
			snprintf(text, sizeof text, "with id %d, key %#lx", id, key);
			add(c, what, text);
		}
	if (f)
		fclose(f);
}

void census_take(struct census *c, const char *folder)
{
	look_into(c, folder);
	look_at_posix(c, "/dev/shm", "shared memory");
	look_at_posix(c, "/dev/mqueue", "message queue");
	look_at_sysv(c, "/proc/sysvipc/shm", "System V shared memory");
	look_at_sysv(c, "/proc/sysvipc/sem", "System V semaphores");
	look_at_sysv(c, "/proc/sysvipc/msg", "System V message queue");
}

static bool has(const struct census *c, const char *name)
{
	for (size_t i = 0; i < c->names.n; i++)
		if (strcmp(c->names.at[i], name) == 0)
			return true;
	return false;
}

void census_new(const struct census *before, const struct census *after, void (*fn)(void *, const char *), void *arg)
{
	for (size_t i = 0; i < after->names.n; i++)
		if (!has(before, after->names.at[i]))
			fn(arg, after->names.at[i]);
}

void census_finish(struct census *c)
{
	for (size_t i = 0; i < c->names.n; i++)
		free(c->names.at[i]);
	free(c->names.at);
	*c = (struct census){0};
}
