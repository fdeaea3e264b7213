/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The block: pools at fixed offsets, checkpoint, restore, equality of bytes. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "world/private.h"

/* Elements at most, at full size; halved together with the block where the system refuses it. */
static const struct {
	u32 size, cap;
} kinds[POOL_COUNT] = {
	[POOL_TASK] = {sizeof(struct w_task), 1u << 21},
	[POOL_PROC] = {sizeof(struct w_proc), 1u << 21},
	[POOL_FDT] = {sizeof(struct w_fdt), 1u << 20},
	[POOL_FD] = {sizeof(struct w_fd), 1u << 23},
	[POOL_FILE] = {sizeof(struct w_file), 1u << 22},
	[POOL_PIPE] = {sizeof(struct w_pipe), 1u << 20},
	[POOL_SLOT] = {sizeof(struct w_slot), 1u << 24},
	[POOL_SPAN] = {sizeof(struct w_span), 1u << 23},
	[POOL_TEXT] = {1, 1u << 26},
	[POOL_SEGMENT] = {sizeof(struct w_segment), 1u << 18},
	[POOL_MAP] = {sizeof(struct w_map), 1u << 20},
	[POOL_LINE] = {sizeof(struct w_line), 1u << 22},
	[POOL_BUCKET] = {sizeof(u32), 1u << 22},
	[POOL_SYNC] = {sizeof(struct w_sync), 1u << 20},
	[POOL_LOOKS] = {sizeof(struct w_looks), 1u << 19},
	[POOL_OUTER] = {sizeof(struct w_outer), 1u << 18},
	[POOL_FLOW] = {sizeof(struct w_flow), 1u << 20},
	[POOL_SOCKET] = {sizeof(struct w_socket), 1u << 20},
	[POOL_QUEUE] = {sizeof(struct w_queue), 1u << 16},
	[POOL_SEMS] = {sizeof(struct w_sems), 1u << 16},
	[POOL_SEM] = {sizeof(struct w_sem), 1u << 20},
	[POOL_COUNTER] = {sizeof(struct w_counter), 1u << 20},
	[POOL_WATCH] = {sizeof(struct w_watch), 1u << 20},
	[POOL_LOCK] = {sizeof(struct w_lock), 1u << 20},
	[POOL_CARRY] = {sizeof(struct w_carry), 1u << 20},
	[POOL_SEMOP] = {sizeof(struct w_semop), 1u << 20},
};

#define PAGE_ROUND(n) (((n) + 4095) & ~(size_t)4095)

static size_t layout(struct world *w, unsigned shift, size_t offset[POOL_COUNT])
{
	size_t at = PAGE_ROUND(sizeof(struct block_head));

	for (int i = 0; i < POOL_COUNT; i++) {
		w->cap[i] = kinds[i].cap >> shift;
		offset[i] = at;
		at += PAGE_ROUND((size_t)w->cap[i] * kinds[i].size);
	}
	return at;
}

static void set_pointers(struct world *w, const size_t offset[POOL_COUNT])
{
	w->h = (struct block_head *)w->base;
	w->task = (struct w_task *)(w->base + offset[POOL_TASK]);
	w->proc = (struct w_proc *)(w->base + offset[POOL_PROC]);
	w->fdt = (struct w_fdt *)(w->base + offset[POOL_FDT]);
	w->fd = (struct w_fd *)(w->base + offset[POOL_FD]);
	w->file = (struct w_file *)(w->base + offset[POOL_FILE]);
	w->pipe = (struct w_pipe *)(w->base + offset[POOL_PIPE]);
	w->slot = (struct w_slot *)(w->base + offset[POOL_SLOT]);
	w->span = (struct w_span *)(w->base + offset[POOL_SPAN]);
	w->text = (char *)(w->base + offset[POOL_TEXT]);
	w->segment = (struct w_segment *)(w->base + offset[POOL_SEGMENT]);
	w->map = (struct w_map *)(w->base + offset[POOL_MAP]);
	w->line = (struct w_line *)(w->base + offset[POOL_LINE]);
	w->bucket = (u32 *)(w->base + offset[POOL_BUCKET]);
	w->sync = (struct w_sync *)(w->base + offset[POOL_SYNC]);
	w->looks = (struct w_looks *)(w->base + offset[POOL_LOOKS]);
	w->outer = (struct w_outer *)(w->base + offset[POOL_OUTER]);
	w->flow = (struct w_flow *)(w->base + offset[POOL_FLOW]);
	w->socket = (struct w_socket *)(w->base + offset[POOL_SOCKET]);
	w->queue = (struct w_queue *)(w->base + offset[POOL_QUEUE]);
	w->sems = (struct w_sems *)(w->base + offset[POOL_SEMS]);
	w->sem = (struct w_sem *)(w->base + offset[POOL_SEM]);
	w->counter = (struct w_counter *)(w->base + offset[POOL_COUNTER]);
	w->watch = (struct w_watch *)(w->base + offset[POOL_WATCH]);
	w->lock = (struct w_lock *)(w->base + offset[POOL_LOCK]);
	w->carry = (struct w_carry *)(w->base + offset[POOL_CARRY]);
	w->semop = (struct w_semop *)(w->base + offset[POOL_SEMOP]);
}

struct world *world_create(void)
{
	struct world *w = xmalloc(sizeof *w);
	size_t offset[POOL_COUNT];

