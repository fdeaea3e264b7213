/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * target PROGRAM REPORT [PROCESS OPERATION DIGEST]: carries out a program of program.h by plain
 * libc calls. An error is a result like any other. Each process appends one line to REPORT when
 * it ends: its number, how many operations it did, a digest of their results. Pids and
 * descriptor numbers are not in the digest; in a fixed program nothing else depends on the
 * schedule.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "oracle/program.h"

static struct program program;
static char *const *arguments;
static __thread int self, at; /* which list this thread carries out, and where it is */
static __thread uint64_t digest = 1469598103934665603ull;
static __thread char buffer[IO_MAX];
static pid_t pids[PROC_MAX]; /* as far as known here; 0: nobody */

static void digest_bytes(const void *bytes, size_t n)
{
	const unsigned char *p = bytes;

	for (size_t i = 0; i < n; i++)
		digest = (digest ^ p[i]) * 1099511628211ull;
}

static void digest_number(long long v)
{
	digest_bytes(&v, sizeof v);
}

static void report_and_end(int status, bool thread)
{
	char line[80];
	int n = snprintf(line, sizeof line, "process %d did %d digest %016llx status %d\n", self,
		at, (unsigned long long)digest, status);

	if (write(REPORT_FD, line, (size_t)n) != n)
		_exit(99);
	if (thread)
		pthread_exit(NULL);
	_exit(status);
}

/* Bytes that say who wrote them and where in the program, so that a mixed-up order shows. */
static void fill(size_t n)
{
	for (size_t i = 0; i < n; i++)
		buffer[i] = (char)('a' + (self * 7 + at * 3 + (int)(i % 17)) % 26);
}

static int vectors(struct iovec *v, int n, int pieces)
{
	int each = n / pieces, off = 0;

	for (int i = 0; i < pieces; i++) {
		v[i].iov_base = buffer + off;
		v[i].iov_len = (size_t)(i == pieces - 1 ? n - off : each);
		off += (int)v[i].iov_len;
	}
	return pieces;
}

static long transfer_all(const struct op *op, bool out)
{
	long done = 0, r;

	while (done < op->b) {
		r = out ? write(op->a, buffer + done, (size_t)(op->b - done))
			: read(op->a, buffer + done, (size_t)(op->b - done));
		if (r <= 0)
			break;
		done += r;
	}
	return done;
}

static long transfer(const struct op *op)
{
	struct iovec v[8];
	size_t n = (size_t)op->b;
	long r = -1;

	if (op->kind == OP_write || op->kind == OP_writev || op->kind == OP_writeall)
		fill(n);
	switch (op->kind) {
	case OP_read: r = read(op->a, buffer, n); break;
	case OP_write: r = write(op->a, buffer, n); break;
	case OP_readv: r = readv(op->a, v, vectors(v, op->b, op->c)); break;
	case OP_writev: r = writev(op->a, v, vectors(v, op->b, op->c)); break;
	case OP_readall: r = transfer_all(op, false); break;
	case OP_writeall: r = transfer_all(op, true); break;
	case OP_splice: r = splice(op->a, NULL, op->b, NULL, (size_t)op->c, 0); break;
	case OP_tee: r = tee(op->a, op->b, (size_t)op->c, 0); break;
	default: break;
	}
	if (r > 0 && (op->kind == OP_read || op->kind == OP_readv || op->kind == OP_readall))
		digest_bytes(buffer, (size_t)r);
	return r;
}

static long change_fd(const struct op *op)
{
	int on = op->b, ends[2], r;

	switch (op->kind) {
	case OP_pipe: return pipe(ends);
	case OP_pipe2: return pipe2(ends, op->a);
	case OP_dup: r = dup(op->a); break;
	case OP_dup2: r = dup2(op->a, op->b); break;
	case OP_dup3: r = dup3(op->a, op->b, op->c); break;
	case OP_fdup: r = fcntl(op->a, op->c ? F_DUPFD_CLOEXEC : F_DUPFD, op->b); break;
	case OP_setfl: return fcntl(op->a, F_SETFL, op->b);
	case OP_setfd: return fcntl(op->a, F_SETFD, op->b);
	case OP_setsize: return fcntl(op->a, F_SETPIPE_SZ, op->b);
	case OP_fionbio: return ioctl(op->a, FIONBIO, &on);
	case OP_close: return close(op->a);
	case OP_closerange: return close_range((unsigned)op->a, (unsigned)op->b, op->c);
	default: return -1;
	}
	return r < 0 ? r : 0; /* the number may depend on what came before */
}

