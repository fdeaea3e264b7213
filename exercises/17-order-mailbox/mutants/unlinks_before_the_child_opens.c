// verdict: WRONG
// says: ENOENT, No such file or directory
/* A parent sends its child a message through a mailbox. The blocks between the
 * lines of dashes are given out of order, and some are not needed. */
#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROOM = 4, SIZE = 32 };

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "/order-mailbox";
	struct mq_attr attr = {.mq_maxmsg = ROOM, .mq_msgsize = SIZE};
	mqd_t box;

//--
	box = mq_open(name, O_CREAT | O_RDWR, 0600, &attr);
	if (box == (mqd_t)-1)
		return 1;
//--
	mq_unlink(name);
//--
	if (fork() == 0) {
//--
		char text[SIZE];
//--
		box = mq_open(name, O_RDWR);
//--
		if (mq_receive(box, text, sizeof text, NULL) < 0) {
			printf("no message\n");
			return 1;
		}
//--
		printf("got %s\n", text);
		return 0;
	}
//--
	mq_send(box, "hello", 6, 0);
//--
	wait(NULL);
//--
	return 0;
}
