/* SPDX-License-Identifier: 0BSD */
/* The course's uppercase server: it gets a sentence, and sends it back in capitals. */
#ifndef UPPER_H
#define UPPER_H

#include <ctype.h>

#include "tcp.h"

/* One client. As the slide does it: one recv(1024), one send. */
static inline void upper(int connection)
{
	/* The connection is closed here, by the server: so the client sees end of file
	 * after its answer. */
	char text[1024];
	ssize_t n = recv(connection, text, sizeof text, 0);

	for (ssize_t i = 0; i < n; i++)
		text[i] = (char)toupper((unsigned char)text[i]);
	if (n > 0)
		send(connection, text, (size_t)n, 0);
	close(connection);
}

#endif
