/* Both ends as stdio streams. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int p[2], c;
	FILE *f;

	if (argc < 2 || pipe(p))
		return 2;
	if (fork() == 0) {
		close(p[1]);
		f = fdopen(p[0], "r");
		putchar('[');
		while ((c = getc(f)) != EOF)
			putchar(c);
		puts("]");
		exit(0);
	}
	close(p[0]);
	f = fdopen(p[1], "w");
	fputs(argv[1], f);
	fclose(f);
	wait(NULL);
	return 0;
}
