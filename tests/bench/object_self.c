/* SPDX-License-Identifier: GPL-3.0-or-later */
/* object_self fifo|unix|tcp|mq ROUNDS BYTES: puts BYTES into an object of its own and takes them out again, ROUNDS times; prints on
 * stderr how many ns that took and how many calls it made. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <mqueue.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static char bytes[8192];

static long long now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ll + t.tv_nsec;
}

static bool fifo(int *in, int *out)
{
	char path[] = "/tmp/ipclab-bench-XXXXXX";

	if (!mkdtemp(path) || chdir(path) < 0 || mkfifo("fifo", 0600) < 0)
		return false;
	*in = *out = open("fifo", O_RDWR);
	return unlink("fifo") == 0 && rmdir(path) == 0 && *in >= 0;
}

static bool unix_pair(int *in, int *out)
{
	int end[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, end) < 0)
		return false;
	*in = end[0];
	*out = end[1];
	return true;
}

static bool tcp(int *in, int *out)
{
	struct sockaddr_in name = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof name;
	int listener = socket(AF_INET, SOCK_STREAM, 0);

	if (bind(listener, (struct sockaddr *)&name, len) < 0 || listen(listener, 1) < 0 ||
		getsockname(listener, (struct sockaddr *)&name, &len) < 0)
		return false;
	*out = socket(AF_INET, SOCK_STREAM, 0);
	if (connect(*out, (struct sockaddr *)&name, len) < 0)
		return false;
	*in = accept(listener, NULL, NULL);
	return *in >= 0;
}

static bool mq(int *in, int *out)
{
	struct mq_attr attr = {.mq_maxmsg = 4, .mq_msgsize = sizeof bytes};
	char name[32];

	snprintf(name, sizeof name, "/ipclab-bench-%d", (int)getpid());
	*in = *out = (int)mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, &attr);
	return *in >= 0 && mq_unlink(name) == 0;
}

static bool round_of(bool queue, int in, int out, size_t n)
{
	if (queue)
		return mq_send(out, bytes, n, 0) == 0 && mq_receive(in, bytes, sizeof bytes, NULL) == (ssize_t)n;
	return write(out, bytes, n) == (ssize_t)n && read(in, bytes, n) == (ssize_t)n;
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		bool (*make)(int *in, int *out);
	} kinds[] = {{"fifo", fifo}, {"unix", unix_pair}, {"tcp", tcp}, {"mq", mq}};
	long rounds = argc > 3 ? atol(argv[2]) : 0;
	size_t n = argc > 3 ? (size_t)atol(argv[3]) : 0, kind = 0;
	int in, out;
	long long t;

	while (argc > 3 && kind < 4 && strcmp(argv[1], kinds[kind].name) != 0)
		kind++;
	if (argc < 4 || kind == 4 || n > sizeof bytes)
		return 2;
	if (!kinds[kind].make(&in, &out))
		return 1;
	t = now();
	for (long i = 0; i < rounds; i++)
		if (!round_of(kinds[kind].make == mq, in, out, n))
			return 1;
	fprintf(stderr, "%lld %ld\n", now() - t, 2 * rounds);
	return 0;
}
