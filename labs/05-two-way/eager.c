/* SPDX-License-Identifier: 0BSD */
/*
 * eager: P1 sends four questions of a page each through a pipe that holds one page; P2 answers with a page.
 * Before every two questions P1 looks whether an answer is there, and takes it.
 *     Alone:  cc -D_GNU_SOURCE -o eager eager.c && ./eager */
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

enum { PAGE = 4096 };

static char page[PAGE];

/* P2: a page for a page */
static int answer(int in, int out)
{
	while (read(in, page, PAGE) > 0)
		if (write(out, page, PAGE) == -1)
			return 1;
	return 0;
}

int main(void)
{
	int there[2], back[2];

	memset(page, 'x', PAGE);
	if (pipe(there) == -1 || pipe(back) == -1)
		return 1;
	/* Small pipes, so that little is enough */
	fcntl(there[1], F_SETPIPE_SZ, PAGE);
	fcntl(back[1], F_SETPIPE_SZ, PAGE);
	if (fork() == 0) {
		close(there[1]);
		close(back[0]);
		return answer(there[0], back[1]);
	}
	/* Only the ends that are needed */
	close(there[0]);
	close(back[1]);

	for (int i = 0; i < 2; i++) {
		struct pollfd answers = {back[0], POLLIN, 0};

		/* 0: no time to wait. */
		if (poll(&answers, 1, 0) > 0 && read(back[0], page, PAGE) == -1)
			return 1;
		/* Two questions, one after the other: the second one needs room for a
		 * page. */
		if (write(there[1], page, PAGE) == -1 || write(there[1], page, PAGE) == -1)
			return 1;
	}
	close(there[1]);
	while (read(back[0], page, PAGE) > 0)
		; /* the answers that are left */
	return 0;
}
