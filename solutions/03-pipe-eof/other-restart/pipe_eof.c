/* The handler is set with SA_RESTART: the kernel makes an interrupted call again. */
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t seen;

static void on_usr1(int sig)
{
	seen += sig == SIGUSR1;
}

static int copy(int from, int to)
{
	char block[4096];
	ssize_t n;

	while ((n = read(from, block, sizeof block)) > 0)
		for (ssize_t k = 0, w; k < n; k += w)
			if ((w = write(to, block + k, (size_t)(n - k))) < 0)
				return 1;
	return n < 0;
}

int main(void)
{
	struct sigaction sa = {.sa_handler = on_usr1, .sa_flags = SA_RESTART};
	int p[2], status;

	sigaction(SIGUSR1, &sa, NULL);
	if (pipe(p) < 0)
		return 1;
	if (fork() == 0) {
		close(p[1]);
		exit(copy(p[0], 1));
	}
	close(p[0]);
	copy(0, p[1]);
	close(p[1]);
	wait(&status);
	return status != 0;
}
