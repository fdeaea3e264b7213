/* SPDX-License-Identifier: GPL-3.0-or-later */
/* splice_outside CMD...: runs CMD with the read end of a pipe as standard input, while a process that CMD knows nothing of
 * splices from an empty socket into it and so holds its lock for 1.5 s; then "hello" comes. The status is CMD's. */
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int pair[2], ends[2], status = 0;
	pid_t command, splicer;

	if (argc < 2 || socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0 || pipe(ends) < 0)
		return 99;
	splicer = fork();
	if (splicer == 0) {
		close(ends[0]);
		_exit(splice(pair[0], NULL, ends[1], NULL, 100, 0) != 5);
	}
	nanosleep(&(struct timespec){0, 100000000}, NULL);
	command = fork();
	if (command == 0) {
		dup2(ends[0], 0);
		close(ends[0]);
		close(ends[1]);
		close(pair[0]);
		close(pair[1]);
		execvp(argv[1], argv + 1);
		_exit(98);
	}
	close(ends[1]);
	nanosleep(&(struct timespec){1, 500000000}, NULL);
	if (send(pair[1], "hello", 5, 0) != 5)
		return 97;
	waitpid(splicer, &status, 0);
	if (status)
		return 96;
	waitpid(command, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 95;
}
