/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A folder that this process and what it starts write into without anybody else's seeing it: an overlay in memory, in
 * the mount namespace that box_apart made. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sandbox/lib.h"

/* An overlay shows the folder's own file system: what is mounted below would be gone. */
static bool has_mounts_below(const char *folder)
{
	FILE *f = fopen("/proc/self/mountinfo", "re");
	char line[PATH_MAX + 512], at[PATH_MAX];
	size_t n = strlen(folder);
	bool has = !f;

	while (f && !has && fgets(line, sizeof line, f))
		has = sscanf(line, "%*d %*d %*s %*s %4095s", at) == 1 && strncmp(at, folder, n) == 0 && at[n] == '/';
	if (f)
		fclose(f);
	return has;
}

/* What separates options is escaped, as overlayfs has it. */
static void add_path(struct str *to, const char *path)
{
	for (; *path; path++)
		str_addf(to, strchr(":,\\", *path) ? "\\%c" : "%c", *path);
}

static bool overlay(const char *folder, const char *space)
{
	struct str options = {0};
	bool ok;

	str_add(&options, "lowerdir=");
	add_path(&options, folder);
	str_addf(&options, ",upperdir=%s/upper,workdir=%s/work", space, space);
	ok = mount("overlay", folder, "overlay", MS_NOSUID | MS_NODEV, options.s) == 0;
	if (!ok) { /* in a user namespace it keeps its notes elsewhere, since Linux 5.11 */
		str_add(&options, ",userxattr");
		ok = mount("overlay", folder, "overlay", MS_NOSUID | MS_NODEV, options.s) == 0;
	}
	str_finish(&options);
	return ok;
}

bool box_over(const char *folder)
{
	static const char space[] = "/dev/shm"; /* somewhere to mount what the overlay keeps; it is what it was when we return */
	char *real = realpath(folder, NULL);
	struct stat st;
	bool ok = false;

	if (real && strcmp(real, "/") != 0 && stat(real, &st) == 0 && !has_mounts_below(real) &&
		mount("over", space, "tmpfs", MS_NOSUID | MS_NODEV, "size=64m,mode=755") == 0) {
		ok = mkdir("/dev/shm/upper", 0755) == 0 && mkdir("/dev/shm/work", 0755) == 0 &&
		     chown("/dev/shm/upper", st.st_uid, st.st_gid) == 0 && chmod("/dev/shm/upper", st.st_mode & 07777) == 0 &&
		     overlay(real, space);
		umount2(space, MNT_DETACH);
	}
	ok = ok && chdir(real) == 0;
	free(real);
	return ok;
}
