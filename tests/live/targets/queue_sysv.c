/* SPDX-License-Identifier: GPL-3.0-or-later */
/* System V messages, semaphores and memory: every call, every refusal; says what it saw. Removes what it made. */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static struct {
	long type;
	char text[128];
} m;

static void is(const char *what, long got, long wanted, long wanted_error)
{
	printf("%s %s\n", got == wanted && (got >= 0 || errno == wanted_error) ? "ok" : "NOT OK", what);
}

static int put(int id, long type, const char *text, int flags)
{
	m.type = type;
	strcpy(m.text, text);
	return msgsnd(id, &m, strlen(text), flags);
}

static int status_of_child(void)
{
	int status = 0;

	return wait(&status) > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Held, the time before it is removed may pass before the child waits. */
static bool is_gone(void)
{
	return errno == EIDRM || errno == EINVAL;
}

static void messages(void)
{
	int id = msgget(IPC_PRIVATE, IPC_CREAT | 0600);
	struct msqid_ds ds;

	is("a type below 1", put(id, 0, "x", 0), -1, EINVAL);
	is("nothing there", msgrcv(id, &m, 10, 0, IPC_NOWAIT), -1, ENOMSG);
	put(id, 3, "three", 0);
	put(id, 1, "one", 0);
	put(id, 2, "two", 0);
	is("too small", msgrcv(id, &m, 2, 0, 0), -1, E2BIG);
	is("the lowest up to 2", msgrcv(id, &m, 10, -2, 0) == 3 && m.type == 1, 1, 0);
	is("any but 3", msgrcv(id, &m, 10, 3, MSG_EXCEPT) == 3 && m.type == 2, 1, 0);
	is("cut", msgrcv(id, &m, 2, 0, MSG_NOERROR) == 2 && m.type == 3, 1, 0);
	msgctl(id, IPC_STAT, &ds);
	ds.msg_qbytes = 8;
	is("less room", msgctl(id, IPC_SET, &ds), 0, 0);
	put(id, 1, "12345678", 0);
	is("full", put(id, 1, "9", IPC_NOWAIT), -1, EAGAIN);
	if (fork() == 0)
		_exit(put(id, 2, "late", 0) == 0 ? 5 : 6);
	usleep(20000);
	is("room is made", msgrcv(id, &m, 10, 1, 0), 8, 0);
	is("who waited sends", msgrcv(id, &m, 10, 2, 0), 4, 0);
	is("its status", status_of_child(), 5, 0);
	if (fork() == 0)
		_exit(msgrcv(id, &m, 10, 7, 0) < 0 && is_gone() ? 8 : 9);
	usleep(20000);
	is("removed", msgctl(id, IPC_RMID, NULL), 0, 0);
	is("who waited is told", status_of_child(), 8, 0);
	is("it is gone", put(id, 1, "x", 0), -1, EINVAL);
}

static int change(int id, int sem, int by, int flags)
{
	struct sembuf op = {(unsigned short)sem, (short)by, (short)flags};

	return semop(id, &op, 1);
}

static void semaphores(void)
{
	int id = semget((key_t)(0x1bd00000 + (getpid() & 0xffff)), 3, IPC_CREAT | IPC_EXCL | 0600);
	struct sembuf both[2] = {{0, -1, 0}, {1, 1, 0}}, first[2] = {{0, 0, 0}, {0, 1, SEM_UNDO}};
	unsigned short all[3] = {2, 0, 1};
	struct timespec soon = {0, 5000000};

	is("would wait", change(id, 0, -1, IPC_NOWAIT), -1, EAGAIN);
	is("no such semaphore", change(id, 3, 1, 0), -1, EFBIG);
	is("for a while", semtimedop(id, both, 2, &soon), -1, EAGAIN);
	is("up", change(id, 0, 2, 0), 0, 0);
	is("two at once", semop(id, both, 2), 0, 0);
	is("first", semctl(id, 0, GETVAL), 1, 0);
	is("set", semctl(id, 0, SETVAL, 0), 0, 0);
	if (fork() == 0) {
		semop(id, first, 2);
		change(id, 1, -1, SEM_UNDO);
		kill(getpid(), SIGKILL);
	}
	wait(NULL);
	is("undone", semctl(id, 0, GETVAL) * 10 + semctl(id, 1, GETVAL), 1, 0);
	if (fork() == 0)
		_exit(change(id, 1, 0, 0) == 0 ? 4 : 5);
	usleep(20000);
	change(id, 1, -1, 0);
	is("waited for zero", status_of_child(), 4, 0);
	is("all set", semctl(id, 0, SETALL, all), 0, 0);
	if (fork() == 0)
		_exit(change(id, 2, -2, 0) < 0 && is_gone() ? 6 : 7);
	usleep(20000);
	is("removed", semctl(id, 0, IPC_RMID), 0, 0);
	is("who waited is told", status_of_child(), 6, 0);
}

static void memory(void)
{
	int id = shmget(IPC_PRIVATE, 5000, IPC_CREAT | 0600);
	char *at = shmat(id, NULL, 0), *again = shmat(id, NULL, SHM_RDONLY);

	is("no such memory", (long)shmat(-1, NULL, 0), -1, EINVAL);
	if (fork() == 0) {
		strcpy(at, "hello");
		_exit(shmdt(at));
	}
	is("a child writes", status_of_child(), 0, 0);
	is("its words", strcmp(again, "hello"), 0, 0);
	is("removed in use", shmctl(id, IPC_RMID, NULL), 0, 0);
	is("detached", shmdt(again), 0, 0);
	is("and again", shmdt(at), 0, 0);
	is("once more", shmdt(at), -1, EINVAL);
}

int main(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	messages();
	semaphores();
	memory();
	return 0;
}
