/* With select in one process. It looks whether the other one still reads, and ends as soon as it does not. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <unistd.h>

static void ensure(const char *name)
{
	if (mkfifo(name, 0600) < 0 && errno != EEXIST) {
		fprintf(stderr, "%s: %s\n", name, strerror(errno));
		exit(1);
	}
}

/* One line or a part of one: what has been read and could not be sent yet. */
static char waiting[4096];
static size_t length;

static void send_more(int say)
{
	ssize_t n = length ? write(say, waiting, length) : 0;

	if (n < 0 && errno == EPIPE) {
		fputs("nobody is there any more\n", stderr);
		exit(1);
	}
	if (n > 0) {
		length -= (size_t)n;
		memmove(waiting, waiting + n, length);
	}
}

static int print_more(int hear)
{
	char buf[512];
	ssize_t n = read(hear, buf, sizeof buf);

	for (ssize_t done = 0; done < n;)
		done += write(STDOUT_FILENO, buf + done, (size_t)(n - done));
	return n != 0;
}

int main(int argc, char **argv)
{
	int keyboard = STDIN_FILENO, hear, say;

	if (argc != 3)
		return 2;
	signal(SIGPIPE, SIG_IGN);
	ensure(argv[1]);
	ensure(argv[2]);
	if (strcmp(argv[1], argv[2]) < 0) {
		say = open(argv[2], O_WRONLY);
		hear = open(argv[1], O_RDONLY);
	} else {
		hear = open(argv[1], O_RDONLY);
		say = open(argv[2], O_WRONLY);
	}
	fcntl(say, F_SETFL, O_NONBLOCK);
	unlink(argv[1]);
	unlink(argv[2]);
	while (say >= 0 || hear >= 0) {
		fd_set in, out;

		FD_ZERO(&in);
		FD_ZERO(&out);
		if (keyboard >= 0 && length == 0)
			FD_SET(keyboard, &in);
		if (hear >= 0)
			FD_SET(hear, &in);
		if (say >= 0 && length)
			FD_SET(say, &out);
		if (select(FD_SETSIZE, &in, &out, NULL, NULL) < 0)
			continue;
		if (keyboard >= 0 && FD_ISSET(keyboard, &in)) {
			ssize_t n = read(keyboard, waiting, sizeof waiting);

			length = n > 0 ? (size_t)n : 0;
			if (n <= 0)
				keyboard = -1;
		}
		if (say >= 0)
			send_more(say);
		if (keyboard < 0 && length == 0 && say >= 0) {
			close(say);
			say = -1;
		}
		if (hear >= 0 && FD_ISSET(hear, &in) && !print_more(hear)) {
			close(hear);
			hear = -1;
		}
	}
	return 0;
}
