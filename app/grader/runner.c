/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A scenario from outside the box: the box is started, waited for, and what came of it is judged out here. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "grader/private.h"

/* A port that is free now; in a network namespace of its own any one is. */
static u32 free_port(void)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t n = sizeof a;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	u32 port = 0;

	if (fd >= 0 && bind(fd, (struct sockaddr *)&a, sizeof a) == 0 && getsockname(fd, (struct sockaddr *)&a, &n) == 0)
		port = ntohs(a.sin_port);
	if (fd >= 0)
		close(fd);
	return port;
}

void runner_name_things(struct run_spec *spec)
{
	bool own = spec->namespaces & BOX_NET;

	spec->ports[0] = own ? 12000 : free_port();
	spec->ports[1] = own ? 6013 : free_port();
	if (spec->namespaces & BOX_IPC)
		snprintf(spec->name, sizeof spec->name, "/ipclab");
	else
		snprintf(spec->name, sizeof spec->name, "/ipclab-%d-%u", (int)getpid(), spec->s->number);
}

/* The box keeps its own time; should it fail to, it is ended from here. */
static bool wait_for(pid_t pid, u32 seconds)
{
	u64 limit = clock_ns() + (BUSY_FOLD * seconds + 30) * 1000000000ull;
	int status;

	for (unsigned tries = 0;; tries++) {
		pid_t got = waitpid(pid, &status, WNOHANG);

		if (got == pid || (got < 0 && errno != EINTR))
			return got == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
		if (clock_ns() > limit)
			break;
		usleep(tries < 100 ? 200 : 2000);
	}
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	return false;
}

static bool not_judged(const struct run_spec *spec, struct finding *f, bool in_time)
{
	const struct shared *s = spec->shared;

	if (s->done && s->over != OVER_FAILED && s->over != OVER_DISK && s->over != OVER_BUSY)
		return false;
	f->verdict = GRADE_ERROR;
	if (s->done && s->over == OVER_DISK)
		snprintf(f->message, sizeof f->message, "the disk is full: the recording %s could not be written", spec->record);
	else if (s->done && s->over == OVER_BUSY)
		snprintf(f->message, sizeof f->message, "in %u s it did not get the %u s of time that it may have: this machine is too busy to judge it",
			BUSY_FOLD * spec->s->seconds, spec->s->seconds);
	else if (s->done)
		snprintf(f->message, sizeof f->message, "%s", s->error);
	else
		snprintf(f->message, sizeof f->message, in_time ? "the process that ran it ended by itself: this is a failure of ipclab"
			: "the process that ran it did not end or was killed");
	return true;
}

bool runner_run(struct run_spec *spec, struct finding *f, struct err *err)
{
	size_t size = shared_bytes(spec->s);
	u64 began = clock_ns();
	struct evidence *ev = NULL;
	bool in_time;
	pid_t pid;

	runner_name_things(spec);
	spec->shared = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (spec->shared == MAP_FAILED)
		return err_sys(err, EXIT_RETRY, "no memory");
	pid = box_start(spec->namespaces, spec->box, 96 << 20, engine_inside, spec);
	in_time = pid > 0 && wait_for(pid, spec->s->seconds);
	if (!not_judged(spec, f, in_time)) {
		ev = evidence_create(spec, err);
		if (ev)
			judge(spec, ev, f);
	}
	evidence_destroy(ev);
	munmap(spec->shared, size);
	spec->shared = NULL;
	f->duration_ms = (u32)((clock_ns() - began) / 1000000);
	return ev || f->verdict == GRADE_ERROR;
}
