/* SPDX-License-Identifier: 0BSD */
/*
 * buffered [full|line|none]: three lines to another program, and a moment to think after each.
 * full   as popen's stream comes: bytes are collected, and written when there are many
 * line   written at each newline
 * none   written at once, whatever it is
 *     Alone:  cc -o buffered buffered.c && ./buffered line */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	const char *mode = argc > 1 ? argv[1] : "full";
	FILE *to = popen("exec wc -c", "w"); /* w: it reads what we write */

	if (!to)
		return 1;
	if (strcmp(mode, "line") == 0)
		setvbuf(to, NULL, _IOLBF, 0);
	if (strcmp(mode, "none") == 0)
		setvbuf(to, NULL, _IONBF, 0);

	for (int i = 1; i <= 3; i++) {
		fprintf(to, "line %d\n", i);
		usleep(1000); /* other work */
	}
	return pclose(to) != 0; /* writes what is left, closes, waits */
}
