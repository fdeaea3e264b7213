// verdict: WRONG
// says: line 1: expected "one\n", got "two\n"
/* redirect FILE CMD ARGS...: what a shell does for CMD ARGS... >FILE 2>&1 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int fd, status;

	if (argc < 3)
		return 2;
	fd = open(argv[1], O_WRONLY | O_CREAT | O_TRUNC, 0666);
	if (fd < 0) {
		perror(argv[1]);
		return 1;
	}
	if (fork() == 0) {
		dup2(fd, STDOUT_FILENO);
		dup2(open(argv[1], O_WRONLY), STDERR_FILENO);
		close(fd);
		execvp(argv[2], argv + 2);
		perror(argv[2]);
		_exit(127);
	}
	close(fd);
	wait(&status);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
