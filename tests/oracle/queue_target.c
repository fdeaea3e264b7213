/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * queue_target mq|sysv SEED PREFIX REPORT: a program made by chance from its seed, of up to four processes that
 * use POSIX message queues, or System V queues, semaphores and memory. What each process does depends on the seed
 * alone. Every third seed is one whose results no schedule changes; there each process appends a line with a digest
 * of them to REPORT. The others may wait for ever: whoever runs it ends it, and removes what is left.
 */
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "oracle/program.h"

enum { QUEUES = 2, SEMS = 3, PROCS = 4, ROUNDS = 24, BODY = 48 };

static struct chance chance;
static unsigned long seed, digest = 1469598103934665603ul;
static int self, procs, fixed;
static pid_t pids[PROCS];
static char names[QUEUES][64];
static mqd_t mqs[QUEUES], quick[QUEUES]; /* quick: O_NONBLOCK */
static int msgs[QUEUES], sems, shm;
static struct message {
	long type;
	char text[64];
} message;

static void note(long v)
{
	digest = (digest ^ (unsigned long)v) * 1099511628211ul;
}

static void note_text(const char *text, long n)
{
	for (long i = 0; i < n; i++)
		note(text[i]);
}

static int below(int n)
{
	return (int)chance_below(&chance, (uint32_t)n);
}

static bool percent(int p)
{
	return chance_percent(&chance, (uint32_t)p);
}

static void fill(int n)
{
	for (int i = 0; i < n; i++)
		message.text[i] = (char)('a' + (self * 5 + below(26) + i) % 26);
}

static void nap(int us)
{
	nanosleep(&(struct timespec){0, us * 1000L}, NULL);
}

static void on_usr1(int sig)
{
	(void)sig;
}

static struct timespec *soon(struct timespec *ts, int clock)
{
	*ts = (struct timespec){0, 0};
	if (clock >= 0)
		clock_gettime(clock, ts);
	ts->tv_nsec += 500000 + below(2000000);
	if (ts->tv_nsec >= 1000000000) {
		ts->tv_sec++;
		ts->tv_nsec -= 1000000000;
	}
	return ts;
}

/* ---- POSIX queues ---- */

static void mq_make(void)
{
	for (int i = 0; i < QUEUES; i++) {
		struct mq_attr a = {.mq_maxmsg = 1 + below(3), .mq_msgsize = BODY};

		mqs[i] = mq_open(names[i], O_CREAT | O_EXCL | O_RDWR, 0600, &a);
		quick[i] = mq_open(names[i], O_RDWR | O_NONBLOCK);
		if (mqs[i] < 0 || quick[i] < 0)
			_exit(95);
	}
}

static void mq_other(int i)
{
	struct mq_attr a = {.mq_flags = percent(50) ? O_NONBLOCK : 0};
	struct sigevent e = {.sigev_notify = SIGEV_NONE};
	struct pollfd p = {.fd = mqs[i], .events = (short)(percent(50) ? POLLIN : POLLOUT)};

	switch (below(7)) {
	case 0: mq_getattr(mqs[i], &a); break;
	case 1: mq_setattr(quick[i], &a, NULL); break;
	case 2: mq_notify(mqs[i], percent(60) ? &e : NULL); break;
	case 3: poll(&p, 1, 1); break;
	case 4: (void)!read(mqs[i], message.text, sizeof message.text); break;
	case 5:
		mq_close(quick[i]);
		quick[i] = mq_open(names[i], (percent(50) ? O_RDWR : percent(50) ? O_RDONLY : O_WRONLY) | O_NONBLOCK);
		break;
	default:
		if (percent(10))
			mq_unlink(names[i]);
		break;
	}
}

