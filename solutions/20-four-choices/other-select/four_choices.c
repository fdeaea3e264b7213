/* A child waits with the message that is kept, and ends when it is sent: the parent sees the end of a pipe. */
#include <fcntl.h>
#include <mqueue.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static mqd_t patient, hasty;
static int news = -1; /* ends when the child has sent what is kept; -1: none is kept */
static char kept[64];

static void keep(const char *text)
{
	int ends[2];

	if (pipe(ends) < 0)
		exit(1);
	strcpy(kept, text);
	if (fork() == 0) {
		close(ends[0]);
		_exit(mq_send(patient, text, strlen(text), 0) != 0);
	}
	close(ends[1]);
	news = ends[0];
}

/* Waits at most ms (-1: for ever) until nothing is kept. */
static int free_of_it(int ms)
{
	struct pollfd p = {.fd = news, .events = POLLIN};

	if (news < 0)
		return 1;
	if (poll(&p, 1, ms) <= 0)
		return 0;
	wait(NULL);
	close(news);
	news = -1;
	printf("notice %s\n", kept);
	return 1;
}

static struct timespec after(int ms)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	t.tv_sec += ms / 1000;
	t.tv_nsec += ms % 1000 * 1000000L;
	if (t.tv_nsec >= 1000000000L) {
		t.tv_sec++;
		t.tv_nsec -= 1000000000L;
	}
	return t;
}

static void obey(const char *line)
{
	char word[8] = "", text[64] = "";
	const char *what = "full";
	int ms = 0;

	if (sscanf(line, "limit %d %63[^\n]", &ms, text) == 2) {
		struct timespec until = after(ms);

		what = free_of_it(ms) && mq_timedsend(patient, text, strlen(text), 0, &until) == 0 ? "sent" : "late";
	} else if (sscanf(line, "%7s %63[^\n]", word, text) == 2 && strcmp(word, "wait") == 0) {
		free_of_it(-1);
		mq_send(patient, text, strlen(text), 0);
		what = "sent";
	} else if (free_of_it(0)) {
		if (mq_send(hasty, text, strlen(text), 0) == 0) {
			what = "sent";
		} else if (strcmp(word, "cache") == 0) {
			keep(text);
			what = "cached";
		}
	}
	printf("%s %s\n", what, text);
}

/* One byte a read: nothing is taken from the input that is not needed yet. False: it has ended. */
static int next_line(char *line, size_t most)
{
	size_t n = 0;

	while (n + 1 < most) {
		fd_set set;

		FD_ZERO(&set);
		FD_SET(STDIN_FILENO, &set);
		if (news >= 0)
			FD_SET(news, &set);
		if (select((news > 0 ? news : 0) + 1, &set, NULL, NULL, NULL) < 0)
			continue;
		if (news >= 0 && FD_ISSET(news, &set))
			free_of_it(-1);
		if (!FD_ISSET(STDIN_FILENO, &set))
			continue;
		if (read(STDIN_FILENO, line + n, 1) <= 0)
			return 0;
		if (line[n++] == '\n')
			break;
	}
	line[n] = '\0';
	return 1;
}

int main(int argc, char **argv)
{
	char line[256];

	if (argc != 2)
		return 2;
	setlinebuf(stdout);
	patient = mq_open(argv[1], O_WRONLY);
	hasty = mq_open(argv[1], O_WRONLY | O_NONBLOCK);
	while (next_line(line, sizeof line))
		obey(line);
	free_of_it(-1);
	return 0;
}
