/* A thread receives for all lines; the one that sends waits on a condition, with a limit. */
#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t came;
static int fd, open_line, is_answered;
static char text[2000];

static void *receiver(void *arg)
{
	static char got[2000];
	int number, at;

	for (;;) {
		ssize_t n = recv(fd, got, sizeof got - 1, 0);

		if (n < 0)
			continue;
		got[n] = '\0';
		pthread_mutex_lock(&lock);
		if (sscanf(got, "%d%n", &number, &at) == 1 && number == open_line && !is_answered && got[at] == ' ') {
			strcpy(text, got + at + 1);
			is_answered = 1;
			pthread_cond_signal(&came);
		}
		pthread_mutex_unlock(&lock);
	}
	return arg;
}

/* Is it answered within 200 ms? */
static int answered(void)
{
	struct timespec until;
	int e = 0;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += 200000000;
	until.tv_sec += until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	while (!is_answered && e != ETIMEDOUT)
		e = pthread_cond_timedwait(&came, &lock, &until);
	return is_answered;
}

int main(int argc, char **argv)
{
	struct sockaddr_in a = {.sin_family = AF_INET};
	pthread_condattr_t monotonic;
	char line[1024], packet[1100];
	pthread_t t;

	if (argc != 2)
		return 2;
	a.sin_port = htons((unsigned short)atoi(argv[1]));
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&came, &monotonic);
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	if (connect(fd, (struct sockaddr *)&a, sizeof a) < 0 || pthread_create(&t, NULL, receiver, NULL) != 0)
		return 1;
	pthread_mutex_lock(&lock);
	while (fgets(line, sizeof line, stdin)) {
		int n, tries = 0;

		line[strcspn(line, "\n")] = 0;
		open_line++;
		is_answered = 0;
		n = snprintf(packet, sizeof packet, "%d %s", open_line, line);
		while (tries++ < 10 && !is_answered) {
			send(fd, packet, (size_t)n, 0);
			answered();
		}
		puts(is_answered ? text : "no answer");
		if (!is_answered)
			exit(1);
	}
	exit(0);
}