static void mq_round(void)
{
	int i = below(QUEUES), n = percent(3) ? BODY + 1 : below(BODY + 1), kind = below(100);
	struct timespec ts;
	unsigned priority;

	fill(n < BODY ? n : BODY);
	if (kind < 16)
		mq_send(mqs[i], message.text, (size_t)n, (unsigned)below(4));
	else if (kind < 32)
		mq_timedsend(mqs[i], message.text, (size_t)n, (unsigned)below(4), soon(&ts, CLOCK_REALTIME));
	else if (kind < 44)
		mq_send(quick[i], message.text, (size_t)n, (unsigned)below(3));
	else if (kind < 58)
		mq_receive(mqs[i], message.text, BODY, percent(70) ? &priority : NULL);
	else if (kind < 74)
		mq_timedreceive(mqs[i], message.text, percent(4) ? 8 : BODY, &priority, soon(&ts, CLOCK_REALTIME));
	else if (kind < 86)
		mq_receive(quick[i], message.text, BODY, &priority);
	else
		mq_other(i);
}

/* The first sends, each passes on, the last receives: one priority, so that the order is that of sending. */
static void mq_fixed(void)
{
	for (int k = 0; k < ROUNDS; k++) {
		unsigned priority = 9;
		long n = 1 + below(BODY);

		if (self == 0 || self > QUEUES) {
			fill((int)n);
		} else {
			n = mq_receive(mqs[self - 1], message.text, BODY, &priority);
			note(n);
			note(priority);
			note_text(message.text, n);
		}
		if (self < QUEUES)
			note(mq_send(mqs[self], message.text, (size_t)n, 3));
	}
}

/* ---- System V ---- */

static void sysv_make(void)
{
	for (int i = 0; i < QUEUES; i++) {
		struct msqid_ds ds;

		msgs[i] = msgget(i || !fixed ? IPC_PRIVATE : (key_t)(0x1bc00000 + (getpid() & 0xfffff)), IPC_CREAT | IPC_EXCL | 0600);
		if (msgs[i] < 0 || msgctl(msgs[i], IPC_STAT, &ds) < 0)
			_exit(95);
		ds.msg_qbytes = (msglen_t)(BODY + below(2 * BODY));
		msgctl(msgs[i], IPC_SET, &ds);
	}
	sems = semget(IPC_PRIVATE, SEMS, IPC_CREAT | 0600);
	shm = shmget(IPC_PRIVATE, 5000, IPC_CREAT | 0600);
	if (sems < 0 || shm < 0)
		_exit(95);
}

static void sem_round(void)
{
	static const short deltas[] = {-2, -1, -1, -1, 1, 1, 2, 0};
	struct sembuf ops[3];
	int n = percent(70) ? 1 : 1 + below(3);
	unsigned short all[SEMS] = {1, 0, 2};
	struct timespec ts;

	for (int k = 0; k < n; k++)
		ops[k] = (struct sembuf){(unsigned short)(percent(1) ? SEMS : below(SEMS)), deltas[below(8)],
			(short)((percent(35) ? IPC_NOWAIT : 0) | (percent(30) ? SEM_UNDO : 0))};
	switch (below(12)) {
	case 0: semctl(sems, below(SEMS), GETVAL); break;
	case 1: percent(30) ? semctl(sems, below(SEMS), SETVAL, below(3)) : semctl(sems, below(SEMS), GETNCNT); break;
	case 2: semctl(sems, 0, percent(20) ? SETALL : GETALL, all); break;
	case 3: case 4: case 5: case 6: semtimedop(sems, ops, (size_t)n, soon(&ts, -1)); break;
	default: semop(sems, ops, (size_t)n); break;
	}
}

static void msg_round(void)
{
	static const long wants[] = {0, 0, 1, 2, 3, -2, -3};
	int i = below(QUEUES), n = below(BODY), flags = percent(55) ? IPC_NOWAIT : 0;
	struct msqid_ds ds;

	if (percent(52)) {
		fill(n);
		message.type = percent(2) ? 0 : 1 + below(4);
		msgsnd(msgs[i], &message, (size_t)n, flags);
		return;
	}
	flags |= (percent(30) ? MSG_NOERROR : 0) | (percent(15) ? MSG_EXCEPT : 0);
	if (percent(6)) {
		msgrcv(msgs[i], &message, BODY, 0, MSG_COPY | IPC_NOWAIT);
		msgctl(msgs[i], IPC_STAT, &ds);
	}
	msgrcv(msgs[i], &message, (size_t)(percent(30) ? below(20) : BODY), wants[below(7)], flags);
	if (percent(1))
		msgctl(msgs[i], IPC_RMID, NULL);
}

