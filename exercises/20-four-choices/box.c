/* box NAME: makes the queue. For each line `take` it takes a message and prints it, or `nothing` when there is none. At the end of
 * its input it removes the queue. Given. */
#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>

int main(int argc, char **argv)
{
	struct mq_attr attr = {.mq_maxmsg = 2, .mq_msgsize = 64};
	char line[64], text[65];
	ssize_t n;
	mqd_t box;

	if (argc != 2)
		return 2;
	box = mq_open(argv[1], O_RDONLY | O_CREAT | O_EXCL | O_NONBLOCK, 0600, &attr);
	if (box == (mqd_t)-1) {
		perror(argv[1]);
		return 1;
	}
	while (fgets(line, sizeof line, stdin)) {
		n = mq_receive(box, text, sizeof text, NULL);
		printf("%.*s\n", n < 0 ? 7 : (int)n, n < 0 ? "nothing" : text);
		fflush(stdout);
	}
	mq_unlink(argv[1]);
	return 0;
}
