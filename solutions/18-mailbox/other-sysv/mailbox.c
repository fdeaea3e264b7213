/* System V: one queue for both ways, told apart by the type. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/wait.h>
#include <unistd.h>

struct m {
	long type; /* 1: a job, 2: an answer */
	int job, result;
};

static void worker(int q)
{
	struct m m;

	while (msgrcv(q, &m, sizeof m - sizeof m.type, 1, 0) >= 0 && m.job) {
		printf("took %d\n", m.job);
		fflush(stdout);
		m.type = 2;
		m.result = m.job * m.job;
		if (msgsnd(q, &m, sizeof m - sizeof m.type, 0) < 0)
			_exit(1);
	}
	_exit(0);
}

int main(int argc, char **argv)
{
	int results[101], n, k, out = 0, done = 0, bad = 0, q;
	struct m m;

	if (argc != 4)
		return 2;
	k = atoi(argv[2]);
	n = atoi(argv[3]);
	q = msgget(IPC_PRIVATE, IPC_CREAT | 0600);
	if (q < 0)
		return 1;
	for (int i = 0; i < k; i++)
		if (fork() == 0)
			worker(q);
	while (done < n) {
		if (out < n && out - done < 3) {
			m = (struct m){1, ++out, 0};
			msgsnd(q, &m, sizeof m - sizeof m.type, 0);
			continue;
		}
		msgrcv(q, &m, sizeof m - sizeof m.type, 2, 0);
		results[m.job] = m.result;
		done++;
	}
	for (int i = 0; i < k; i++) {
		m = (struct m){1, 0, 0};
		msgsnd(q, &m, sizeof m - sizeof m.type, 0);
	}
	while (wait(NULL) > 0)
		;
	msgctl(q, IPC_RMID, NULL);
	for (int i = 1; i <= n; i++) {
		printf("job %d = %d\n", i, results[i]);
		bad |= results[i] != i * i;
	}
	return bad;
}