static void shm_round(void)
{
	int *at = shmat(shm, NULL, percent(20) ? SHM_RDONLY : 0);

	if (at == (void *)-1)
		return;
	if (percent(50))
		shmdt(at);
	if (percent(5))
		shmctl(shm, IPC_RMID, NULL);
}

static void sysv_round(void)
{
	int kind = below(100);

	if (kind < 48)
		msg_round();
	else if (kind < 95)
		sem_round();
	else
		shm_round();
	if (self == 0 && percent(1))
		semctl(sems, 0, IPC_RMID);
}

/* As mq_fixed; the receiver asks for the types in the order in which they are sent, or for any; and the semaphores
 * pass a turn round. */
static void sysv_fixed(void)
{
	for (int k = 0; k < ROUNDS; k++) {
		struct sembuf wait = {(unsigned short)self, -1, 0}, pass = {(unsigned short)((self + 1) % SEMS), 1, 0};
		long n = 1 + below(BODY), type = 1 + k % 3;

		if (self >= SEMS)
			return;
		if (self || k)
			note(semop(sems, &wait, 1));
		if (self == 0) {
			fill((int)n);
			message.type = type;
		} else {
			n = msgrcv(msgs[self - 1], &message, BODY, k % 2 ? type : 0, 0);
			note(n);
			note(message.type);
			note_text(message.text, n);
		}
		if (self < QUEUES)
			note(msgsnd(msgs[self], &message, (size_t)n, 0));
		note(semop(sems, &pass, 1));
	}
}

/* ---- all ---- */

static void disturb(void)
{
	int who = below(procs);

	if (percent(12))
		nap(below(400));
	if (percent(4) && who != self && pids[who])
		kill(pids[who], SIGUSR1);
	if (percent(1) && self == 0 && who && pids[who])
		kill(pids[who], SIGKILL);
}

static void carry_out(bool mq)
{
	chance.x = seed * 2654435761u + (unsigned)self * 97 + 11;
	for (int i = 0; i < 4; i++)
		chance_next(&chance);
	if (fixed) {
		mq ? mq_fixed() : sysv_fixed();
		return;
	}
	for (int k = 0; k < ROUNDS - below(12); k++) {
		mq ? mq_round() : sysv_round();
		disturb();
	}
}

static void remove_all(bool mq)
{
	for (int i = 0; i < QUEUES; i++)
		mq ? mq_unlink(names[i]) : msgctl(msgs[i], IPC_RMID, NULL);
	if (mq)
		return;
	semctl(sems, 0, IPC_RMID);
	shmctl(shm, IPC_RMID, NULL);
}

int main(int argc, char **argv)
{
	bool mq = argc == 5 && !strcmp(argv[1], "mq");
	char line[80];
	int out;

	if (argc != 5)
		return 98;
	seed = strtoul(argv[2], NULL, 10);
	fixed = seed % 3 == 0;
	chance.x = seed * 40503 + 7;
	out = open(argv[4], O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	procs = fixed ? QUEUES + 1 : 2 + below(PROCS - 1);
	for (int i = 0; i < QUEUES; i++)
		snprintf(names[i], sizeof names[i], "/%s-%d", argv[3], i);
	sigaction(SIGUSR1, &(struct sigaction){.sa_handler = on_usr1, .sa_flags = seed % 2 ? SA_RESTART : 0}, NULL);
	mq ? mq_make() : sysv_make();
	pids[0] = getpid();
	for (int i = 1; i < procs; i++) {
		pids[i] = fork();
		if (pids[i] == 0) {
			pids[i] = getpid();
			self = i;
			break;
		}
	}
	carry_out(mq);
	if (fixed) {
		int n = snprintf(line, sizeof line, "process %d digest %016lx\n", self, digest);
		if (write(out, line, (size_t)n) != n)
			return 97;
	}
	if (self)
		return 0;
	while (wait(NULL) > 0 || errno == EINTR)
		;
	remove_all(mq);
	return 0;
}
