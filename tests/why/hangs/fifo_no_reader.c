/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A FIFO opened to be written to, which nobody reads.
 *
 * why HANG
 * why P1 openat|open fifo @open <- nobody
 * why outside HANG WAITS
 * why mend somebody has to open fifo1 for reading; or open it with O_RDWR
 */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

int main(void)
{
	char folder[] = "/tmp/ipclab-hang-XXXXXX";

	if (!mkdtemp(folder) || chdir(folder) < 0 || mkfifo("orders", 0600) < 0)
		return 1;
	return open("orders", O_WRONLY) < 0; /* @open */
}
