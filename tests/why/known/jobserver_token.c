/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A compile server inherits make's jobserver: its clients hold all tokens and wait for it, and it waits for a token.
 *
 * URL: https://github.com/mozilla/sccache/pull/232
 * diagnosis: the clients have acquired the tokens and ask the server, which needs as many more to proceed: deadlock
 *
 * why HANG
 * why P1 wait4 child @wait <- P2, P3, P4
 * why P2 read pipe @token <- P1 write opened @jobserver, P2 write inherited @jobserver, P3 write inherited @jobserver, P4 write inherited @jobserver
 * why P3 read unix @answer <- *
 * why P4 read unix @answer <- *
 */
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static int tokens[2], pairs[2][2];

static void server(void)
{
	char token, job;

	for (int i = 0; i < 2; i++)
		close(pairs[i][0]);
	for (int i = 0; i < 2; i++) {
		(void)!read(pairs[i][1], &job, 1);
		(void)!read(tokens[0], &token, 1); /* @token */
		(void)!write(pairs[i][1], &job, 1);
		(void)!write(tokens[1], &token, 1);
	}
	_exit(0);
}

static void client(int i)
{
	char token, answer;

	close(pairs[!i][0]);
	close(pairs[0][1]);
	close(pairs[1][1]);
	(void)!read(tokens[0], &token, 1);
	(void)!write(pairs[i][0], "c", 1);
	(void)!read(pairs[i][0], &answer, 1); /* @answer */
	(void)!write(tokens[1], &token, 1);
	_exit(0);
}

int main(void)
{
	if (pipe(tokens) < 0 || write(tokens[1], "++", 2) != 2) /* @jobserver */
		return 1;
	for (int i = 0; i < 2; i++)
		if (socketpair(AF_UNIX, SOCK_STREAM, 0, pairs[i]) < 0)
			return 1;
	if (fork() == 0) {
		usleep(50000);
		server();
	}
	for (int i = 0; i < 2; i++)
		if (fork() == 0)
			client(i);
	for (int i = 0; i < 2; i++) {
		close(pairs[i][0]);
		close(pairs[i][1]);
	}
	while (wait(NULL) > 0) /* @wait */
		;
	return 0;
}
