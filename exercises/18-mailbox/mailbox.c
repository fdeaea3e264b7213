/* mailbox NAME WORKERS JOBS: jobs go out through one mailbox, and come back
 * done through another. */
#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROOM = 4, SIZE = 64, MOST = 100 };

struct message {
	int job;    /* its number, from 1; 0: go home */
	int result; /* in an answer */
};

static mqd_t box_make(const char *name)
{
	struct mq_attr attr = {.mq_maxmsg = ROOM, .mq_msgsize = SIZE};
	mqd_t box = mq_open(name, O_CREAT | O_EXCL | O_RDWR, 0600, &attr);

	if (box == (mqd_t)-1) {
		perror(name);
		exit(1);
	}
	return box;
}

static void send(mqd_t box, struct message m)
{
	if (mq_send(box, (char *)&m, sizeof m, 0) < 0)
		exit(1);
}

static struct message receive(mqd_t box)
{
	struct message m = {0};

	/* Yours: how much room does mq_receive want? */
	(void)box;
	return m;
}

static void worker(mqd_t jobs, mqd_t answers)
{
	for (;;) {
		struct message m = receive(jobs);

		if (m.job == 0)
			_exit(0);
		printf("took %d\n", m.job);
		fflush(stdout);
		m.result = m.job * m.job;
		send(answers, m);
	}
}

int main(int argc, char **argv)
{
	int workers = argc == 4 ? atoi(argv[2]) : 0, n = argc == 4 ? atoi(argv[3]) : 0;
	int results[MOST + 1] = {0}, sent = 0, done = 0, bad = 0;
	char answers_name[200];
	mqd_t jobs, answers;

	if (workers < 1 || n < 0 || n > MOST)
		return 2;
	snprintf(answers_name, sizeof answers_name, "%s-answers", argv[1]);
	jobs = box_make(argv[1]);
	answers = box_make(answers_name);
	for (int i = 0; i < workers; i++)
		if (fork() == 0)
			worker(jobs, answers);
	/* Yours: send n jobs, numbered from 1, and put each result where it
	 * belongs. Both boxes have room for ROOM messages. */
	(void)sent;
	(void)done;
	for (int i = 0; i < workers; i++)
		send(jobs, (struct message){0});
	while (wait(NULL) > 0)
		;
	/* Yours: what is left behind? */
	for (int i = 1; i <= n; i++) {
		printf("job %d = %d\n", i, results[i]);
		bad |= results[i] != i * i;
	}
	return bad;
}
