/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session/keeper.h"
#include "session/private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

/* Shared by keeper and screen. */
struct keeper {
	_Atomic bool drawn; /* the terminal is in the screen's state */
	bool has_settings;
	struct termios settings;
	char undo[256];
	size_t undo_n;
	struct err failure; /* of the screen */
	bool failed;
	pid_t spared; /* a child that stays when all of us are gone; 0 none */
	char swept[256];
};

/* ---- the journal ---- */

bool journal_folder(char *path, size_t n)
{
	const char *runtime = getenv("XDG_RUNTIME_DIR");
	struct stat st;

	if (runtime && runtime[0] == '/')
		snprintf(path, n, "%s/ipclab", runtime);
	else
		snprintf(path, n, "/tmp/ipclab-%u", (unsigned)getuid());
	if (mkdir(path, 0700) < 0 && errno != EEXIST)
		return false;
	return lstat(path, &st) == 0 && S_ISDIR(st.st_mode) && st.st_uid == getuid() &&
	       !(st.st_mode & 022);
}

static const char *terminal_name(void)
{
	const char *name = ttyname(STDIN_FILENO);

	return name ? name : "?";
}

/* A journal that nobody holds is of a keeper that was killed. */
static void sweep_one(struct keeper *k, int dir, const char *name)
{
	int fd = openat(dir, name, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	char text[300];
	ssize_t n;

	if (fd < 0)
		return;
	if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
		n = read(fd, text, sizeof text - 1);
		text[n < 0 ? 0 : n] = '\0';
		text[strcspn(text, "\n")] = '\0';
		if (strncmp(text, "tty ", 4) == 0 && strcmp(text + 4, terminal_name()) == 0)
			snprintf(k->swept, sizeof k->swept,
				"The last run was killed: if this terminal is odd afterwards, type: "
				"reset");
		unlinkat(dir, name, 0);
	}
	close(fd);
}

static void sweep(struct keeper *k, const char *folder)
{
	DIR *d = opendir(folder);
	const struct dirent *entry;

	while (d && (entry = readdir(d))) {
		size_t n = strlen(entry->d_name);

		if (n > 8 && strcmp(entry->d_name + n - 8, ".journal") == 0)
			sweep_one(k, dirfd(d), entry->d_name);
	}
	if (d)
		closedir(d);
}

/* Held locked as long as the keeper lives; -1: there is no journal, which only costs the advice. */
static int journal_open(struct keeper *k, char *path, size_t n)
{
	char folder[200];
	int fd;

	if (!journal_folder(folder, sizeof folder))
		return -1;
	sweep(k, folder);
	aside_sweep();
	snprintf(path, n, "%s/%d.journal", folder, (int)getpid());
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0) {
		dprintf(fd, "tty %s\n", terminal_name());
		return fd;
	}
	if (fd >= 0)
		close(fd);
	return -1;
}

/* ---- the terminal ---- */

void keeper_undo(struct keeper *k, const char *bytes, size_t n)
{
	if (!n) {
		atomic_store(&k->drawn, false);
		return;
	}
	if (n > sizeof k->undo)
		n = sizeof k->undo;
	memcpy(k->undo, bytes, n);
	k->undo_n = n;
	atomic_store(&k->drawn, true);
}

/* Where the screen's own output is in the way, nobody will read that: it is thrown away. Against
 * a shell that hangs in a write of its own there, holding the terminal's lock, nothing helps. */
static void write_undo(const struct keeper *k)
{
	for (int i = 0; i < 20; i++) {
		ssize_t n = write(STDOUT_FILENO, k->undo, k->undo_n);

		if (n == (ssize_t)k->undo_n || (n < 0 && errno != EAGAIN))
			return;
		if (i == 0)
			tcflush(STDOUT_FILENO, TCOFLUSH);
		usleep(1000);
	}
}

void keeper_restore(struct keeper *k)
{
	if (!atomic_load(&k->drawn))
		return;
	/* What cannot be written now (the terminal is gone, or nobody reads it) is not waited for. */
	int flags = fcntl(STDOUT_FILENO, F_GETFL);

	if (flags >= 0)
		fcntl(STDOUT_FILENO, F_SETFL, flags | O_NONBLOCK);
	write_undo(k);
	if (flags >= 0)
		fcntl(STDOUT_FILENO, F_SETFL, flags);
	if (k->has_settings)
		tcsetattr(STDIN_FILENO, TCSANOW, &k->settings);
	/* Only now: a screen that is killed in the middle of this leaves it to the keeper. */
	atomic_store(&k->drawn, false);
}

const char *keeper_swept(const struct keeper *k)
{
	return k->swept;
}

/* ---- the two processes ---- */

static volatile sig_atomic_t screen_pid; /* of the handlers below */
static volatile sig_atomic_t told_to_end;

static void forward(int sig)
{
	int saved = errno;

	if (screen_pid > 0)
		kill((pid_t)screen_pid, sig);
	/* A screen whose terminal nobody reads hangs in write(2) and cannot obey. After a second all is
	 * to be gone: it gets half of that. */
	if (sig == SIGTERM || sig == SIGHUP) {
		told_to_end = sig;
		setitimer(ITIMER_REAL, &(struct itimerval){.it_value.tv_usec = 500000}, NULL);
	}
	errno = saved;
}

