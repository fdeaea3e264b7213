/* Workers are threads; a second thread of the boss receives the answers, so nobody has to count what is out. */
#include <fcntl.h>
#include <mqueue.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static mqd_t out, back;
static int n, result[101];

static void *work(void *unused)
{
	char m[64];

	while (mq_receive(out, m, 64, NULL) > 0 && strcmp(m, "end") != 0) {
		int job = atoi(m);

		printf("took %d\n", job);
		sprintf(m, "%d %d", job, job * job);
		mq_send(back, m, strlen(m) + 1, 0);
	}
	return unused;
}

static void *collect(void *unused)
{
	char m[64];

	for (int i = 0; i < n; i++) {
		int job, r;

		if (mq_receive(back, m, 64, NULL) > 0 && sscanf(m, "%d %d", &job, &r) == 2)
			result[job] = r;
	}
	return unused;
}

int main(int argc, char **argv)
{
	struct mq_attr a = {.mq_maxmsg = 4, .mq_msgsize = 64};
	pthread_t t[64], c;
	char name[300], m[64];
	int k, bad = 0;

	if (argc != 4)
		return 2;
	k = atoi(argv[2]);
	n = atoi(argv[3]);
	snprintf(name, sizeof name, "%s.back", argv[1]);
	out = mq_open(argv[1], O_RDWR | O_CREAT, 0600, &a);
	back = mq_open(name, O_RDWR | O_CREAT, 0600, &a);
	if (out < 0 || back < 0)
		return 1;
	mq_unlink(argv[1]); /* threads need no names */
	mq_unlink(name);
	for (int i = 0; i < k; i++)
		pthread_create(&t[i], NULL, work, NULL);
	pthread_create(&c, NULL, collect, NULL);
	for (int i = 1; i <= n; i++) {
		snprintf(m, sizeof m, "%d", i);
		mq_send(out, m, strlen(m) + 1, 0);
	}
	for (int i = 0; i < k; i++)
		mq_send(out, "end", 4, 0);
	for (int i = 0; i < k; i++)
		pthread_join(t[i], NULL);
	pthread_join(c, NULL);
	for (int i = 1; i <= n; i++) {
		printf("job %d = %d\n", i, result[i]);
		bad |= result[i] != i * i;
	}
	return bad;
}
