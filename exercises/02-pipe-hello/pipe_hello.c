/* A parent greets its child through a pipe. */
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int child(int fds[2])
{
	char buf[128];
	ssize_t n = 0;

	(void)fds;
	printf("[");
	/* TODO 1: read from the pipe until nothing more comes, and print what
	 * you got */
	fwrite(buf, 1, n, stdout);
	printf("]\n");
	return 0;
}

static void greet(int fds[2], const char *text)
{
	size_t left = strlen(text);

	(void)fds;
	(void)left;
	/* TODO 2: write all of text to the pipe; then let the child know that
	 * this was all */
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
	/* TODO 3: the child has work to do yet */
	return 0;
}
