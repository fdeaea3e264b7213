/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How much time the programs of a scenario have had, whatever else the machine is busy with: the time in which they computed
 * (the tracer with them, for they wait for each other), and the time in which all of them slept. While one of them waits for
 * a processor that others have, no time of theirs passes. It is looked at ten times a second, so it is an estimate: good
 * enough for a limit that is a hundred times what a program needs. */
#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "grader/private.h"

enum { PROCESSES_MOST = 256, DEPTH_MOST = 32 };

struct sight {
	pid_t without;  /* the thread that looks */
	u64 ticks;      /* processor time of all, of those, too, who have ended and were collected */
	bool wants;     /* somebody runs, or would */
	bool seen_all;
	u32 processes;
};

struct stat_line {
	char state;
	unsigned long long user, system;
	long long of_children, of_children_system;
};

static bool read_text(const char *path, char *text, size_t room)
{
	FILE *f = fopen(path, "re");
	size_t n = f ? fread(text, 1, room - 1, f) : 0;

	if (f)
		fclose(f);
	text[n] = '\0';
	return f != NULL;
}

/* proc(5): the name, in brackets, may hold anything. */
static bool read_stat(const char *path, struct stat_line *s)
{
	char text[1024];
	const char *at;

	if (!read_text(path, text, sizeof text) || !(at = strrchr(text, ')')))
		return false;
	return sscanf(at + 1, " %c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu %lld %lld", &s->state, &s->user, &s->system,
		&s->of_children, &s->of_children_system) == 5;
}

static void look_at_process(struct sight *g, pid_t pid, u32 depth);

static void look_at_thread(struct sight *g, pid_t pid, pid_t tid, u32 depth)
{
	char path[80], text[4096];
	struct stat_line s;

	snprintf(path, sizeof path, "/proc/%d/task/%d/stat", (int)pid, (int)tid);
	if (!read_stat(path, &s))
		return; /* gone */
	if (tid != g->without)
		g->wants |= s.state == 'R' || (s.state == 'D' && pid == getpid());
	snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)pid, (int)tid);
	g->seen_all &= read_text(path, text, sizeof text) || pid != getpid();
	for (char *at = text, *end; isdigit((unsigned char)*at); at = end + strspn(end, " "))
		look_at_process(g, (pid_t)strtol(at, &end, 10), depth + 1);
}

static void look_at_process(struct sight *g, pid_t pid, u32 depth)
{
	char path[64];
	struct stat_line s;
	struct dirent *e;
	DIR *d;

	snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
	if (depth > DEPTH_MOST || ++g->processes > PROCESSES_MOST || !read_stat(path, &s))
		return;
	g->ticks += s.user + s.system + (u64)s.of_children + (u64)s.of_children_system;
	snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
	d = opendir(path);
	while (d && (e = readdir(d)))
		if (isdigit((unsigned char)e->d_name[0]))
			look_at_thread(g, pid, (pid_t)atoi(e->d_name), depth);
	if (d)
		closedir(d);
}

void budget_begin(struct budget *b, u64 now)
{
	*b = (struct budget){.looked_ns = now};
}

void budget_look(struct budget *b, u64 now)
{
	struct sight g = {.without = gettid(), .seen_all = true};
	u64 passed = now - b->looked_ns, ran;

	look_at_process(&g, getpid(), 0);
	ran = g.ticks * (1000000000u / (u64)sysconf(_SC_CLK_TCK));
	if (!g.seen_all) /* a kernel without these files: then it is the clock */
		b->own_ns += passed;
	else if (g.wants)
		b->own_ns += ran > b->ran_ns ? (ran - b->ran_ns < passed ? ran - b->ran_ns : passed) : 0;
	else /* who looks late was kept waiting, and so were they */
		b->own_ns += passed < 2 * BUDGET_LOOK_NS ? passed : 2 * BUDGET_LOOK_NS;
	b->ran_ns = ran > b->ran_ns ? ran : b->ran_ns;
	b->looked_ns = now;
}
