#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
int main(int argc, char **argv)
{
	(void)argc;
	if (!strcmp(argv[1], "tty")) {
		char b[100]; 
		printf("tty %d %d\n", isatty(0), isatty(1));
		while (fgets(b, 100, stdin)) fputs(b, stdout);
	} else if (!strcmp(argv[1], "fill")) {
		char b[10000]; memset(b, 'x', 10000);
		write(1, b, 10000);
	} else if (!strcmp(argv[1], "mq")) {
		struct mq_attr a = {.mq_maxmsg = 2, .mq_msgsize = 8};
		mqd_t q = mq_open(argv[2], O_CREAT | O_RDWR, 0600, &a);
		char b[8];
		if (q < 0) { perror("mq_open"); return 1; }
		if (!fork()) { sleep(1); mq_send(q, "hi", 2, 0); _exit(0); }
		ssize_t n = mq_receive(q, b, 8, NULL);
		printf("got %.*s\n", (int)n, b);
		wait(NULL);
		mq_unlink(argv[2]);
	} else {
		usleep(300000); puts("ok");
	}
	return 0;
}
