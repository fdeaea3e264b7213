/* SPDX-License-Identifier: 0BSD */
/* lost: five bytes into a FIFO, all ends closed, and a look at what is there now.
 *     Alone:  cc -o lost lost.c && ./lost */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

int main(void)
{
	/* room for what is read */
	char bytes[64];
	int in, out;

	if (mkfifo("post", 0600) == -1)
		return 1;
	/* O_NONBLOCK: do not wait for a partner. To read, that is allowed. */
	in = open("post", O_RDONLY | O_NONBLOCK);
	out = open("post", O_WRONLY);
	if (in == -1 || out == -1 || write(out, "hello", 5) == -1)
		return 1;
	/* After these two nobody has it open, to read or to write. */
	close(in);
	close(out);

	/* The name is still there. And what was written? */
	in = open("post", O_RDONLY | O_NONBLOCK);
	if (in == -1 || read(in, bytes, sizeof bytes) == -1)
		return 1;
	close(in);
	/* A FIFO is removed as a file is */
	unlink("post");
	return 0;
}
