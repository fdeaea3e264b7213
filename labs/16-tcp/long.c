/* SPDX-License-Identifier: 0BSD */
/* long [BYTES]: the uppercase server, P1, and a client, P2, with a sentence of so many
 * letters, 2000 if not said. P2 prints how many letters come back.
 *     Alone:  cc -o long long.c && ./long 1000; ./long */
#include "upper.h"

int main(int argc, char **argv)
{
	int bytes = argc > 1 ? atoi(argv[1]) : 2000, fd = tcp_listen(0, 5), port = tcp_port(fd);

	if (bytes < 1 || bytes > 60000)
		return 2;
	if (fork() == 0) {
		char *sentence = malloc((size_t)bytes);
		long got = 0;
		ssize_t n;

		close(fd);
		fd = tcp_connect(port);
		memset(sentence, 'a', (size_t)bytes);
		/* May take fewer than it is given when there is no room: send(2). A
		 * loop would be right; here there is room. */
		send(fd, sentence, (size_t)bytes, 0);
		/* Until end of file: how many pieces an answer comes in is not the
		 * sender's choice. recv(2). */
		while ((n = recv(fd, sentence, (size_t)bytes, 0)) > 0)
			got += n;
		printf("%ld letters came back\n", got);
		free(sentence);
		return 0;
	}
	/* One client, and what upper does with it is on the slide. */
	upper(accept(fd, NULL, NULL));
	wait(NULL);
	return 0;
}
