/* SPDX-License-Identifier: 0BSD */
/*
 * clients [fifo|unix|tcp]: two clients, P2 and P3, each say one letter to a server, P1. How does it meet
 * them?
 * fifo  through one FIFO
 * unix  through a Unix socket
 * tcp   through TCP, on this machine, any free port
 *     Alone:  cc -o clients clients.c && ./clients tcp */
#include <arpa/inet.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static struct sockaddr_un file = {.sun_family = AF_UNIX, .sun_path = "door"};
static struct sockaddr_in port = {.sin_family = AF_INET};

/* The address that the server listens at, once it does. */
static struct sockaddr *address(const char *kind, socklen_t *size)
{
	*size = strcmp(kind, "tcp") == 0 ? sizeof port : sizeof file;
	return strcmp(kind, "tcp") == 0 ? (struct sockaddr *)&port : (struct sockaddr *)&file;
}

static int client(const char *kind, char letter)
{
	socklen_t size;
	struct sockaddr *to = address(kind, &size);
	int fd;

	if (strcmp(kind, "fifo") == 0) {
		/* Sleeps until the server opens its end: fifo(7). */
		fd = open("door", O_WRONLY);
	} else {
		fd = socket(to->sa_family, SOCK_STREAM, 0);
		if (connect(fd, to, size) == -1)
			return 1;
	}
	return write(fd, &letter, 1) != 1;
}

/* One conversation, up to its end. */
static void listen_to(int fd, int n)
{
	char bytes[64];
	ssize_t got, all = 0;

	while ((got = read(fd, bytes + all, sizeof bytes - (size_t)all)) > 0)
		all += got;
	printf("conversation %d: %zd letter%s\n", n, all, all == 1 ? "" : "s");
	fflush(stdout);
	close(fd);
}

int main(int argc, char **argv)
{
	const char *kind = argc > 1 ? argv[1] : "fifo";
	int fifo = strcmp(kind, "fifo") == 0, door = -1;
	socklen_t size;
	struct sockaddr *here = address(kind, &size);

	/* Only this machine can reach it */
	port.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	/* The server opens its door before anybody comes */
	if (fifo) {
		/* One stream for all */
		if (mkfifo("door", 0600) == -1)
			return 1;
	} else {
		door = socket(here->sa_family, SOCK_STREAM, 0);
		if (bind(door, here, size) == -1 || listen(door, 2) == -1)
			return 1;
		getsockname(door, here, &size); /* which port it has become */
	}
	for (char letter = 'A'; letter <= 'B'; letter++)
		if (fork() == 0)
			return client(kind, letter);
	if (fifo) {
		/* Everything that comes is one conversation */
		listen_to(open("door", O_RDONLY), 1);
	} else {
		/* accept gives a new number for each client */
		listen_to(accept(door, NULL, NULL), 1);
		listen_to(accept(door, NULL, NULL), 2);
	}
	wait(NULL);
	wait(NULL);
	unlink("door");
	return 0;
}