static void go_on_from(int process, int operation)
{
	char a[12], b[12], c[24];
	char *args[] = {arguments[0], arguments[1], arguments[2], a, b, c, NULL};

	snprintf(a, sizeof a, "%d", process);
	snprintf(b, sizeof b, "%d", operation);
	snprintf(c, sizeof c, "%llu", (unsigned long long)digest);
	execv("/proc/self/exe", args);
}

static void on_usr1(int sig)
{
	(void)sig;
}

static void take_signals(void)
{
	static void (*const usr1[])(int) = {SIG_DFL, on_usr1, on_usr1, SIG_IGN};
	const struct proc *p = &program.proc[self];
	struct sigaction sa = {
		.sa_handler = usr1[p->usr1], .sa_flags = p->usr1 == USR1_RESTARTS ? SA_RESTART : 0};

	signal(SIGPIPE, p->ignore_sigpipe ? SIG_IGN : SIG_DFL);
	sigaction(SIGUSR1, &sa, NULL);
}

static void carry_out(const struct op *op);

static void *thread(void *arg)
{
	self = *(const int *)arg;
	for (at = 0; at < program.proc[self].n; at++)
		carry_out(&program.proc[self].ops[at]);
	report_and_end(0, true);
	return NULL;
}

static long make_thread(const struct op *op)
{
	pthread_attr_t attr;
	pthread_t t;
	int e;

	pids[op->a] = getpid();
	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	e = pthread_create(&t, &attr, thread, (void *)&op->a);
	pthread_attr_destroy(&attr);
	return e ? -1 : 0;
}

static long process_op(const struct op *op)
{
	struct timespec ts = {0, op->a * 1000L};
	struct pollfd p = {op->a, (short)op->b, 0};
	long sum = 0;
	int status = 0;
	pid_t pid;

	switch (op->kind) {
	case OP_fork:
		pid = fork();
		if (pid == 0) {
			self = op->a;
			at = -1;
			pids[self] = getpid();
			take_signals();
		} else if (pid > 0) {
			pids[op->a] = pid;
		}
		return pid < 0 ? -1 : 0;
	case OP_thread: return make_thread(op);
	case OP_kill: return pids[op->a] ? kill(pids[op->a], op->b) : -1;
	case OP_wait: pid = waitpid(-1, &status, op->a); return pid > 0 ? status : pid;
	case OP_waitall:
		while (waitpid(-1, &status, 0) > 0)
			sum += status + 1;
		return sum;
	case OP_sleep: return nanosleep(&ts, NULL);
	case OP_poll: return poll(&p, 1, op->c) < 0 ? -1 : p.revents;
	case OP_exec: go_on_from(self, at + 1); return -1;
	case OP_exit: report_and_end(op->a, gettid() != getpid()); return 0;
	default: return -1;
	}
}

static void carry_out(const struct op *op)
{
	long r;

	errno = 0;
	if (op->kind >= OP_read && op->kind <= OP_tee)
		r = transfer(op);
	else if (op->kind >= OP_wait || op->kind == OP_fork || op->kind == OP_thread)
		r = process_op(op);
	else
		r = change_fd(op);
	digest_number(r);
	if (r < 0)
		digest_number(errno);
}

int main(int argc, char **argv)
{
	FILE *f = argc >= 3 ? fopen(argv[1], "re") : NULL;

	if (!f || !program_load(&program, f))
		return 98;
	fclose(f);
	arguments = argv;
	if (argc >= 6) {
		self = atoi(argv[3]);
		at = atoi(argv[4]);
		digest = strtoull(argv[5], NULL, 10);
	} else {
		int fd;

		close_range(3, REPORT_FD + 100,
			0); /* what the caller left open would shift the numbers */
		fd = open(argv[2], O_WRONLY | O_APPEND | O_CREAT, 0600);
		if (fd < 0 || dup2(fd, REPORT_FD) < 0 || close(fd) < 0)
			return 97;
	}
	if (self < 0 || self >= program.procs || at < 0)
		return 96;
	pids[self] = getpid();
	take_signals();
	for (; at < program.proc[self].n; at++)
		carry_out(&program.proc[self].ops[at]);
	report_and_end(0, false);
}