	/* NORESERVE: address space only. Where even that is limited (ulimit -v), less of it. */
	for (unsigned shift = 0; shift < 12; shift++) {
		w->bytes = layout(w, shift, offset);
		w->base = mmap(NULL, w->bytes, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
		if (w->base != MAP_FAILED)
			break;
	}
	if (w->base == MAP_FAILED)
		abort(); /* as xmalloc: not even a MiB of address space is left */
	set_pointers(w, offset);
	for (int i = 0; i < POOL_COUNT; i++)
		w->h->use[i].n = 1;
	return w;
}

void world_destroy(struct world *w)
{
	if (!w)
		return;
	munmap(w->base, w->bytes);
	free(w);
}

static u8 *pool_base(const struct world *w, enum pool p)
{
	u8 *const bases[POOL_COUNT] = {
		(u8 *)w->task,
		(u8 *)w->proc,
		(u8 *)w->fdt,
		(u8 *)w->fd,
		(u8 *)w->file,
		(u8 *)w->pipe,
		(u8 *)w->slot,
		(u8 *)w->span,
		(u8 *)w->text,
		(u8 *)w->segment,
		(u8 *)w->map,
		(u8 *)w->line,
		(u8 *)w->bucket,
		(u8 *)w->sync,
		(u8 *)w->looks,
		(u8 *)w->outer,
		(u8 *)w->flow,
		(u8 *)w->socket,
		(u8 *)w->queue,
		(u8 *)w->sems,
		(u8 *)w->sem,
		(u8 *)w->counter,
		(u8 *)w->watch,
		(u8 *)w->lock,
		(u8 *)w->carry,
		(u8 *)w->semop,
	};

	return bases[p];
}

static u32 *pool_words(const struct world *w, enum pool p, u32 index)
{
	return (u32 *)(pool_base(w, p) + (size_t)index * kinds[p].size);
}

u32 pool_take(struct world *w, enum pool p)
{
	struct pool_use *use = &w->h->use[p];
	u32 index = use->free;
	u32 *words;

	if (index) {
		words = pool_words(w, p, index);
		use->free = words[1];
		words[1] = 0;
	} else if (use->n < w->cap[p]) {
		index = use->n++;
		words = pool_words(w, p, index);
	} else {
		world_drift(w, "the log holds more than a world has room for");
		return 0;
	}
	words[0] = 1;
	return index;
}

void pool_give(struct world *w, enum pool p, u32 index)
{
	u32 *words = pool_words(w, p, index);

	memset(words, 0, kinds[p].size);
	words[1] = w->h->use[p].free;
	w->h->use[p].free = index;
}

void block_zero(void *at, size_t n)
{
	memset(at, 0, n);
}

u32 text_add(struct world *w, const char *s, size_t n)
{
	struct pool_use *use = &w->h->use[POOL_TEXT];
	u32 off = 1;

	n = strnlen(s, n);
	if (n == 0)
		return 0;
	while (off < use->n && off < TEXT_SEARCHED) {
		size_t len = strlen(w->text + off);
		if (len == n && memcmp(w->text + off, s, n) == 0)
			return off;
		off += (u32)len + 1;
	}
	if (n + 1 > w->cap[POOL_TEXT] - use->n) {
		world_drift(w, "the log holds more text than a world has room for");
		return 0;
	}
	off = use->n;
	memcpy(w->text + off, s, n);
	use->n += (u32)n + 1;
	return off;
}

/* ---- checkpoints ---- */

struct checkpoint {
	size_t bytes;
	u8 data[]; /* head, then the used part of each pool */
};

static size_t used_bytes(const struct block_head *h, enum pool p)
{
	return (size_t)h->use[p].n * kinds[p].size;
}

struct checkpoint *world_checkpoint(const struct world *w)
{
	size_t bytes = sizeof *w->h;
	struct checkpoint *c;
	u8 *to;

	for (int i = 0; i < POOL_COUNT; i++)
		bytes += used_bytes(w->h, i);
	c = xmalloc(sizeof *c + bytes);
	c->bytes = bytes;
	to = c->data;
	memcpy(to, w->h, sizeof *w->h);
	to += sizeof *w->h;
	for (int i = 0; i < POOL_COUNT; i++) {
		memcpy(to, pool_base(w, i), used_bytes(w->h, i));
		to += used_bytes(w->h, i);
	}
	return c;
}

void world_restore(struct world *w, const struct checkpoint *c)
{
	size_t had[POOL_COUNT];
	const u8 *from = c->data + sizeof *w->h;

	for (int i = 0; i < POOL_COUNT; i++)
		had[i] = used_bytes(w->h, i);
	memcpy(w->h, c->data, sizeof *w->h);
	for (int i = 0; i < POOL_COUNT; i++) {
		size_t n = used_bytes(w->h, i);
		memcpy(pool_base(w, i), from, n);
		if (had[i] > n)
			memset(pool_base(w, i) + n, 0, had[i] - n);
		from += n;
	}
}

size_t checkpoint_bytes(const struct checkpoint *c)
{
	return sizeof *c + c->bytes;
}

void checkpoint_destroy(struct checkpoint *c)
{
	free(c);
}

bool world_equal_bytes(const struct world *a, const struct world *b)
{
	if (memcmp(a->h, b->h, sizeof *a->h) != 0)
		return false;
	for (int i = 0; i < POOL_COUNT; i++)
		if (memcmp(pool_base(a, i), pool_base(b, i), used_bytes(a->h, i)) != 0)
			return false;
	return true;
}
