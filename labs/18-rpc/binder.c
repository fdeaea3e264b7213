/* SPDX-License-Identifier: 0BSD */
/* binder: what a call of Android's Binder can do that a message in the network cannot.
 * Its answer carries a descriptor, and the client, P1, is told when the server, P2,
 * dies. Here that is done by a Unix socket: unix(7).
 *     Alone:  cc -o binder binder.c && ./binder */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rights.h"

/* One call: its answer is a pipe with a letter in it, to be read. Then it has other work, in which it dies. */
static void server(int client)
{
	char call[8];
	int letter[2];

	if (recv(client, call, sizeof call, 0) <= 0 || pipe(letter) < 0)
		return;
	write(letter[1], "a letter", 8);
	/* SCM_RIGHTS, see rights.h. */
	fd_send(client, letter[0]);
	sleep(1);
}

/* The kernel closes what a dead process held: end of file is the death notice. Binder calls it linkToDeath. */
static void wait_for_death(int service)
{
	char byte;

	if (recv(service, &byte, 1, 0) == 0)
		printf("the server is dead\n");
}

int main(void)
{
	int ends[2], letter;
	char text[16];
	ssize_t n;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) < 0)
		return 1;
	if (fork() == 0) {
		close(ends[0]);
		server(ends[1]);
		return 0;
	}
	close(ends[1]); /* else we are the other end ourselves, and it never closes */
	send(ends[0], "open", 4, 0);
	/* Sleeps until the answer is there. */
	letter = fd_receive(ends[0]);
	wait_for_death(ends[0]);
	/* From the pipe that the server has made. */
	n = read(letter, text, sizeof text);
	printf("there is still: %.*s\n", n < 0 ? 0 : (int)n, text);
	wait(NULL);
	return 0;
}
