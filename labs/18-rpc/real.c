/* SPDX-License-Identifier: 0BSD */
/* real ours|rpcbind: as match, but P2 may be rpcbind(8), the matchmaker of real
 * systems, in a network of its own. P3 and P1 talk to it by libtirpc: pmap_set, through
 * a socket in /run, and pmap_getport, through UDP port 111. Where rpcbind cannot be had
 * it says why, and goes on with ours. RPCBIND=FILE in the environment: it is that file.
 *     Alone:  cc -o real real.c $(pkg-config --cflags --libs libtirpc) && ./real rpcbind */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <signal.h>

#include "bank.h"
#include "matchmaker.h"
#include "private.h"
#include <rpc/pmap_clnt.h>

static int real, fd, known; /* real: is it rpcbind? Else `known` is the port of ours; fd is our own socket */

static const char *rpcbind_file(void)
{
	static const char *const places[] = {"/sbin/rpcbind", "/usr/sbin/rpcbind"};
	const char *said = getenv("RPCBIND");

	if (said)
		return access(said, X_OK) == 0 ? said : NULL;
	for (int i = 0; i < 2; i++)
		if (access(places[i], X_OK) == 0)
			return places[i];
	return NULL;
}

/* rpcbind gives up root: it becomes the user _rpc. Where there is one user that fails, and so would rpcbind. */
static int may_be_rpcbind(void)
{
	if (!rpcbind_file())
		printf("rpcbind is not installed here\n");
	else if (!own_network())
		printf("no network of our own to be had here\n");
	else if (setgroups(0, NULL) < 0)
		printf("rpcbind cannot give up root here\n");
	else
		return 1;
	printf("so ours it is\n");
	return 0;
}

/* Tells the matchmaker where the program is; 0: it does not listen yet. */
static int tell(int port)
{
	return real ? pmap_set(BANK, BANK_VERSION, IPPROTO_UDP, (u_short)port) : match(fd, known, port);
}

/* Asks it for the port. */
static int ask(void)
{
	struct sockaddr_in at = address(0); /* libtirpc fills in 111 */

	return real ? pmap_getport(&at, BANK, BANK_VERSION, IPPROTO_UDP) : match(fd, known, 0);
}

static int add(int amount)
{
	return amount;
}

int main(int argc, char **argv)
{
	int at, mine, told[2];
	char byte = 't';
	pid_t matchmaker_pid;

	setvbuf(stdout, NULL, _IOLBF, 0); /* each line is there before the next fork */
	real = argc > 1 && strcmp(argv[1], "rpcbind") == 0 && may_be_rpcbind();
	/* Ours is there in any case: its socket is made before fork, so that no call
	 * can come too early. */
	at = udp_open(&known);
	if (pipe(told) < 0)
		return 1;
	matchmaker_pid = fork();
	if (matchmaker_pid == 0) {
		/* execl(3) makes P2 the real one. If it fails P2 goes on below, as
		 * ours. */
		if (real)
			execl(rpcbind_file(), "rpcbind", "-f", (char *)NULL); /* -f: no daemon */
		matchmaker(at);
		return 0;
	}
	close(at);
	fd = udp_open(&mine);
	if (fork() == 0) {
		close(fd);
		fd = udp_open(&mine);
		/* rpcbind needs a moment to listen: tried again until it has taken the
		 * entry. */
		while (!tell(mine))
			sleep(1);
		write(told[1], &byte, 1);
		serve_one(fd, add);
		return 0;
	}
	/* A pipe as a starting signal: without it P1 might ask before there is anything
	 * to know. */
	read(told[0], &byte, 1); /* P3 has registered */
	printf("balance: %d\n", deposit(fd, ask(), 100));
	/* rpcbind runs until it is told to end: SIGTERM. So does ours. */
	kill(matchmaker_pid, SIGTERM);
	while (wait(NULL) > 0)
		;
	return 0;
}
