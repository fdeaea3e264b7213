/* SPDX-License-Identifier: GPL-3.0-or-later */
/* File locks: flock, fcntl and OFD locks; refused, waited for, released by unlocking, by the last close and by death; a
 * circle of two is EDEADLK. */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

static char name[64];
static int go[2], done[2];

static void say(const char *what, long n)
{
	printf("%s %ld%s%s\n", what, n, n < 0 ? " " : "", n < 0 ? strerrorname_np(errno) : "");
	fflush(stdout);
}

static void signal_to(int fd)
{
	if (write(fd, "x", 1) != 1)
		_exit(9);
}

static void wait_at(int fd)
{
	char byte;

	if (read(fd, &byte, 1) != 1)
		_exit(9);
}

static int range(int fd, int command, short type, off_t start, off_t len)
{
	struct flock l = {.l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = len};

	return fcntl(fd, command, &l);
}

/* The child holds the lock of kind `how` until it is told; the parent is refused, then waits. */
static void held_by_child(const char *what, int (*lock)(int fd, bool wait))
{
	int fd = open(name, O_RDWR);
	pid_t pid = fork();

	if (pid == 0) {
		int own = open(name, O_RDWR);
		if (lock(own, true) < 0)
			_exit(8);
		signal_to(done[1]);
		wait_at(go[0]);
		_exit(0); /* what it holds goes with it */
	}
	wait_at(done[0]);
	printf("%s: ", what);
	say("refused", lock(fd, false));
	signal_to(go[1]);
	say("got", lock(fd, true));
	waitpid(pid, NULL, 0);
	close(fd);
}

static int by_flock(int fd, bool wait) { return flock(fd, wait ? LOCK_EX : LOCK_EX | LOCK_NB); }
static int by_fcntl(int fd, bool wait) { return range(fd, wait ? F_SETLKW : F_SETLK, F_WRLCK, 0, 10); }
static int by_ofd(int fd, bool wait) { return range(fd, wait ? F_OFD_SETLKW : F_OFD_SETLK, F_WRLCK, 5, 0); }

static void shared_and_upgraded(void)
{
	int one = open(name, O_RDWR), two = open(name, O_RDWR), copy = dup(one);

	say("shared", flock(one, LOCK_SH));
	say("shared", flock(two, LOCK_SH));
	say("exclusive", flock(two, LOCK_EX | LOCK_NB));
	close(one);
	say("a copy holds it", flock(two, LOCK_EX | LOCK_NB));
	close(copy);
	say("last closed", flock(two, LOCK_EX | LOCK_NB));
	say("unlock", flock(two, LOCK_UN));
	close(two);
}

/* POSIX locks go with any close of the file by their owner. */
static void gone_by_close(void)
{
	int one = open(name, O_RDWR), two = open(name, O_RDWR), status = 0;
	pid_t pid;

	say("write lock", range(one, F_SETLK, F_WRLCK, 0, 10));
	say("split", range(one, F_SETLK, F_UNLCK, 3, 3));
	close(two);
	pid = fork();
	if (pid == 0)
		_exit(range(one, F_SETLK, F_WRLCK, 0, 0) == 0 ? 7 : 1);
	waitpid(pid, &status, 0);
	say("child got it", WEXITSTATUS(status));
	close(one);
}

static void circle(void)
{
	int fd = open(name, O_RDWR), status = 0;
	pid_t pid;

	say("first", range(fd, F_SETLK, F_WRLCK, 0, 1));
	pid = fork();
	if (pid == 0) {
		int first;
		range(fd, F_SETLK, F_WRLCK, 1, 1);
		signal_to(done[1]);
		first = range(fd, F_SETLKW, F_WRLCK, 0, 1);
		_exit(first < 0 && errno == EDEADLK ? 1 : 0);
	}
	wait_at(done[0]);
	/* One of the two is told of the circle, whoever comes second. */
	bool mine = range(fd, F_SETLKW, F_WRLCK, 1, 1) < 0 && errno == EDEADLK;
	if (mine)
		range(fd, F_SETLK, F_UNLCK, 0, 1);
	waitpid(pid, &status, 0);
	say("one was told", mine + WEXITSTATUS(status));
	close(fd);
}

int main(void)
{
	snprintf(name, sizeof name, "/tmp/ipclab-locks-%d", (int)getpid());
	close(open(name, O_RDWR | O_CREAT | O_EXCL, 0600));
	if (pipe(go) < 0 || pipe(done) < 0)
		return 1;
	held_by_child("flock", by_flock);
	held_by_child("fcntl", by_fcntl);
	held_by_child("OFD", by_ofd);
	shared_and_upgraded();
	gone_by_close();
	circle();
	unlink(name);
	return 0;
}
