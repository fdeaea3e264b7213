/* SPDX-License-Identifier: 0BSD */
/*
 * inherit [open|cloexec|fork]: opens two files and a pipe, and lets another program count what it finds open.
 * open     nothing is marked
 * cloexec  all four numbers are marked: closed at exec
 * fork     they are marked, but it is a forked child that counts, and no exec comes between
 * The number found is the exit status: `./inherit cloexec; echo $?`
 *     Alone:  cc -D_GNU_SOURCE -o inherit inherit.c && ./inherit open; echo $? */
#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* How many of the numbers 0 to 19 lead somewhere. */
static int count(void)
{
	int n = 0;

	for (int fd = 0; fd < 20; fd++)
		n += fcntl(fd, F_GETFD) != -1;
	return n;
}

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "open";
	int mark = strcmp(how, "open") == 0 ? 0 : O_CLOEXEC, fds[2], status = 0;

	if (strcmp(how, "count") == 0)
		return count();

	if (open("a.txt", O_WRONLY | O_CREAT | mark, 0666) == -1 ||
		open("b.txt", O_WRONLY | O_CREAT | mark, 0666) == -1 || pipe2(fds, mark) == -1)
		return 1;

	if (strcmp(how, "fork") == 0) {
		if (fork() == 0)
			return count();
		wait(&status);
		return WEXITSTATUS(status);
	}
	/* Another program: this one again, told to count. */
	execl("/proc/self/exe", "inherit", "count", (char *)NULL);
	return 1;
}
