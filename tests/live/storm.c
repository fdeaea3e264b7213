/* SPDX-License-Identifier: GPL-3.0-or-later */
/* storm BIRTHS [SEED]: as many births and deaths, sixteen alive at a time, while their parent stops, continues and
 * kills them at moments picked by chance. Children write to one pipe, make a thread, a vfork or a grandchild of
 * their own, or sleep until they are killed. Every death must be told to the parent once: it prints the counts. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ALIVE = 16 };

static pid_t child[ALIVE];
static int ends[2];

static void *thread(void *arg)
{
	(void)arg;
	if (write(ends[1], "t", 1) < 0)
		_exit(4);
	return NULL;
}

static void live(unsigned how)
{
	pthread_t id;
	pid_t pid;

	switch (how % 6) {
	case 0: _exit(0);
	case 1:
		for (int i = 0; i < 3; i++)
			if (write(ends[1], "abc", 3) < 0)
				_exit(4);
		_exit(1);
	case 2:
		if (pthread_create(&id, NULL, thread, NULL) == 0 && how & 64)
			pthread_join(id, NULL);
		_exit(2);
	case 3:
		if ((pid = vfork()) == 0)
			_exit(0);
		waitpid(pid, NULL, 0);
		_exit(3);
	case 4:
		if ((pid = fork()) == 0) {
			if (write(ends[1], "g", 1) < 0)
				_exit(4);
			_exit(0);
		}
		if (how & 64)
			waitpid(pid, NULL, 0);
		_exit(0);
	default:
		for (;;)
			pause();
	}
}

/* What became of one: true when a slot is free again. */
static int collect(int options, long *stops, long *deaths)
{
	int status;
	pid_t pid = waitpid(-1, &status, options | WUNTRACED | WCONTINUED);

	if (pid <= 0)
		return 0;
	if (WIFSTOPPED(status) || WIFCONTINUED(status)) {
		++*stops;
		return 1;
	}
	for (int i = 0; i < ALIVE; i++)
		if (child[i] == pid) {
			child[i] = 0;
			++*deaths;
		}
	return 1;
}

int main(int argc, char **argv)
{
	static const int sent[] = {SIGSTOP, SIGCONT, SIGKILL, SIGSTOP, SIGCONT, SIGCONT};
	long births = argc > 1 ? atol(argv[1]) : 300, born = 0, deaths = 0, stops = 0, alive;
	char bytes[4096];

	srandom(argc > 2 ? (unsigned)atoi(argv[2]) : 1);
	if (pipe2(ends, O_NONBLOCK) < 0)
		return 2;
	do {
		int i = (int)(random() % ALIVE);

		if (!child[i] && born < births) {
			unsigned how = (unsigned)random();

			child[i] = fork();
			if (child[i] == 0)
				live(how);
			if (child[i] < 0)
				return 3;
			born++;
		} else if (child[i]) {
			kill(child[i], sent[random() % (born < births ? 6 : 3)]);
		}
		while (read(ends[0], bytes, sizeof bytes) > 0) {
		}
		while (collect(WNOHANG, &stops, &deaths)) {
		}
		alive = 0;
		for (i = 0; i < ALIVE; i++)
			alive += child[i] != 0;
	} while (born < births || alive > 0);
	printf("%ld born, %ld died\n", born, deaths);
	fprintf(stderr, "%ld stops and continuations told\n", stops);
	return !(born == deaths && waitpid(-1, NULL, 0) < 0 && errno == ECHILD);
}
