/* SPDX-License-Identifier: 0BSD */
/* missing: starts a program that is not there, and says how it learns of that.
 *     Alone:  cc -o missing missing.c && ./missing */
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
	FILE *from = popen("no-such-program 2>/dev/null", "r");
	char bytes[64];
	int status;

	/* Will it be NULL? */
	if (!from) {
		puts("popen gave NULL");
		return 1;
	}
	/* It prints nothing, so this is the end of file at once */
	while (fgets(bytes, sizeof bytes, from))
		;
	/* As wait gives it: to be taken apart by the macros of wait(2) */
	status = pclose(from);
	/* The shell's way to say that it found no such program. */
	if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
		puts("pclose gave 127");
	return 0;
}