static void on_alarm(int sig)
{
	(void)sig;
	if (screen_pid > 0)
		kill((pid_t)screen_pid, SIGKILL);
}

static _Noreturn void screen_process(struct keeper *k, pid_t parent,
	bool (*screen)(struct keeper *, void *, struct err *), void *arg)
{
	prctl(PR_SET_NAME, "ipclab-screen");
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(1);
	for (int sig = 1; sig < 32; sig++)
		if (sig == SIGTERM || sig == SIGHUP || sig == SIGINT || sig == SIGQUIT ||
			sig == SIGALRM)
			signal(sig, SIG_DFL);
	k->failed = !screen(k, arg, &k->failure);
	fflush(NULL);
	_exit(0);
}

void keeper_spare(struct keeper *k, pid_t pid)
{
	k->spared = pid;
}

/* It has still to clear away, and ends by itself. */
static bool clears_away(pid_t pid)
{
	char path[32], name[32] = "";
	int fd;

	snprintf(path, sizeof path, "/proc/%d/comm", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	if (read(fd, name, sizeof name - 1) < 0)
		name[0] = '\0';
	close(fd);
	name[strcspn(name, "\n")] = '\0';
	return strcmp(name, SWEEPER_NAME) == 0 || strcmp(name, GUARD_NAME) == 0;
}

/* Children that are left when the screen is gone get a quarter of a second to end by themselves. */
static void collect_the_rest(const struct keeper *k)
{
	u64 begin = clock_ns();

	while (clock_ns() - begin < 750 * 1000000ull) {
		pid_t pid = waitpid(-1, NULL, WNOHANG);

		if (pid < 0 || k->spared)
			return;
		if (pid > 0)
			continue;
		if (clock_ns() - begin >= 250 * 1000000ull) {
			char path[64], line[256];
			ssize_t n;
			int fd;

			snprintf(path, sizeof path, "/proc/thread-self/children");
			fd = open(path, O_RDONLY | O_CLOEXEC);
			n = fd < 0 ? 0 : read(fd, line, sizeof line - 1);
			if (fd >= 0)
				close(fd);
			line[n < 0 ? 0 : n] = '\0';
			for (char *p = line, *end;
				(pid = (pid_t)strtol(p, &end, 10)) > 0 && end != p; p = end)
				if (!clears_away(pid))
					kill(pid, SIGKILL);
		}
		usleep(5000);
	}
}

static bool screen_result(const struct keeper *k, int status, struct err *err)
{
	if (WIFSIGNALED(status)) {
		const char *name = sigabbrev_np(WTERMSIG(status));

		return err_set(err, 128 + WTERMSIG(status),
			"the screen was ended by SIG%s; the terminal has been restored",
			name ? name : "?");
	}
	if (k->failed)
		*err = k->failure;
	return !k->failed;
}

static int wait_for_screen(void)
{
	int status = 0;

	for (;;) {
		pid_t pid = waitpid(-1, &status, 0);

		if (pid == screen_pid || (pid < 0 && errno != EINTR))
			return status;
	}
}

static const int forwarded[] = {SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGALRM};

bool keeper_run(
	bool (*screen)(struct keeper *, void *arg, struct err *), void *arg, struct err *err)
{
	struct keeper *k =
		mmap(NULL, sizeof *k, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct sigaction old[ARRAY_LEN(forwarded)], sa = {.sa_handler = forward},
						    ignore = {.sa_handler = SIG_IGN}, ttou;
	pid_t me = getpid(), pid;
	char path[240];
	int journal, status;
	bool ok;

	if (k == MAP_FAILED)
		return err_sys(err, EXIT_MACHINE, "no memory for the keeper");
	k->has_settings = tcgetattr(STDIN_FILENO, &k->settings) == 0;
	journal = journal_open(k, path, sizeof path);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	fflush(NULL);
	sigaction(SIGTTOU, &ignore, &ttou);
	for (size_t i = 0; i < ARRAY_LEN(forwarded); i++) {
		sa.sa_handler = forwarded[i] == SIGALRM ? on_alarm : forward;
		sigaction(forwarded[i], &sa, &old[i]);
	}
	pid = fork();
	if (pid == 0) {
		if (journal >= 0)
			close(journal);
		screen_process(k, me, screen, arg);
	}
	screen_pid = pid;
	if (pid < 0) {
		ok = err_sys(err, EXIT_MACHINE, "no process can be made for the screen");
	} else {
		status = wait_for_screen();
		screen_pid = 0;
		alarm(0);
		keeper_restore(k);
		/* Killed while it took the terminal, it had not come to say how to give it back. */
		if (WIFSIGNALED(status) && k->has_settings)
			tcsetattr(STDIN_FILENO, TCSANOW, &k->settings);
		collect_the_rest(k);
		ok = screen_result(k, status, err);
	}
	for (size_t i = 0; i < ARRAY_LEN(forwarded); i++)
		sigaction(forwarded[i], &old[i], NULL);
	sigaction(SIGTTOU, &ttou, NULL);
	if (journal >= 0) {
		unlink(path);
		close(journal);
	}
	munmap(k, sizeof *k);
	if (told_to_end)
		raise(told_to_end); /* all is put right: end as whoever sent it expects */
	return ok;
}
