/* SPDX-License-Identifier: 0BSD */
/* The bounded buffer of the course, on a page that two processes share. */
#ifndef RING_H
#define RING_H

#define BUFFER_SIZE 10

typedef struct {
	int value;
} item;

struct ring {
	item buffer[BUFFER_SIZE];
	int in;  /* the next free cell */
	int out; /* the first full cell */
};

void producer(struct ring *ring, int items);
void consumer(struct ring *ring, int items);

#endif
