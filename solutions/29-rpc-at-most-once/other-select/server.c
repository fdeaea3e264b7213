/* A child runs the calls, the parent listens and hands them over through a pipe. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct job { /* goes through the pipe whole */
	struct sockaddr_in from;
	char text[128];
};

static void run_jobs(int jobs, int fd)
{
	static struct {
		char name[21];
		long xid, answer;
	} seen[128];
	long account = 0;
	struct job j;

	while (read(jobs, &j, sizeof j) == sizeof j) {
		char name[21] = "", op[4] = "", out[100];
		long xid = 0, n = 0;
		int i = 0;

		if (sscanf(j.text, "%20s %ld %3s %ld", name, &xid, op, &n) < 4 || strcmp(op, "add") != 0 || xid <= 0)
			continue;
		while (seen[i].xid && strcmp(seen[i].name, name) != 0)
			i++;
		if (xid < seen[i].xid)
			continue;
		if (xid != seen[i].xid) {
			strcpy(seen[i].name, name);
			seen[i].answer = account += n;
			seen[i].xid = xid;
		}
		sendto(fd, out, (size_t)sprintf(out, "%s %ld %ld", name, xid, seen[i].answer), 0, (struct sockaddr *)&j.from, sizeof j.from);
	}
}

int main(int argc, char **argv)
{
	struct sockaddr_in a = {.sin_family = AF_INET};
	int fd = socket(AF_INET, SOCK_DGRAM, 0), ends[2];

	if (argc != 2)
		return 2;
	a.sin_port = htons((unsigned short)strtoul(argv[1], NULL, 10));
	inet_pton(AF_INET, "127.0.0.1", &a.sin_addr);
	if (bind(fd, (struct sockaddr *)&a, sizeof a) < 0 || pipe(ends) < 0)
		return 1;
	if (fork() == 0) {
		close(ends[1]);
		run_jobs(ends[0], fd);
		_exit(0);
	}
	close(ends[0]);
	for (;;) {
		struct job j = {0};
		socklen_t size = sizeof j.from;

		if (recvfrom(fd, j.text, sizeof j.text - 1, 0, (struct sockaddr *)&j.from, &size) > 0 && write(ends[1], &j, sizeof j) < 0)
			return 1;
	}
}
