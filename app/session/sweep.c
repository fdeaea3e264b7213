/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Names in the kernel that a lab's run leaves behind: shared memory, semaphores, queues, FIFOs, sockets. A process of
 * its own waits for the engine's end, however that comes, and then takes away what that run made, by the log it left;
 * so nothing stays when screen or engine are killed. Until then it sleeps and makes no system call. Where a run has
 * namespaces of its own (sandbox/) the kernel does all that, and there is no sweeper.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <mqueue.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "session/private.h"

struct sweeper {
	pid_t pid;    /* 0 none */
	int alive[2]; /* a pipe whose write end the engine has, and nobody else */
};

/* ---- names ---- */

/* Is it still what the run made, and not somebody else's of that name? */
static void unlink_same(const char *path, u64 ino, mode_t type)
{
	struct stat st;

	if (lstat(path, &st) == 0 && (st.st_mode & S_IFMT) == type && (!ino || st.st_ino == ino))
		unlink(path);
}

static void remove_segments(const struct world *w)
{
	for (u32 i = 1; i < world_segments(w); i++) {
		const struct w_segment *g = world_segment(w, i);
		const char *name = g ? world_text(w, g->title) : "";
		char path[300];

		if (!g || !g->creator || g->unlinked)
			continue;
		if (g->kind == SEGMENT_SYSV)
			shmctl((int)g->ino, IPC_RMID, NULL);
		if (g->kind != SEGMENT_POSIX || name[0] != '/' || strchr(name + 1, '/') || strlen(name) > NAME_MAX)
			continue;
		snprintf(path, sizeof path, "/dev/shm%s", name);
		unlink_same(path, g->ino, S_IFREG);
	}
}

static void remove_queues(const struct world *w)
{
	for (u32 i = 1; i < world_queues(w); i++) {
		const struct w_queue *q = world_queue(w, i);
		const char *name = q ? world_text(w, q->title) : "";

		if (!q || !q->creator || q->unlinked || q->outside)
			continue;
		if (q->sysv)
			msgctl((int)q->id, IPC_RMID, NULL);
		else if (name[0] == '/')
			mq_unlink(name);
	}
	for (u32 i = 1; i < world_sems_sets(w); i++) {
		const struct w_sems *set = world_sems(w, i);

		if (set && set->creator && !set->removed && !set->outside)
			semctl((int)set->id, 0, IPC_RMID);
	}
}

/* Relative ones lie in the lab's private folder. */
static void remove_files(const struct world *w)
{
	for (u32 i = 1; i < world_pipes(w); i++) {
		const struct w_pipe *p = world_pipe(w, i);
		const char *name = p ? world_text(w, p->title) : "";

		if (p && p->fifo && p->creator && !p->unlinked && name[0] == '/')
			unlink_same(name, 0, S_IFIFO);
	}
	for (u32 i = 1; i < world_sockets(w); i++) {
		const struct w_socket *s = world_socket(w, i);
		const char *name = s && s->domain == AF_UNIX && s->creator ? world_text(w, s->local) : "";

		if (name[0] == '/')
			unlink_same(name, 0, S_IFSOCK);
	}
}

/* ---- the process ---- */

static void close_but(int a, int b)
{
	for (int fd = 0; fd < 1024; fd++)
		if (fd != a && fd != b)
			close(fd);
}

static _Noreturn void sweep_when_over(const struct sweeper *s, int log)
{
	struct pollfd p = {.fd = s->alive[0], .events = POLLIN}; /* end of file when the engine is gone */
	struct log_reader *reader;
	struct err err = {0};
	sigset_t all;

	prctl(PR_SET_NAME, SWEEPER_NAME);
	setsid();
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	close_but(s->alive[0], log);
	while (poll(&p, 1, -1) < 0 && errno == EINTR)
		;
	reader = log_reader_open_fd(log, &err);
	if (reader) {
		struct timeline *t = timeline_create(reader);
		const struct world *w;

		timeline_update(t);
		w = timeline_now(t);
		remove_segments(w);
		remove_queues(w);
		remove_files(w);
	}
	_exit(0);
}

struct sweeper *sweeper_create(struct err *err)
{
	struct sweeper *s = xmalloc(sizeof *s);

	if (pipe2(s->alive, O_CLOEXEC) == 0)
		return s;
	err_sys(err, EXIT_MACHINE, "no pipe can be made for who clears away after the lab");
	free(s);
	return NULL;
}

int sweeper_alive(const struct sweeper *s)
{
	return s->alive[1];
}

bool sweeper_start(struct sweeper *s, int log, struct err *err)
{
	close(s->alive[1]);
	s->alive[1] = -1;
	s->pid = fork();
	if (s->pid == 0)
		sweep_when_over(s, log);
	if (s->pid < 0) {
		s->pid = 0;
		return err_sys(err, EXIT_MACHINE, "no process can be made to clear away after the lab");
	}
	close(s->alive[0]);
	s->alive[0] = -1;
	return true;
}

/* The engine has ended, or will: waits until all is cleared away, 2 s at most. */
void sweeper_end(struct sweeper *s)
{
	if (!s)
		return;
	for (int i = 0; s->pid && i < 400 && waitpid(s->pid, NULL, WNOHANG) == 0; i++)
		usleep(5000);
	for (int i = 0; i < 2; i++)
		if (s->alive[i] >= 0)
			close(s->alive[i]);
	free(s);
}
