/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of memory cells that are the same in every execution, whatever the order: the segment, by who made
 * it as his n-th or by its path, and the offset, in cells of 4 bytes. A child of fork maps what its parent
 * had mapped by then. */
#include <stdio.h>
#include <unistd.h>

#include "explore/private.h"

u64 mix(u64 a, u64 b)
{
	u64 h = (a ^ (b + 0x9e3779b97f4a7c15u)) * 0xff51afd7ed558ccdu;

	h = (h ^ h >> 32) * 0xc4ceb9fe1a85ec53u;
	return h ^ h >> 29;
}

u64 space_new(struct exec *x, u64 parent_plus_1)
{
	*vec_push(&x->spaces) = (struct space){parent_plus_1, (u32)x->places.n};
	return x->spaces.n - 1;
}

void place_add(struct exec *x, u32 task, u64 addr, u64 len, u64 key)
{
	*vec_push(&x->places) = (struct mapped_at){x->task[task].space, addr,
		(len + 4095) & ~UINT64_C(4095), key, x->task[task].sem_name != 0};
}

/* The newest that covers it, made in this space, or in one it was copied from before it was. */
static const struct mapped_at *find(const struct exec *x, u64 space, u64 addr)
{
	size_t n = x->places.n;

	for (;;) {
		for (size_t i = n; i-- > 0;) {
			const struct mapped_at *p = &x->places.at[i];

			if (p->space == space && addr - p->addr < p->len)
				return p;
		}
		if (!x->spaces.at[space].parent)
			return NULL;
		n = x->spaces.at[space].places;
		space = x->spaces.at[space].parent - 1;
	}
}

u64 place_key(struct exec *x, u32 task, u64 addr)
{
	const struct xtask *k = &x->task[task];
	const struct mapped_at *p = find(x, k->space, addr);

	if (p)
		return mix(p->key, (addr - p->addr) >> 2) | 1;
	/* private to the process */
	return mix(mix(0x9417, k->space), addr >> 2) | 1;
}
