/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A probe in a child of its own: what it does to itself ends with it. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "doctor/private.h"

enum { LIMIT_MS = 10000 };

void finding_yes(struct finding *f, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(f->measured, sizeof f->measured, fmt, ap);
	va_end(ap);
	f->here = true;
	f->remedy[0] = '\0';
}

void finding_no(struct finding *f, const char *remedy, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(f->measured, sizeof f->measured, fmt, ap);
	va_end(ap);
	f->here = false;
	snprintf(f->remedy, sizeof f->remedy, "%s", remedy ? remedy : "");
}

/* Reads the whole of it or nothing, within the limit. */
static bool read_finding(int fd, struct finding *f)
{
	u64 end = clock_ns() + LIMIT_MS * 1000000ull;
	struct pollfd p = {.fd = fd, .events = POLLIN};
	size_t got = 0;
	u64 now;

	while (got < sizeof *f && (now = clock_ns()) < end) {
		ssize_t n;

		if (poll(&p, 1, (int)((end - now) / 1000000) + 1) <= 0)
			continue;
		n = read(fd, (char *)f + got, sizeof *f - got);
		if (n == 0 || (n < 0 && errno != EINTR))
			break;
		got += n > 0 ? (size_t)n : 0;
	}
	return got == sizeof *f;
}

static void run_in_child(probe_fn *probe, const char *arg, pid_t parent, int out)
{
	struct finding f = {0};
	ssize_t n;

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	signal(SIGXFSZ, SIG_IGN); /* EFBIG says as much, and lets the probe clear up */
	probe(&f, arg);
	n = write(out, &f, sizeof f);
	_exit(n == sizeof f ? 0 : 1);
}

/* What became of a child that said nothing. */
static void silent(struct finding *f, int status)
{
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS)
		finding_no(f, filter_remedy(),
			"a system call filter killed the process that tried it");
	else if (WIFSIGNALED(status))
		finding_no(f, NULL, "the process that tried it ended by signal %d (%s)",
			WTERMSIG(status),
			sigabbrev_np(WTERMSIG(status)) ? sigabbrev_np(WTERMSIG(status)) : "?");
	else
		finding_no(f, NULL, "the process that tried it ended without an answer");
}

void probe_run(probe_fn *probe, const char *arg, struct finding *f)
{
	pid_t parent = getpid(), child;
	int ends[2], status = 0;
	bool heard;

	if (pipe2(ends, O_CLOEXEC) < 0) {
		finding_no(f, "ulimit -n 1024", "not measured: no pipe could be made: %s",
			strerror(errno));
		return;
	}
	child = fork();
	if (child == 0) {
		close(ends[0]);
		run_in_child(probe, arg, parent, ends[1]);
	}
	close(ends[1]);
	if (child < 0) {
		finding_no(f, "ulimit -u 1000", "not measured: no process could be started: %s",
			strerror(errno));
		close(ends[0]);
		return;
	}
	heard = read_finding(ends[0], f);
	close(ends[0]);
	if (!heard) {
		siginfo_t info = {0};

		/* It has ended, or it hangs: then it is ended, and not blamed for how. */
		if (waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT | WNOHANG) == 0 &&
			info.si_pid == 0)
			usleep(20000);
		if (waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT | WNOHANG) == 0 &&
			info.si_pid == 0) {
			kill(-child, SIGKILL);
			kill(child, SIGKILL);
			finding_no(f, NULL, "no answer within %d s", LIMIT_MS / 1000);
			heard = true;
		}
	}
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	if (!heard)
		silent(f, status);
}

pid_t target_begin(void)
{
	pid_t parent = getpid(), child = fork();

	if (child != 0)
		return child;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (getppid() == parent)
		pause();
	_exit(0);
}

void target_end(pid_t pid)
{
	kill(pid, SIGKILL);
	while (waitpid(pid, NULL, __WALL) < 0 && errno == EINTR)
		;
}

bool file_text(const char *path, char *text, size_t n)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got;

	if (fd < 0)
		return false;
	got = read(fd, text, n - 1);
	close(fd);
	if (got < 0)
		return false;
	text[got] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return true;
}

long file_number(const char *path, long otherwise)
{
	char text[32];

	return file_text(path, text, sizeof text) ? strtol(text, NULL, 10) : otherwise;
}

bool is_filtered(void)
{
	return prctl(PR_GET_SECCOMP, 0, 0, 0, 0) ==
	       2; /* of ourselves; mode 1 would have killed us */
}

const char *filter_remedy(void)
{
	if (!is_filtered())
		return NULL;
	if (access("/.dockerenv", F_OK) == 0 || access("/run/.containerenv", F_OK) == 0)
		return "docker run --security-opt seccomp=unconfined ...";
	return "start it outside the sandbox whose system call filter it inherited";
}
