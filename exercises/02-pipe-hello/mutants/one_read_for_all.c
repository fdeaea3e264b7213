// verdict: WRONG
// scenario: a text longer than one read
// says: line 1: expected
/* A parent greets its child through a pipe. */
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int child(int fds[2])
{
	char buf[128];
	ssize_t n;

	close(fds[1]); /* while anybody could still write, read waits for more */
	printf("[");
	if ((n = read(fds[0], buf, sizeof buf)) > 0)
		fwrite(buf, 1, n, stdout);
	printf("]\n");
	return n < 0;
}

static void greet(int fds[2], const char *text)
{
	size_t left = strlen(text);

	close(fds[0]);
	while (left > 0) {
		ssize_t n = write(fds[1], text, left);

		if (n < 0)
			break;
		text += n;
		left -= n;
	}
	close(fds[1]); /* now the child's read returns 0 */
}

int main(int argc, char **argv)
{
	int fds[2];

	if (argc != 2) {
		fprintf(stderr, "usage: pipe_hello TEXT\n");
		return 2;
	}
	if (pipe(fds) == -1) {
		perror("pipe");
		return 1;
	}
	switch (fork()) {
	case -1: perror("fork"); return 1;
	case 0: return child(fds);
	}
	greet(fds, argv[1]);
	wait(NULL);
	return 0;
}
