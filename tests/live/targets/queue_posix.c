/* SPDX-License-Identifier: GPL-3.0-or-later */
/* POSIX message queues: every call, every refusal, receivers in turn; says what it saw. Removes what it made. */
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static char name[64], body[8200];

static void is(const char *what, long got, long wanted, long wanted_error)
{
	printf("%s %s\n", got == wanted && (got >= 0 || errno == wanted_error) ? "ok" : "NOT OK", what);
}

static struct timespec in_ms(int ms)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	ts.tv_nsec += ms * 1000000L;
	ts.tv_sec += ts.tv_nsec / 1000000000;
	ts.tv_nsec %= 1000000000;
	return ts;
}

static void receivers_in_turn(mqd_t q)
{
	int status, sum = 0;
	unsigned priority;

	for (int i = 0; i < 3; i++) {
		if (fork() == 0)
			_exit(mq_receive(q, body, 64, &priority) == 2 ? body[1] - '0' : 99);
		usleep(20000);
	}
	for (int i = 0; i < 3; i++) {
		char text[3] = {'m', (char)('1' + i), 0};
		mq_send(q, text, 2, 0);
	}
	for (int i = 0; i < 3; i++)
		if (wait(&status) > 0)
			sum += WEXITSTATUS(status);
	is("three receivers, a message each", sum, 6, 0);
}

int main(void)
{
	struct mq_attr a = {.mq_maxmsg = 2, .mq_msgsize = 64}, bad = {.mq_maxmsg = -1, .mq_msgsize = 64}, got;
	struct timespec past = {1, 0}, wrong = {1, 2000000000}, soon;
	struct sigevent tell = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};
	struct pollfd p = {.events = POLLIN | POLLOUT};
	sigset_t usr1;
	unsigned priority = 0;
	mqd_t q, quick, dup2nd;

	setvbuf(stdout, NULL, _IOLBF, 0);
	snprintf(name, sizeof name, "/ipclab-posix-%d", (int)getpid());
	sigemptyset(&usr1);
	sigaddset(&usr1, SIGUSR1);
	sigprocmask(SIG_BLOCK, &usr1, NULL);
	is("no such queue", mq_open(name, O_RDWR), -1, ENOENT);
	is("impossible size", mq_open(name, O_CREAT | O_RDWR, 0600, &bad), -1, EINVAL);
	is("a name without slash", mq_open("x", O_CREAT | O_RDWR, 0600, &a), -1, EINVAL);
	q = mq_open(name, O_CREAT | O_EXCL | O_RDWR, 0600, &a);
	is("made", q >= 0, 1, 0);
	is("made twice", mq_open(name, O_CREAT | O_EXCL | O_RDWR, 0600, &a), -1, EEXIST);
	quick = mq_open(name, O_RDWR | O_NONBLOCK);
	is("empty, not waiting", mq_receive(quick, body, 64, NULL), -1, EAGAIN);
	is("too small a buffer", mq_receive(q, body, 63, NULL), -1, EMSGSIZE);
	is("too long a message", mq_send(q, body, 65, 0), -1, EMSGSIZE);
	is("notify", mq_notify(q, &tell), 0, 0);
	is("low", mq_send(q, "low", 3, 1), 0, 0);
	is("notified", sigtimedwait(&usr1, NULL, &(struct timespec){5, 0}), SIGUSR1, 0);
	is("high", mq_send(q, "high", 4, 9), 0, 0);
	is("full, not waiting", mq_send(quick, "x", 1, 0), -1, EAGAIN);
	is("full, time has passed", mq_timedsend(q, "x", 1, 0, &past), -1, ETIMEDOUT);
	is("no time at all", mq_timedsend(q, "x", 1, 0, &wrong), -1, EINVAL);
	soon = in_ms(5);
	is("full, for a while", mq_timedsend(q, "x", 1, 0, &soon), -1, ETIMEDOUT);
	p.fd = q;
	is("poll of a full one", poll(&p, 1, 0) == 1 && p.revents == POLLIN, 1, 0);
	is("what it says of itself", read(q, body, sizeof body) > 10 && !strncmp(body, "QSIZE:7", 7), 1, 0);
	is("highest first", mq_receive(q, body, 64, &priority) == 4 && priority == 9 && !memcmp(body, "high", 4), 1, 0);
	dup2nd = dup(q);
	is("through a duplicate", mq_receive(dup2nd, body, 64, NULL) == 3 && !memcmp(body, "low", 3), 1, 0);
	close(dup2nd);
	soon = in_ms(5);
	is("empty, for a while", mq_timedreceive(q, body, 64, NULL, &soon), -1, ETIMEDOUT);
	is("flags", mq_getattr(quick, &got) == 0 && got.mq_flags == O_NONBLOCK && got.mq_curmsgs == 0, 1, 0);
	got.mq_flags = 0;
	is("flags set", mq_setattr(quick, &got, NULL), 0, 0);
	receivers_in_turn(q);
	is("unlinked in use", mq_unlink(name), 0, 0);
	is("unlinked twice", mq_unlink(name), -1, ENOENT);
	is("still there", mq_send(q, "", 0, 0), 0, 0);
	is("an empty message", mq_receive(quick, body, 64, NULL), 0, 0);
	mq_close(quick);
	is("closed", mq_send(quick, "x", 1, 0), -1, EBADF);
	mq_close(q);
	return 0;
}
