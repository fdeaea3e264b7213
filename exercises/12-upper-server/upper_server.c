/* What comes from a client goes back to it in capital letters. */
#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static void serve(int client)
{
	char buf[1024];
	ssize_t n = recv(client, buf, sizeof buf, 0);

	for (ssize_t i = 0; i < n; i++)
		buf[i] = toupper(buf[i]);
	send(client, buf, n, 0);
	close(client);
}

int main(int argc, char **argv)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	int server = socket(AF_INET, SOCK_STREAM, 0);

	if (argc != 2)
		return 2;
	address.sin_port = htons(atoi(argv[1]));
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(server, (struct sockaddr *)&address, sizeof address) == -1 || listen(server, 5) == -1) {
		perror("upper_server");
		return 1;
	}
	for (;;)
		serve(accept(server, NULL, NULL));
}
