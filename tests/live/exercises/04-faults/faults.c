/* What each fault looks like from inside. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t signals;

static void count(int sig)
{
	(void)sig;
	signals++;
}

static void wait_in_read(int *fds, int flags)
{
	struct sigaction sa = {.sa_handler = count, .sa_flags = flags};
	char c;

	sigaction(SIGUSR1, &sa, NULL);
	if (fork() == 0) {
		usleep(50000);
		_exit(write(fds[1], "x", 1) != 1);
	}
	if (read(fds[0], &c, 1) < 0)
		printf("%s, %d signal\n", strerrorname_np(errno), (int)signals);
	else
		printf("got %c, %d signals\n", c, (int)signals);
	wait(NULL);
}

int main(int argc, char **argv)
{
	static char big[8192];
	char buf[16];
	int fds[2], n;

	if (argc != 2 || pipe(fds) < 0)
		return 2;
	if (strcmp(argv[1], "read") == 0) {
		n = (int)write(fds[1], "hello", 5);
		for (; n > 0; n -= 2)
			printf("%d%c", (int)read(fds[0], buf, sizeof buf), n > 2 ? ' ' : '\n');
	} else if (strcmp(argv[1], "write") == 0) {
		fcntl(fds[1], F_SETFL, O_NONBLOCK);
		printf("%d\n", (int)write(fds[1], big, sizeof big));
	} else if (strcmp(argv[1], "again") == 0) {
		if (write(fds[1], "hello", 5) != 5)
			return 1;
		fcntl(fds[0], F_SETFL, O_NONBLOCK);
		n = (int)read(fds[0], buf, sizeof buf);
		printf("%s ", n < 0 ? strerrorname_np(errno) : "none");
		printf("%d\n", (int)read(fds[0], buf, sizeof buf));
	} else if (strcmp(argv[1], "small") == 0) {
		printf("%d\n", fcntl(fds[0], F_GETPIPE_SZ));
	} else {
		wait_in_read(fds, strcmp(argv[1], "restart") == 0 ? SA_RESTART : 0);
	}
	return 0;
}
