/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A pipe for a child's output; the object that describes the command keeps the writer while the output is read.
 *
 * URL: https://github.com/oconnor663/os_pipe.rs/issues/34
 * diagnosis: reads block as long as one writer is open; the Command holds one: drop it before reading to the end
 *
 * why HANG
 * why P1 read pipe @read <- P1 write opened @pipe
 * why cycle P1
 */
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

struct command {
	const char *program;
	int output;
};

static void spawn(const struct command *c)
{
	if (fork() == 0) {
		dup2(c->output, 1);
		execlp(c->program, c->program, "hello", NULL);
		_exit(127);
	}
}

int main(void)
{
	int ends[2];
	struct command command;
	char bytes[64];

	if (pipe2(ends, O_CLOEXEC) < 0) /* @pipe */
		return 1;
	command = (struct command){"echo", ends[1]};
	spawn(&command);
	while (read(ends[0], bytes, sizeof bytes) > 0) /* @read */
		;
	close(command.output);
	wait(NULL);
	return 0;
}
