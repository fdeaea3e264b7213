/* SPDX-License-Identifier: 0BSD */
/* What the slide's two programs have in common: a name, a size, what lies there. */
#ifndef MESSAGE_H
#define MESSAGE_H

#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define NAME "/OS"
#define SIZE 4096

struct message {
	char text[16];
};

void producer(void);
void consumer(void);

/* Puts a string behind what stands there already, a character at a time. */
static inline void append(struct message *message, const char *s)
{
	int i = 0;

	while (message->text[i])
		i++;
	while (*s)
		message->text[i++] = *s++;
}

#endif
