/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Why a program could not be started. execve(2) says ENOENT of a script whose interpreter is missing, too, and EACCES of a
 * folder: the file itself says which. */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tracer/private.h"

static const char *path_of(const struct launch *l)
{
	for (char *const *e = l->envp; e && *e; e++)
		if (strncmp(*e, "PATH=", 5) == 0)
			return *e + 5;
	return l->envp ? NULL : getenv("PATH");
}

static bool is_there(const struct launch *l, const char *name, char *file, size_t room)
{
	struct stat st;

	snprintf(file, room, "%s%s%s", l->cwd && *name != '/' ? l->cwd : "", l->cwd && *name != '/' ? "/" : "", name);
	return stat(file, &st) == 0;
}

/* The file that was to be run, as execvp(3) looks for it. False: there is none. */
static bool find_file(const struct launch *l, char *file, size_t room)
{
	const char *path = path_of(l), *name = l->path ? l->path : l->argv[0];

	if (l->path || strchr(name, '/'))
		return is_there(l, name, file, room);
	while (path && *path) {
		size_t n = strcspn(path, ":");
		char at[4096];

		snprintf(at, sizeof at, "%.*s/%s", (int)n, path, name);
		if (is_there(l, at, file, room))
			return true;
		path += n + (path[n] == ':');
	}
	return false;
}

/* Who is to run it: the rest of a script's first line, the loader of a dynamically linked program. "" none. */
static void interpreter_of(const char *file, char *name, size_t room)
{
	union {
		Elf64_Ehdr elf;
		Elf32_Ehdr elf32;
		char text[256];
	} head = {0};
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t n = fd < 0 ? -1 : pread(fd, head.text, sizeof head.text - 1, 0);
	bool wide = head.text[EI_CLASS] == ELFCLASS64;

	*name = 0;
	if (n > 2 && memcmp(head.text, "#!", 2) == 0) {
		const char *from = head.text + 2 + strspn(head.text + 2, " \t");

		snprintf(name, room, "%.*s", (int)strcspn(from, " \t\n"), from);
	} else if (n >= (ssize_t)sizeof head.elf && memcmp(head.text, ELFMAG, SELFMAG) == 0) {
		for (u32 i = 0; i < (wide ? head.elf.e_phnum : head.elf32.e_phnum); i++) {
			Elf64_Phdr p;
			Elf32_Phdr p32;
			bool read = wide ? pread(fd, &p, sizeof p, (off_t)(head.elf.e_phoff + i * sizeof p)) == sizeof p
			                 : pread(fd, &p32, sizeof p32, (off_t)(head.elf32.e_phoff + i * sizeof p32)) == sizeof p32;
			if (!read || (wide ? p.p_type : p32.p_type) != PT_INTERP)
				continue;
			n = pread(fd, name, room - 1, (off_t)(wide ? p.p_offset : p32.p_offset));
			name[n < 0 ? 0 : n] = 0;
			break;
		}
	}
	if (fd >= 0)
		close(fd);
}

static bool no_interpreter(const struct launch *l, const char *file, struct err *err)
{
	char name[200];
	size_t n;

	interpreter_of(file, name, sizeof name);
	n = strlen(name);
	if (n && name[n - 1] == '\r')
		return err_set(err, EXIT_NOT_FOUND,
			"%s: its first line ends as on Windows, so that its interpreter %.*s is not found: sed -i 's/\\r$//' %s", l->argv[0],
			(int)(n - 1), name, l->argv[0]);
	if (n)
		return err_set(err, EXIT_NOT_FOUND, "%s: its interpreter %s is not there", l->argv[0], name);
	return err_set(err, EXIT_NOT_FOUND, "%s: its interpreter is not there", l->argv[0]);
}

static bool not_permitted(const struct launch *l, const char *file, struct err *err)
{
	struct stat st;

	if (stat(file, &st) == 0 && S_ISDIR(st.st_mode))
		return err_set(err, EXIT_CANNOT_RUN, "%s: is a folder, not a program", l->argv[0]);
	if (stat(file, &st) == 0 && S_ISREG(st.st_mode) && !(st.st_mode & 0111))
		return err_set(err, EXIT_CANNOT_RUN, "%s: is not executable; if it is a program: chmod +x %s", l->argv[0], l->argv[0]);
	return err_set(err, EXIT_CANNOT_RUN, "%s: no permission to run it", l->argv[0]);
}

bool cannot_run(const struct launch *l, int sys, struct err *err)
{
	bool in_path = !l->path && !strchr(l->argv[0], '/');
	char file[4400];

	errno = sys;
	if (sys != ENOENT && sys != EACCES && sys != ENOEXEC)
		return err_sys(err, EXIT_CANNOT_RUN, "%s: cannot be run", l->argv[0]);
	if (sys == ENOEXEC)
		return err_set(err, EXIT_CANNOT_RUN, "%s: not a program this machine can run; a script needs a #! line", l->argv[0]);
	if (!*l->argv[0])
		return err_set(err, EXIT_NOT_FOUND, "the name of the command is empty");
	/* A folder of PATH that we may not look into makes EACCES of any name: as a shell, not found. */
	if (!find_file(l, file, sizeof file) && (sys == ENOENT || in_path))
		return err_set(err, EXIT_NOT_FOUND, "%s: no such command; give its path, or look at PATH", l->argv[0]);
	return sys == ENOENT ? no_interpreter(l, file, err) : not_permitted(l, file, err);
}
