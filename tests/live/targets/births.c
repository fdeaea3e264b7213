/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A process by fork, one by vfork and exec, one by posix_spawn, two threads: each sends a line. */
#include <pthread.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int ends[2];

static void *thread(void *arg)
{
	return (void *)(long)(write(ends[1], arg, strlen(arg)) < 0);
}

static void hear(const char *expected)
{
	char got[32] = "";
	ssize_t n = read(ends[0], got, sizeof got - 1);

	printf("%s: %s\n", expected,
		n == (ssize_t)strlen(expected) && strcmp(got, expected) == 0 ? "ok" : "NOT OK");
}

int main(int argc, char **argv)
{
	char *again[] = {argv[0], "spawned", NULL};
	pthread_t one, two;
	int status;
	pid_t pid;

	if (argc > 1)
		return write(1, argv[1], strlen(argv[1])) < 0;
	if (pipe(ends) < 0)
		return 1;
	if (fork() == 0)
		_exit(write(ends[1], "forked", 6) != 6);
	hear("forked");
	again[1] = "vforked";
	pid = vfork();
	if (pid == 0) {
		dup2(ends[1], 1);
		execv("/proc/self/exe", again);
		_exit(9);
	}
	hear("vforked");
	again[1] = "spawned";
	posix_spawn_file_actions_t actions;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
	if (posix_spawn(&pid, "/proc/self/exe", &actions, NULL, again, NULL) != 0)
		return 1;
	posix_spawn_file_actions_destroy(&actions);
	hear("spawned");
	pthread_create(&one, NULL, thread, "thread one");
	pthread_join(one, NULL);
	hear("thread one");
	pthread_create(&two, NULL, thread, "thread two");
	hear("thread two");
	pthread_join(two, NULL);
	for (int i = 0; i < 3; i++)
		if (wait(&status) < 0 || status != 0)
			printf("a child ended with %d\n", status);
	return 0;
}
