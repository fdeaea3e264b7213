/* SPDX-License-Identifier: 0BSD */
/* stale: P2 is a server. When it has ended, however it ended, P1 starts the next one.
 *     Alone:  cc -o stale stale.c && ./stale      (then kill the child, from another window) */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* strerrorname_np */
#endif
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "talk"};

/* A server as everybody writes it first. It waits for one client and ends. */
static int serve(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	if (bind(fd, (const struct sockaddr *)&address, sizeof address) < 0) {
		printf("bind: %s\n", strerrorname_np(errno));
		return 1;
	}
	/* accept(2) sleeps until somebody connects. Nobody does here. */
	listen(fd, 1);
	return accept(fd, NULL, NULL) < 0;
}

int main(void)
{
	if (fork() == 0)
		return serve();
	/* However P2 ended: all its descriptors are closed by then, also when it was
	 * killed. */
	wait(NULL);
	return serve();
}
