/* SPDX-License-Identifier: 0BSD */
/* What the slide's two programs have in common: a name, a size, what lies there. To
 * agree on these three is all that two programs need to share memory. */
#ifndef MESSAGE_H
#define MESSAGE_H

#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* A slash, and no other one: shm_open(3). In /dev/shm the slash is not part of it. */
#define NAME "/OS"
#define SIZE 4096

/* Both are compiled with this. Two versions of it, one in each program, and the bytes
 * would be read otherwise than they were written: nobody checks. */
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
