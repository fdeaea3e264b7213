// verdict: HANG
// scenario: they meet
// says: has fifo1 (a) open for writing
/* fifo_chat HEAR SAY: what is typed goes into SAY, what comes out of HEAR is printed. One process, with poll. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ROOM = 65536 };
struct way { /* one direction */
	int from, to; /* -1: at its end */
	size_t have;  /* bytes in buf that are not sent yet */
	char buf[ROOM];
};

static int make(const char *name)
{
	return mkfifo(name, 0600) == 0 || errno == EEXIST;
}

/* Takes what is there. False: that was the end. */
static int take(struct way *w)
{
	ssize_t n = read(w->from, w->buf + w->have, ROOM - w->have);

	if (n > 0)
		w->have += (size_t)n;
	return n > 0 || (n < 0 && (errno == EINTR || errno == EAGAIN));
}

/* Sends what goes. False: nobody is there to read it. */
static int give(struct way *w)
{
	ssize_t n = write(w->to, w->buf, w->have);

	if (n < 0)
		return errno == EINTR || errno == EAGAIN;
	w->have -= (size_t)n;
	memmove(w->buf, w->buf + n, w->have);
	return 1;
}

static int talk(int hear, int say)
{
	static struct way out, in;

	out.from = STDIN_FILENO;
	out.to = say;
	in.from = hear;
	in.to = STDOUT_FILENO;
	while (out.to >= 0 || in.from >= 0 || in.have) {
		struct pollfd p[] = {
			{.fd = out.have < ROOM ? out.from : -1, .events = POLLIN},
			{.fd = out.have ? out.to : -1, .events = POLLOUT},
			{.fd = in.have < ROOM ? in.from : -1, .events = POLLIN},
			{.fd = in.have ? in.to : -1, .events = POLLOUT},
		};

		if (poll(p, 4, -1) < 0)
			continue;
		if (p[0].revents && !take(&out))
			out.from = -1;
		if (p[1].revents && !give(&out))
			return 1;
		if (p[2].revents && !take(&in))
			in.from = -1;
		if (p[3].revents && !give(&in))
			return 1;
		if (out.from < 0 && out.have == 0 && out.to >= 0) {
			close(out.to);
			out.to = -1;
		}
	}
	return 0;
}

int main(int argc, char **argv)
{
	int hear, say;

	if (argc != 3)
		return 2;
	signal(SIGPIPE, SIG_IGN);
	if (!make(argv[1]) || !make(argv[2])) {
		perror("fifo_chat");
		return 1;
	}
	hear = open(argv[1], O_RDONLY);
	say = open(argv[2], O_WRONLY);
	if (hear < 0 || say < 0)
		return 1;
	fcntl(say, F_SETFL, O_WRONLY | O_NONBLOCK); /* poll says that a part fits, not that all does */
	unlink(argv[1]); /* both have them open: the names are not needed any more */
	unlink(argv[2]);
	return talk(hear, say);
}
