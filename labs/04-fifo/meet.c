/* SPDX-License-Identifier: 0BSD */
/*
 * meet: does what a shell does for `mkfifo post; ./say post hello & ./hear post & wait`. The two programs
 * share nothing but a name. In a shell: say that line, then `rm post`.
 *     Alone:  cc -o say say.c && cc -o hear hear.c && cc -o meet meet.c && ./meet */
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Becomes the program of that name in this program's folder. */
static int become(const char *name, const char *word)
{
	char path[4096];
	ssize_t n = readlink("/proc/self/exe", path, sizeof path - 64);
	char *slash;

	if (n < 0)
		return 127;
	path[n] = '\0';
	slash = strrchr(path, '/');
	/* The other program lies beside this one */
	strcpy(slash + 1, name);
	execl(path, name, "post", word, (char *)NULL);
	return 127;
}

int main(void)
{
	/* A name, that only its owner may use */
	if (mkfifo("post", 0600) == -1)
		return 1;
	if (fork() == 0)
		return become("say", "hello");
	if (fork() == 0)
		return become("hear", NULL);
	wait(NULL);
	wait(NULL);
	unlink("post"); /* a name stays until somebody removes it */
	return 0;
}
