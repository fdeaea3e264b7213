// verdict: HANG
// says: can still be written to by P1
/* cat names | sort, by hand: what a shell does for a bar. The blocks between
 * the lines of dashes are given out of order, and some are not needed. */
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
	int fds[2];

//--
	if (pipe(fds) < 0)
		return 1;
//--
	if (fork() == 0) { /* the first child: cat */
//--
	dup2(fds[1], STDOUT_FILENO);
//--
	close(fds[0]);
	close(fds[1]);
//--
	execlp("cat", "cat", "names", (char *)NULL);
	_exit(127);
	}
//--
	if (fork() == 0) { /* the second child: sort */
//--
	dup2(fds[0], STDIN_FILENO);
//--
	close(fds[0]);
	close(fds[1]);
//--
	execlp("sort", "sort", (char *)NULL);
	_exit(127);
	}
//--
	close(fds[0]);
//--
	while (wait(NULL) > 0)
		;
	return 0;
}
