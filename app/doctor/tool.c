/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Programs: the compiler and our hooks are tried, the others are looked for. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "doctor/private.h"

static bool find_in(const char *dirs, const char *name, struct str *found)
{
	for (const char *d = dirs; d && *d;) {
		size_t n = strcspn(d, ":");

		str_clear(found);
		str_addf(found, "%.*s/%s", (int)n, n ? d : ".", name);
		if (access(found->s, X_OK) == 0)
			return true;
		d += n + (d[n] == ':');
	}
	return false;
}

/* Servers live in folders that an ordinary user's PATH leaves out. */
static bool find_program(const char *name, struct str *found)
{
	return find_in(getenv("PATH"), name, found) || find_in("/usr/sbin:/sbin", name, found);
}

/* arg: "NAME PACKAGE". */
void probe_program(struct finding *f, const char *arg)
{
	char name[32];
	struct str found = {0}, remedy = {0};
	size_t n = strcspn(arg, " ");

	snprintf(name, sizeof name, "%.*s", (int)n, arg);
	str_addf(&remedy, "sudo apt-get install %s", arg[n] ? arg + n + 1 : name);
	if (find_program(name, &found))
		finding_yes(f, "%.200s", found.s);
	else
		finding_no(f, remedy.s, "no %s in PATH", name);
	str_finish(&found);
	str_finish(&remedy);
}

/* Runs argv in `dir` with nothing on its standard streams but the end of its errors; its exit status, -1 none. */
static int run_quietly(char *const *argv, const char *dir, char *said, size_t room)
{
	int ends[2], null = open("/dev/null", O_RDWR | O_CLOEXEC), status = -1;
	size_t n = 0;
	ssize_t got;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -1;
	pid = fork();
	if (pid == 0) {
		dup2(null, 0);
		dup2(null, 1);
		dup2(ends[1], 2);
		if (chdir(dir) == 0)
			execvp(argv[0], argv);
		_exit(127);
	}
	close(ends[1]);
	while (pid > 0 && n < room - 1 && (got = read(ends[0], said + n, room - 1 - n)) > 0)
		n += (size_t)got;
	said[n] = '\0';
	said[strcspn(said, "\n")] = '\0';
	close(ends[0]);
	close(null);
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Writes main.c that ends with status 7 into a new folder. */
static bool workshop(char dir[32])
{
	static const char text[] = "int shared; int main(void) { shared = 7; return shared; }\n";
	char path[64];
	int fd;
	bool ok;

	strcpy(dir, "/tmp/ipclab-doctor-XXXXXX");
	if (!mkdtemp(dir))
		return false;
	snprintf(path, sizeof path, "%s/main.c", dir);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	ok = fd >= 0 && write(fd, text, sizeof text - 1) == sizeof text - 1;
	if (fd >= 0)
		close(fd);
	return ok;
}

static void workshop_remove(const char *dir)
{
	static const char *const made[] = {"main.c", "main"};
	char path[64];

	for (size_t i = 0; i < ARRAY_LEN(made); i++) {
		snprintf(path, sizeof path, "%s/%s", dir, made[i]);
		unlink(path);
	}
	rmdir(dir);
}

/* Compiles with `argv`, runs what came out. */
static void try_compiler(struct finding *f, char *const *argv, const char *what, const char *remedy)
{
	char *const run[] = {"./main", NULL};
	char dir[32], said[240] = "";
	int status;

	if (!workshop(dir)) {
		finding_no(f,
			errno == EFBIG ? "ulimit -f unlimited"
				       : "make room in /tmp, or sudo chmod 1777 /tmp",
			"no program could be written to /tmp: %s", strerror(errno));
		workshop_remove(dir);
		return;
	}
	status = run_quietly(argv, dir, said, sizeof said);
	if (status == 127 && !*said)
		finding_no(f, remedy, "%s is not there", what);
	else if (status != 0)
		finding_no(f, remedy, "%s does not compile a program: %.160s", what,
			*said ? said : "no word of why");
	else if ((status = run_quietly(run, dir, said, sizeof said)) != 7)
		finding_no(f, "sudo mount -o remount,exec /tmp",
			"%s compiled a program, which did not run: status %d", what, status);
	else
		finding_yes(f, "%s compiled a program, which ran", what);
	workshop_remove(dir);
}

void probe_compiler(struct finding *f, const char *arg)
{
	char *const argv[] = {"gcc", "-g", "-o", "main", "main.c", NULL};

	(void)arg;
	try_compiler(f, argv, "gcc", "sudo apt-get install gcc libc6-dev");
}

/* arg: our own path. */
void probe_hooks(struct finding *f, const char *arg)
{
	char *const argv[] = {(char *)arg, "cc", "-o", "main", "main.c", NULL};

	if (!arg)
		finding_no(f, NULL, "not measured: there is no ipclab to try");
	else
		try_compiler(f, argv, "ipclab cc", "sudo apt-get install gcc libc6-dev");
}
