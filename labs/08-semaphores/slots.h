/* SPDX-License-Identifier: 0BSD */
/* The bounded buffer with three semaphores, for any number of producers and consumers.
 * The first two count, the third is a lock. */
#ifndef SLOTS_H
#define SLOTS_H

#include "shared.h"

enum { SLOTS = 4 };

struct ring {
	int buffer[SLOTS];
	int in, out;
	sem_t empty; /* how many slots are empty */
	sem_t full;  /* how many slots are full */
	sem_t mutex; /* 1: nobody is at the buffer */
};

static inline struct ring *ring_make(void)
{
	struct ring *ring = page(sizeof *ring);

	/* 1: between processes. Then what they begin with: all slots are empty, none is
	 * full, the lock is free. */
	sem_init(&ring->empty, 1, SLOTS);
	sem_init(&ring->full, 1, 0);
	sem_init(&ring->mutex, 1, 1);
	return ring;
}

/* To be called with the lock, and after empty has said that there is room; take: after
 * full. Neither looks. */
static inline void put(struct ring *ring, int item)
{
	ring->buffer[ring->in] = item;
	ring->in = (ring->in + 1) % SLOTS;
}

static inline int take(struct ring *ring)
{
	int item = ring->buffer[ring->out];

	ring->out = (ring->out + 1) % SLOTS;
	return item;
}

#endif
