// verdict: WRONG
// scenario: one is kept when the input has ended
// says: expected "notice c\n", got nothing more
/* four_choices NAME: sends into the queue NAME; what to do when it is full each line of the input says. One process; poll. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static mqd_t box;
static char kept[64]; /* "": none */
static char input[4096];
static size_t have;

static void say(const char *what, const char *text)
{
	printf("%s %s\n", what, text);
	fflush(stdout);
}

static void wait_mode(int waits)
{
	struct mq_attr attr = {.mq_flags = waits ? 0 : O_NONBLOCK};

	mq_setattr(box, &attr, NULL);
}

/* until: NULL, as long as it takes. */
static int send_until(const char *text, const struct timespec *until)
{
	int r;

	do
		r = until ? mq_timedsend(box, text, strlen(text), 0, until) : mq_send(box, text, strlen(text), 0);
	while (r < 0 && errno == EINTR);
	return r == 0;
}

/* The one that is kept goes first. False: it does not go. */
static int kept_goes(const struct timespec *until)
{
	if (kept[0] && !send_until(kept, until))
		return 0;
	if (kept[0])
		say("notice", kept);
	kept[0] = '\0';
	return 1;
}

static void obey(char *line)
{
	char *text = strchr(line, ' ');
	struct timespec until;
	long ms;

	if (!text)
		return;
	*text++ = '\0';
	wait_mode(line[0] == 'w' || line[0] == 'l');
	if (strcmp(line, "wait") == 0) {
		kept_goes(NULL);
		send_until(text, NULL);
		say("sent", text);
	} else if (strcmp(line, "limit") == 0) {
		ms = strtol(text, &text, 10);
		text++;
		clock_gettime(CLOCK_REALTIME, &until); /* not how long: until when */
		until.tv_sec += ms / 1000;
		until.tv_nsec += ms % 1000 * 1000000;
		until.tv_sec += until.tv_nsec / 1000000000;
		until.tv_nsec %= 1000000000;
		say(kept_goes(&until) && send_until(text, &until) ? "sent" : "late", text);
	} else if (kept_goes(NULL) && send_until(text, NULL)) {
		say("sent", text);
	} else if (strcmp(line, "cache") == 0 && !kept[0]) {
		strcpy(kept, text);
		say("cached", text);
	} else {
		say("full", text);
	}
}

/* A line, when there is one; while there is none, the one that is kept may go. */
static int next_line(char *line)
{
	for (int open = 1;;) {
		char *end = memchr(input, '\n', have);
		struct pollfd p[2] = {{.fd = open ? STDIN_FILENO : -1, .events = POLLIN}, {.fd = kept[0] ? (int)box : -1, .events = POLLOUT}};
		ssize_t n;

		if (end) {
			*end = '\0';
			strcpy(line, input);
			have -= (size_t)(end + 1 - input);
			memmove(input, end + 1, have);
			return 1;
		}
		if (!open)
			return 0;
		if (poll(p, 2, -1) < 0)
			continue;
		if (p[1].revents) {
			wait_mode(0);
			kept_goes(NULL);
		}
		if (p[0].revents) {
			n = read(STDIN_FILENO, input + have, sizeof input - have);
			open = n > 0;
			have += n > 0 ? (size_t)n : 0;
		}
	}
}

int main(int argc, char **argv)
{
	char line[sizeof input];

	if (argc != 2)
		return 2;
	box = mq_open(argv[1], O_WRONLY);
	if (box == (mqd_t)-1) {
		perror(argv[1]);
		return 1;
	}
	while (next_line(line))
		obey(line);
	return 0;
}
