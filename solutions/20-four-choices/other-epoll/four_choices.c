/* Never waits but in epoll_wait: the queue is O_NONBLOCK, each command is a state, time is epoll's. */
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

enum command { NONE, WAIT, LIMIT, NOW, CACHE };

static struct {
	mqd_t box;
	int epoll, ended;
	char in[4096], kept[64], text[64];
	size_t n;
	enum command command;
	long long until; /* ms; LIMIT */
} s;

static long long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

static void answer(const char *what, const char *text)
{
	dprintf(STDOUT_FILENO, "%s %s\n", what, text);
}

static int goes(const char *text)
{
	return mq_send(s.box, text, strlen(text), 0) == 0;
}

/* Takes the next command out of what has been read. */
static void parse(void)
{
	static const char *const words[] = {"", "wait", "limit", "now", "cache"};
	char *end = memchr(s.in, '\n', s.n), word[8] = "";
	int ms = 0;

	if (!end)
		return;
	*end = '\0';
	if (sscanf(s.in, "limit %d %63[^\n]", &ms, s.text) == 2)
		strcpy(word, "limit");
	else
		sscanf(s.in, "%7s %63[^\n]", word, s.text);
	for (enum command c = WAIT; c <= CACHE; c++)
		if (strcmp(word, words[c]) == 0)
			s.command = c;
	s.until = now_ms() + ms;
	s.n -= (size_t)(end + 1 - s.in);
	memmove(s.in, end + 1, s.n);
}

/* Does what can be done now. True: something has changed. */
static int step(void)
{
	enum command c = s.command;

	if (s.kept[0] && goes(s.kept)) {
		answer("notice", s.kept);
		s.kept[0] = '\0';
		return 1;
	}
	if (c == NONE) {
		parse();
		return s.command != NONE;
	}
	if (!s.kept[0] && goes(s.text))
		answer("sent", s.text);
	else if (c == WAIT || (c == LIMIT && now_ms() < s.until))
		return 0;
	else if (c == CACHE && !s.kept[0])
		answer("cached", strcpy(s.kept, s.text));
	else
		answer(c == LIMIT ? "late" : "full", s.text);
	s.command = NONE;
	return 1;
}

static void rest(void)
{
	int blocked = s.kept[0] || s.command != NONE, listens = s.command == NONE && !s.ended, n, time = -1;
	struct epoll_event room = {.events = blocked ? EPOLLOUT : 0}, e;

	epoll_ctl(s.epoll, EPOLL_CTL_DEL, (int)s.box, NULL);
	if (blocked)
		epoll_ctl(s.epoll, EPOLL_CTL_ADD, (int)s.box, &room);
	if (s.command == LIMIT && (time = (int)(s.until - now_ms())) < 0)
		time = 0;
	if (!listens || !s.kept[0]) { /* only one of the two is of interest */
		if (listens) {
			n = (int)read(STDIN_FILENO, s.in + s.n, sizeof s.in - s.n);
			s.ended = n <= 0;
			s.n += n > 0 ? (size_t)n : 0;
		} else {
			epoll_wait(s.epoll, &e, 1, time);
		}
		return;
	}
	/* A file is always ready and epoll takes none: then it is read at once. */
	if (epoll_ctl(s.epoll, EPOLL_CTL_ADD, STDIN_FILENO, &(struct epoll_event){.events = EPOLLIN, .data.fd = 1}) < 0 && errno == EPERM)
		e.data.fd = 1;
	else
		epoll_wait(s.epoll, &e, 1, -1);
	epoll_ctl(s.epoll, EPOLL_CTL_DEL, STDIN_FILENO, NULL);
	if (e.data.fd == 1) {
		n = (int)read(STDIN_FILENO, s.in + s.n, sizeof s.in - s.n);
		s.ended = n <= 0;
		s.n += n > 0 ? (size_t)n : 0;
	}
}

int main(int argc, char **argv)
{
	if (argc != 2 || (s.box = mq_open(argv[1], O_WRONLY | O_NONBLOCK)) == (mqd_t)-1)
		return 2;
	s.epoll = epoll_create1(0);
	for (;;) {
		while (step())
			;
		if (s.ended && s.command == NONE && !s.kept[0])
			return 0;
		rest();
	}
}
