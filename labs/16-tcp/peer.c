/* SPDX-License-Identifier: 0BSD */
/* peer python|nc|java: a server in C, P3, and a client, P2, that somebody else wrote,
 * in another language. P1 starts both, and repeats what the client prints. Python's and
 * nc's is the uppercase server, Java's the date server, as on the slides.
 *     Alone:  cc -o peer peer.c && ./peer python; ./peer nc */
#include <libgen.h>
#include <signal.h>
#include <time.h>

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

/* What client.py does, where there is no Python. */
static void ask_in_c(int port)
{
	int fd = tcp_connect(port);
	char text[100];
	ssize_t n;

	send(fd, "from C", 6, 0);
	n = recv(fd, text, sizeof text, 0);
	dprintf(STDOUT_FILENO, "python3 is not installed here. From Server, to C: %.*s\n", n < 0 ? 0 : (int)n, text);
	_exit(0);
}

static void ask(const char *program, const char *how, int port)
{
	char number[12], shell[100];

	/* All that the two have to agree on is the address, and what the bytes mean.
	 * Language, compiler, even the machine may be another one: that is what a
	 * protocol is for. */
	snprintf(number, sizeof number, "%d", port);
	snprintf(shell, sizeof shell, "printf 'from a shell' | nc -N 127.0.0.1 %d", port);
	if (strcmp(how, "nc") == 0)
		execlp("sh", "sh", "-c", shell, (char *)NULL);
	else if (strcmp(how, "java") == 0)
		execlp("java", "java", beside(program, "DateClient.java"), number, (char *)NULL);
	else
		/* Only if execlp(3) failed does it come back. 127 is what a shell says
		 * for "not found". */
		execlp("python3", "python3", beside(program, "client.py"), number, "from", "Python", (char *)NULL);
	if (strcmp(how, "python") == 0)
		ask_in_c(port);
	/* _exit(2), not exit(3): what stdio holds back here is a copy of P1's, and
	 * would be printed twice. */
	_exit(127);
}

/* One client of the date server: it need not say anything. */
static void date(int connection)
{
	time_t now = time(NULL);
	const char *text = ctime(&now);

	send(connection, text, strlen(text), MSG_NOSIGNAL);
	close(connection);
}

static void serve(const char *how, int connection)
{
	if (strcmp(how, "java") == 0)
		date(connection);
	else
		upper(connection);
}

/* What comes through a pipe, up to its end, as one line. */
static void repeat(int in)
{
	char text[200];
	size_t n = 0;
	ssize_t got;

	/* read may give less than there is to come, and so it is a loop. */
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
		/* The client's standard output leads into the pipe: it does not know,
		 * and need not: dup2(2). */
		dup2(said[1], STDOUT_FILENO);
		ask(argv[0], how, port);
	}
	server = fork();
	if (server == 0) {
		/* With a writer left in the server or here, repeat would never see end
		 * of file. */
		close(said[1]);
		serve(how, accept(fd, NULL, NULL));
		return 0;
	}
	close(fd);
	close(said[1]);
	/* The client first: if there is none, nobody will ever connect, and the server
	 * would wait for ever. */
	waitpid(client, &status, 0);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 127) {
		printf("%s is not installed here\n", how);
		/* Nobody will come. kill(2). */
		kill(server, SIGTERM);
	} else {
		waitpid(server, &status, 0);
		repeat(said[0]);
	}
	return 0;
}
