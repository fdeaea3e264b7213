/* SPDX-License-Identifier: GPL-3.0-or-later */
/* FIFOs: open waits for its partner, for reading and for writing; O_RDWR waits for nobody; O_NONBLOCK: ENXIO without a
 * reader, at once with or without a writer; end of file, and another writer after it; EPIPE; the name removed while open. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char name[64];

static void say(const char *what, long n)
{
	printf("%s %ld%s%s\n", what, n, n < 0 ? " " : "", n < 0 ? strerrorname_np(errno) : "");
	fflush(stdout);
}

/* Ends the child, and says how. */
static void wait_for(pid_t pid)
{
	int status = 0;

	waitpid(pid, &status, 0);
	say("child", WEXITSTATUS(status));
}

static void reader_waits_for_writer(void)
{
	char text[16];
	pid_t pid = fork();
	int fd;

	if (pid == 0) {
		fd = open(name, O_WRONLY);
		_exit(write(fd, "hello", 5) == 5 ? 5 : 1);
	}
	fd = open(name, O_RDONLY);
	say("read", read(fd, text, sizeof text));
	say("end", read(fd, text, sizeof text));
	wait_for(pid);
	close(fd);
}

static void writer_waits_for_reader(void)
{
	char text[16];
	pid_t pid = fork();
	int fd;

	if (pid == 0) {
		fd = open(name, O_RDONLY);
		_exit((int)read(fd, text, sizeof text));
	}
	fd = open(name, O_WRONLY);
	say("write", write(fd, "abc", 3));
	wait_for(pid);
	say("without readers", write(fd, "abc", 3));
	close(fd);
}

static void without_waiting(void)
{
	char text[16];
	int reader, writer;

	say("ENXIO", open(name, O_WRONLY | O_NONBLOCK));
	reader = open(name, O_RDONLY | O_NONBLOCK);
	say("nobody writes", read(reader, text, sizeof text));
	writer = open(name, O_WRONLY | O_NONBLOCK);
	say("nothing yet", read(reader, text, sizeof text));
	say("write", write(writer, "xy", 2));
	say("read", read(reader, text, sizeof text));
	close(writer);
	say("end", read(reader, text, sizeof text));
	close(reader);
}

static void both_at_once(void)
{
	char text[16];
	int fd = open(name, O_RDWR), reader;

	say("write", write(fd, "12345", 5));
	reader = open(name, O_RDONLY);
	say("read", read(reader, text, 2));
	unlink(name);
	say("no name", open(name, O_WRONLY | O_NONBLOCK));
	close(fd);
	say("the rest", read(reader, text, sizeof text));
	say("end", read(reader, text, sizeof text));
	close(reader);
}

int main(void)
{
	snprintf(name, sizeof name, "/tmp/ipclab-fifo-%d", (int)getpid());
	signal(SIGPIPE, SIG_IGN);
	if (mkfifo(name, 0600) < 0)
		return 1;
	reader_waits_for_writer();
	writer_waits_for_reader();
	without_waiting();
	both_at_once();
	return 0;
}
