/* Each worker opens the boxes by their names; one job after the other is handed out and waited for. */
#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char in_name[256], out_name[256];

static int worker(void)
{
	mqd_t in = mq_open(out_name, O_RDONLY), out = mq_open(in_name, O_WRONLY);
	char text[65];
	ssize_t n;

	while ((n = mq_receive(in, text, 64, NULL)) > 0) {
		int job;

		text[n] = '\0';
		job = atoi(text);
		if (job < 0)
			break;
		dprintf(STDOUT_FILENO, "took %d\n", job);
		n = sprintf(text, "%d", job * job);
		mq_send(out, text, (size_t)n, 0);
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct mq_attr attr = {.mq_maxmsg = 4, .mq_msgsize = 64};
	int all[101] = {0}, jobs, workers, wrong = 0;
	mqd_t in, out;
	char text[65];

	if (argc != 4)
		return 2;
	workers = atoi(argv[2]);
	jobs = atoi(argv[3]);
	snprintf(out_name, sizeof out_name, "%s", argv[1]);
	snprintf(in_name, sizeof in_name, "%s_done", argv[1]);
	out = mq_open(out_name, O_CREAT | O_WRONLY, 0600, &attr);
	in = mq_open(in_name, O_CREAT | O_RDONLY, 0600, &attr);
	if (in == -1 || out == -1)
		return 1;
	for (int i = 0; i < workers; i++)
		if (fork() == 0)
			_exit(worker());
	for (int i = 1; i <= jobs; i++) {
		ssize_t n = sprintf(text, "%d", i);

		mq_send(out, text, (size_t)n, 0);
		n = mq_receive(in, text, 64, NULL);
		text[n < 0 ? 0 : n] = '\0';
		all[i] = atoi(text);
	}
	for (int i = 0; i < workers; i++)
		mq_send(out, "-1", 2, 0);
	while (wait(NULL) > 0)
		;
	mq_unlink(out_name);
	mq_unlink(in_name);
	for (int i = 1; i <= jobs; i++) {
		printf("job %d = %d\n", i, all[i]);
		wrong |= all[i] != i * i;
	}
	return wrong;
}
