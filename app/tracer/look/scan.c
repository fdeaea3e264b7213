/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#include "tracer/look/private.h"

enum { KERNEL_THREAD = 0x00200000 };

static size_t read_file(const char *path, char *text, size_t room)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t n = 0;
	ssize_t got;

	while (fd >= 0 && n < room - 1 && (got = read(fd, text + n, room - 1 - n)) > 0)
		n += (size_t)got;
	if (fd >= 0)
		close(fd);
	text[n] = 0;
	return n;
}

/* /proc/PID/stat, proc_pid_stat(5). The name may hold anything: the last parenthesis ends it. */
static bool read_stat(struct seen_process *p)
{
	char path[64], text[1024];
	char *open_at, *close_at;
	unsigned flags;
	unsigned long long started;
	int ppid;

	snprintf(path, sizeof path, "/proc/%d/stat", (int)p->pid);
	if (!read_file(path, text, sizeof text) || !(open_at = strchr(text, '(')) || !(close_at = strrchr(text, ')')))
		return false;
	*close_at = 0;
	snprintf(p->name, sizeof p->name, "%s", open_at + 1);
	if (sscanf(close_at + 1, " %c %d %*d %*d %*d %*d %u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %llu", &p->state, &ppid,
	           &flags, &started) != 4)
		return false;
	p->ppid = ppid;
	p->started = started;
	p->kernel = flags & KERNEL_THREAD;
	return true;
}

static void add_thing(struct scan *s, u64 ino, u64 dev, bool fd)
{
	*vec_push(&s->things) = (struct seen_thing){ino, (u32)dev, fd};
}

static void read_descriptors(struct scan *s, struct seen_process *p)
{
	char path[64], link[128];
	unsigned long long ino;
	struct dirent *d;
	struct stat st;
	ssize_t n;
	DIR *dir;

	snprintf(path, sizeof path, "/proc/%d/fd", (int)p->pid);
	dir = opendir(path);
	p->hidden = !dir;
	while (dir && (d = readdir(dir))) {
		if (!isdigit((unsigned char)d->d_name[0]))
			continue;
		n = readlinkat(dirfd(dir), d->d_name, link, sizeof link - 1);
		link[n < 0 ? 0 : n] = 0;
		if (sscanf(link, "pipe:[%llu]", &ino) == 1 || sscanf(link, "socket:[%llu]", &ino) == 1)
			add_thing(s, ino, 0, true);
		else if (link[0] == '/' && strncmp(link, "/dev/pts/", 9) && strcmp(link, "/dev/null") &&
		         fstatat(dirfd(dir), d->d_name, &st, 0) == 0 && (S_ISREG(st.st_mode) || S_ISFIFO(st.st_mode)))
			add_thing(s, st.st_ino, st.st_dev, true);
	}
	if (dir)
		closedir(dir);
}

static void read_maps(struct scan *s, const struct seen_process *p)
{
	char path[64], line[512];
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/maps", (int)p->pid);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof line, f)) {
		unsigned long long ino;
		unsigned major, minor;
		char perm[8];
		if (sscanf(line, "%*s %7s %*s %x:%x %llu", perm, &major, &minor, &ino) == 4 && perm[3] == 's' && ino)
			add_thing(s, ino, makedev(major, minor), false);
	}
	if (f)
		fclose(f);
}

static void read_process(struct scan *s, pid_t pid, bool maps)
{
	struct seen_process p = {.pid = pid, .first = (u32)s->things.n};
	struct stat st;
	char path[64];

	snprintf(path, sizeof path, "/proc/%d", (int)pid);
	if (stat(path, &st) < 0 || !read_stat(&p))
		return;
	p.uid = st.st_uid;
	if (!p.kernel && p.state != 'Z' && p.state != 'X') {
		read_descriptors(s, &p);
		if (maps && !p.hidden)
			read_maps(s, &p);
	}
	p.n = (u32)s->things.n - p.first;
	*vec_push(&s->all) = p;
}

/* The first pid namespace has a number of its own (PROC_PID_INIT_INO). */
static bool in_inner_namespace(void)
{
	char link[64];
	ssize_t n = readlink("/proc/self/ns/pid", link, sizeof link - 1);

	link[n < 0 ? 0 : n] = 0;
	return n > 0 && strcmp(link, "pid:[4026531836]") != 0;
}

void scan_read(struct scan *s, bool maps)
{
	DIR *dir = opendir("/proc");
	struct dirent *d;

	*s = (struct scan){.inner = in_inner_namespace()};
	while (dir && (d = readdir(dir)))
		if (isdigit((unsigned char)d->d_name[0]))
			read_process(s, (pid_t)atoi(d->d_name), maps);
	if (dir)
		closedir(dir);
	peers_read(s);
}

void scan_finish(struct scan *s)
{
	free(s->all.at);
	free(s->things.at);
	free(s->peers.at);
	*s = (struct scan){0};
}

const struct seen_process *scan_find(const struct scan *s, pid_t pid)
{
	for (size_t i = 0; i < s->all.n; i++)
		if (s->all.at[i].pid == pid)
			return &s->all.at[i];
	return NULL;
}

u64 scan_peer(const struct scan *s, u64 socket)
{
	for (size_t i = 0; i < s->peers.n; i++)
		if (s->peers.at[i].from == socket)
			return s->peers.at[i].to;
	return 0;
}

void scan_holders(const struct scan *s, u64 ino, u32 dev, void (*fn)(void *arg, pid_t), void *arg)
{
	for (size_t i = 0; i < s->all.n; i++) {
		const struct seen_process *p = &s->all.at[i];
		for (u32 k = p->first; k < p->first + p->n; k++)
			if (s->things.at[k].ino == ino && s->things.at[k].dev == dev) {
				fn(arg, p->pid);
				break;
			}
	}
}

/* ---- one process ---- */

/* "se.exec_start : 1792580.560313": ms on the scheduler's clock, which is near that of CLOCK_BOOTTIME. */
static u64 last_ran_ns(pid_t pid, const char *tid)
{
	char path[96], line[160];
	double ms = 0;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/task/%.20s/sched", (int)pid, tid);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof line, f))
		if (sscanf(line, "se.exec_start : %lf", &ms) == 1)
			break;
	if (f)
		fclose(f);
	return (u64)(ms * 1e6);
}

bool look_runs(pid_t pid, const char *script)
{
	return actor_is(pid, script);
}

u64 look_idle_ns(pid_t pid)
{
	u64 last = 0, now;
	struct timespec t;
	struct dirent *d;
	char path[64];
	DIR *dir;

	snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
	dir = opendir(path);
	while (dir && (d = readdir(dir))) {
		u64 ran = isdigit((unsigned char)d->d_name[0]) ? last_ran_ns(pid, d->d_name) : 0;
		last = ran > last ? ran : last;
	}
	if (dir)
		closedir(dir);
	clock_gettime(CLOCK_BOOTTIME, &t);
	now = (u64)t.tv_sec * 1000000000 + (u64)t.tv_nsec;
	return last && now > last ? now - last : 0;
}

void look_cwd(pid_t pid, char *path, size_t room)
{
	char link[64];
	ssize_t n;

	snprintf(link, sizeof link, "/proc/%d/cwd", (int)pid);
	n = readlink(link, path, room - 1);
	path[n < 0 ? 0 : n] = 0;
}
