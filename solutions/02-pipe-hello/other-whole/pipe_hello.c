/* The child collects all of it before it prints a thing. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char *argv[])
{
	char *all = NULL;
	size_t n = 0, room = 0;
	int ends[2];
	pid_t child;

	if (argc != 2 || pipe(ends) < 0)
		return EXIT_FAILURE;
	if ((child = fork()) == 0) {
		ssize_t got;

		close(ends[1]);
		for (;;) {
			if (n + 2 >= room && !(all = realloc(all, room = 2 * room + 16)))
				_exit(1);
			got = read(ends[0], all + n, 1);
			if (got < 0 && errno == EINTR)
				continue;
			if (got <= 0)
				break;
			n++;
		}
		memcpy(all + n, "]\n", 2);
		n += 2;
		if (write(STDOUT_FILENO, "[", 1) != 1)
			_exit(1);
		for (size_t k = 0; k < n;) {
			got = write(STDOUT_FILENO, all + k, n - k);
			k += got > 0 ? (size_t)got : 0;
		}
		_exit(0);
	}
	close(ends[0]);
	for (const char *t = argv[1]; *t; t++)
		while (write(ends[1], t, 1) != 1)
			;
	close(ends[1]);
	waitpid(child, NULL, 0);
	return EXIT_SUCCESS;
}
