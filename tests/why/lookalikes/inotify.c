/* SPDX-License-Identifier: GPL-3.0-or-later */
/* inotify(7): anybody may touch the folder.
 *
 * why WAITS
 * why run within=500ms
 */
#include <sys/inotify.h>
#include <unistd.h>

int main(void)
{
	char event[4096];
	int fd = inotify_init1(0);

	if (inotify_add_watch(fd, ".", IN_CREATE) < 0)
		return 1;
	(void)!read(fd, event, sizeof event);
	return 0;
}
