/* SPDX-License-Identifier: 0BSD */
/* ended: P2 answers once and ends. P1 reads until the end of file, and has forgotten one close.
 *     Alone:  cc -o ended ended.c && timeout 2 ./ended */
#include <unistd.h>

/* P2: one question, one answer, and the end */
static int answer(int in, int out)
{
	char bytes[64];

	if (read(in, bytes, sizeof bytes) == -1)
		return 1;
	return write(out, "yes", 3) == -1;
}

int main(void)
{
	int there[2], back[2];
	char bytes[64];

	/* there: from P1 to P2; back: from P2 to P1 */
	if (pipe(there) == -1 || pipe(back) == -1)
		return 1;
	if (fork() == 0) {
		/* P2 closes what it does not need */
		close(there[1]);
		close(back[0]);
		return answer(there[0], back[1]);
	}
	/* P1 closes what it does not need, or does it? */
	close(there[0]);

	/* The question */
	if (write(there[1], "well?", 5) == -1)
		return 1;
	while (read(back[0], bytes, sizeof bytes) > 0)
		; /* to the end of file */
	return 0;
}
