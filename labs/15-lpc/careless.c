/* SPDX-License-Identifier: 0BSD */
/* careless [close]: the server, P1, answers one question, and then waits for the
 * client's end. P2, the client, ends when it has its answer. The server keeps copies of the handles that it has
 * given away; with close, it does not.
 *     Alone:  cc -o careless careless.c && timeout 3 ./careless; rm server; ./careless close */
#include "lpc.h"

int main(int argc, char **argv)
{
	int keeps = argc < 2 || strcmp(argv[1], "close") != 0, port = port_publish(), ports[2];
	char text[32];

	if (fork() == 0) {
		/* The connection port is the server's; P2 has it by fork only. */
		close(port);
		lpc_connect(ports);
		/* The question; then it waits for the answer. */
		write(ports[0], "question", 8);
		if (read(ports[0], text, sizeof text) > 0)
			printf("P2 got an answer\n");
		return 0;
	}
	lpc_accept(port, ports, keeps);
	if (read(ports[0], text, sizeof text) > 0)
		write(ports[0], "answer", 6);
	/* If it keeps them, ask[1] is still open here. */
	while (read(ports[0], text, sizeof text) > 0)
		;
	printf("P1 is done with this client\n");
	unlink(CONNECTION_PORT);
	return 0;
}
