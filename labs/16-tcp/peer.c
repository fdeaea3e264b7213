/* SPDX-License-Identifier: 0BSD */
/* peer python|nc: the uppercase server in C, and a client that somebody else wrote, in another language. */
#include <libgen.h>
#include <signal.h>

#include "upper.h"

/* A file of the folder this program lies in. */
static char *beside(const char *program, const char *name)
{
	static char path[512];
	char *copy = strdup(program);

	snprintf(path, sizeof path, "%s/%s", dirname(copy), name);
	free(copy);
	return path;
}

static void ask(const char *program, const char *how, int port)
{
	char number[12], shell[100];

	snprintf(number, sizeof number, "%d", port);
	snprintf(shell, sizeof shell, "printf 'from a shell' | nc -N 127.0.0.1 %d", port);
	if (strcmp(how, "nc") == 0)
		execlp("sh", "sh", "-c", shell, (char *)NULL);
	else
		execlp("python3", "python3", beside(program, "client.py"), number, "from", "Python", (char *)NULL);
	_exit(127);
}

/* What comes through a pipe, up to its end, as one line. */
static void repeat(int in)
{
	char text[200];
	size_t n = 0;
	ssize_t got;

	while (n < sizeof text - 1 && (got = read(in, text + n, sizeof text - 1 - n)) > 0)
		n += (size_t)got;
	text[n] = '\0';
	printf("it got: %.*s\n", (int)strcspn(text, "\n"), text);
}

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "python";
	int fd = tcp_listen(0, 5), port = tcp_port(fd), said[2], status;
	pid_t client, server;

	if (pipe(said) < 0)
		return 1;
	client = fork();
	if (client == 0) {
		dup2(said[1], STDOUT_FILENO);
		ask(argv[0], how, port);
	}
	server = fork();
	if (server == 0) {
		close(said[1]);
		upper(accept(fd, NULL, NULL));
		return 0;
	}
	close(fd);
	close(said[1]);
	waitpid(client, &status, 0);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 127) {
		printf("%s is not installed here\n", strcmp(how, "nc") == 0 ? "nc" : "python3");
		kill(server, SIGTERM);
	} else {
		waitpid(server, &status, 0);
		repeat(said[0]);
	}
	return 0;
}
