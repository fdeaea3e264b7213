/* A thread a direction, lines by stdio. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *names[2];

static void forget(void)
{
	remove(names[0]);
	remove(names[1]);
}

static void *listen_to(void *arg)
{
	FILE *in = arg;
	char *line = NULL;
	size_t room = 0;
	ssize_t n;

	while ((n = getline(&line, &room, in)) > 0) {
		fwrite(line, 1, (size_t)n, stdout);
		fflush(stdout);
	}
	free(line);
	fclose(in);
	return NULL;
}

int main(int argc, char **argv)
{
	FILE *in, *out;
	pthread_t listener;
	char *line = NULL;
	size_t room = 0;

	if (argc != 3)
		return 2;
	sigaction(SIGPIPE, &(struct sigaction){.sa_handler = SIG_IGN}, NULL);
	names[0] = argv[1];
	names[1] = argv[2];
	for (int i = 0; i < 2; i++)
		if (mknod(names[i], S_IFIFO | 0600, 0) < 0 && errno != EEXIST)
			return 1;
	if (strcmp(names[0], names[1]) > 0) {
		in = fopen(names[0], "r");
		out = fopen(names[1], "w");
	} else {
		out = fopen(names[1], "w");
		in = fopen(names[0], "r");
	}
	if (!in || !out)
		return 1;
	setlinebuf(out);
	pthread_create(&listener, NULL, listen_to, in);
	while (getline(&line, &room, stdin) > 0)
		if (fputs(line, out) == EOF || fflush(out) == EOF) {
			forget();
			_exit(1);
		}
	free(line);
	fclose(out);
	pthread_join(listener, NULL);
	forget();
	return 0;
}
