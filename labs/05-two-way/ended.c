/* SPDX-License-Identifier: 0BSD */
/* ended: P2 answers once and ends. P1 reads until the end of file, and has forgotten one close. */
#include <unistd.h>

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

	if (pipe(there) == -1 || pipe(back) == -1)
		return 1;
	if (fork() == 0) {
		close(there[1]);
		close(back[0]);
		return answer(there[0], back[1]);
	}
	close(there[0]);

	if (write(there[1], "well?", 5) == -1)
		return 1;
	while (read(back[0], bytes, sizeof bytes) > 0)
		; /* to the end of file */
	return 0;
}
