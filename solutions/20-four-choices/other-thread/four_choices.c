/* A thread waits in mq_send with the message that is kept; who must not overtake it waits for a condition. */
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static const char *name;
static char kept[64];
static int keeps, over;

static void *keeper(void *arg)
{
	mqd_t box = mq_open(name, O_WRONLY);

	(void)arg;
	pthread_mutex_lock(&lock);
	for (;;) {
		while (!keeps && !over)
			pthread_cond_wait(&changed, &lock);
		if (!keeps)
			break;
		pthread_mutex_unlock(&lock);
		mq_send(box, kept, strlen(kept), 0);
		pthread_mutex_lock(&lock);
		printf("notice %s\n", kept);
		keeps = 0;
		pthread_cond_broadcast(&changed);
	}
	pthread_mutex_unlock(&lock);
	mq_close(box);
	return NULL;
}

/* False: one is still kept at that time. The lock is held. */
static int none_kept(const struct timespec *until)
{
	while (keeps)
		if (!until)
			pthread_cond_wait(&changed, &lock);
		else if (pthread_cond_timedwait(&changed, &lock, until) == ETIMEDOUT)
			return 0;
	return 1;
}

static const char *obey(mqd_t at_once, mqd_t patient, const char *word, const char *text, int ms)
{
	struct timespec until = {0};
	int there = !keeps;

	if (strcmp(word, "wait") == 0) {
		none_kept(NULL);
		return mq_send(patient, text, strlen(text), 0) == 0 ? "sent" : "failed";
	}
	if (strcmp(word, "limit") == 0) {
		timespec_get(&until, TIME_UTC);
		until.tv_nsec += (long)(ms % 1000) * 1000000;
		until.tv_sec += ms / 1000 + until.tv_nsec / 1000000000;
		until.tv_nsec %= 1000000000;
		return none_kept(&until) && mq_timedsend(patient, text, strlen(text), 0, &until) == 0 ? "sent" : "late";
	}
	if (there && mq_send(at_once, text, strlen(text), 0) == 0)
		return "sent";
	if (!there || strcmp(word, "cache") != 0)
		return "full";
	strcpy(kept, text);
	keeps = 1;
	pthread_cond_broadcast(&changed);
	return "cached";
}

int main(int argc, char **argv)
{
	mqd_t at_once, patient;
	pthread_t thread;
	char *line = NULL;
	size_t room = 0;

	if (argc != 2)
		return 2;
	name = argv[1];
	setvbuf(stdout, NULL, _IOLBF, 0);
	at_once = mq_open(name, O_WRONLY | O_NONBLOCK);
	patient = mq_open(name, O_WRONLY);
	pthread_create(&thread, NULL, keeper, NULL);
	while (getline(&line, &room, stdin) > 0) {
		char word[8] = "", text[64] = "";
		int ms = 0;

		if (sscanf(line, "limit %d %63[^\n]", &ms, text) == 2)
			strcpy(word, "limit");
		else if (sscanf(line, "%7s %63[^\n]", word, text) != 2)
			continue;
		pthread_mutex_lock(&lock);
		printf("%s %s\n", obey(at_once, patient, word, text, ms), text);
		pthread_mutex_unlock(&lock);
	}
	free(line);
	pthread_mutex_lock(&lock);
	over = 1;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
	pthread_join(thread, NULL);
	return 0;
}
