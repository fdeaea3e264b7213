/* SPDX-License-Identifier: 0BSD */
/* two: P1 sends a word through one pipe, P2 sends it back in capitals through another.
 *     Alone:  cc -o two two.c && ./two */
#include <ctype.h>
#include <sys/wait.h>
#include <unistd.h>

/* Reads from in, writes capitals to out. */
static int capitals(int in, int out)
{
	char bytes[64];
	ssize_t n;

	while ((n = read(in, bytes, sizeof bytes)) > 0) {
		for (ssize_t i = 0; i < n; i++)
			bytes[i] = (char)toupper((unsigned char)bytes[i]);
		if (write(out, bytes, (size_t)n) == -1)
			return 1;
	}
	return 0;
}

int main(void)
{
	int there[2], back[2];
	char bytes[64];

	/* there: from P1 to P2; back: from P2 to P1 */
	if (pipe(there) == -1 || pipe(back) == -1)
		return 1;
	if (fork() == 0) {
		/* P2 keeps the end it reads from and the end it writes to */
		close(there[1]);
		close(back[0]);
		return capitals(there[0], back[1]);
	}
	/* P1 keeps the other two */
	close(there[0]);
	close(back[1]);

	/* A word there, and the answer back */
	if (write(there[1], "hello", 5) == -1 || read(back[0], bytes, sizeof bytes) == -1)
		return 1;
	close(there[1]); /* no more words: P2 comes to its end */
	/* wait(2): P2 ends when it has seen end of file. */
	wait(NULL);
	return 0;
}
