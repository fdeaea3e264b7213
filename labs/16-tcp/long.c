/* SPDX-License-Identifier: 0BSD */
/* long [BYTES]: the uppercase server, and a client with a sentence of so many letters, 2000 if not said. */
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
		send(fd, sentence, (size_t)bytes, 0);
		while ((n = recv(fd, sentence, (size_t)bytes, 0)) > 0)
			got += n;
		printf("%ld letters came back\n", got);
		free(sentence);
		return 0;
	}
	upper(accept(fd, NULL, NULL));
	wait(NULL);
	return 0;
}
