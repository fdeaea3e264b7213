/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The table of shared mappings. Hooks read it and signal handlers may change it at any time, so
 * there is no lock: a place is taken by compare-and-swap and shown by its last store. Full, it
 * takes no more: accesses to what found no place are not told, the world finds them by comparing.
 */
#include "hook/runtime.h"

enum { RANGES = 1024 };
#define TAKEN 1u /* of start: being filled in (mappings begin at a page) */

static struct range {
	uintptr_t start, end; /* start 0: free */
} ranges[RANGES];
static unsigned used; /* no place from here on was ever taken */

uintptr_t hook_low = UINTPTR_MAX, hook_high;
static uintptr_t low = UINTPTR_MAX, high; /* of the table; hook_low and hook_high may be wider */

#define LOAD(x)     __atomic_load_n(&(x), __ATOMIC_ACQUIRE)
#define STORE(x, v) __atomic_store_n(&(x), v, __ATOMIC_RELEASE)
#define SWAP(x, old, v) \
	__atomic_compare_exchange_n(&(x), &(old), v, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)

static void lower(uintptr_t *bound, uintptr_t v)
{
	uintptr_t old = LOAD(*bound);

	while (v < old && !SWAP(*bound, old, v))
		;
}

static void raise(uintptr_t *bound, uintptr_t v)
{
	uintptr_t old = LOAD(*bound);

	while (v > old && !SWAP(*bound, old, v))
		;
}

static void cover(uintptr_t start, uintptr_t end)
{
	lower(&low, start);
	raise(&high, end);
	lower(&hook_low, start);
	raise(&hook_high, end);
}

static uintptr_t page_up(uintptr_t n)
{
	return (n + 4095) & ~(uintptr_t)4095;
}

static bool place(uintptr_t start, uintptr_t end)
{
	for (unsigned i = 0; i < RANGES; i++) {
		uintptr_t free = 0;

		if (!SWAP(ranges[i].start, free, start | TAKEN))
			continue;
		STORE(ranges[i].end, end);
		STORE(ranges[i].start, start);
		for (unsigned n = LOAD(used); n < i + 1 && !SWAP(used, n, i + 1);)
			;
		return true;
	}
	return false;
}

void ranges_add(uintptr_t start, size_t bytes)
{
	uintptr_t end = start + page_up(bytes);

	ranges_remove(start, bytes); /* MAP_FIXED over something */
	if (place(start, end))
		cover(start, end);
}

/* The range at i, as it is at one moment; false when there is none. */
static bool get(unsigned i, struct range *r)
{
	do {
		r->start = LOAD(ranges[i].start);
		if (!r->start || r->start & TAKEN)
			return false;
		r->end = LOAD(ranges[i].end);
	} while (LOAD(ranges[i].start) != r->start);
	return true;
}

bool ranges_remove(uintptr_t start, size_t bytes)
{
	uintptr_t end = start + page_up(bytes);
	bool found = false;
	struct range r;

	for (unsigned i = 0; i < LOAD(used); i++) {
		uintptr_t old;

		if (!get(i, &r) || r.end <= start || end <= r.start)
			continue;
		found = true;
		old = r.start;
		if (r.start < start) {
			if (end < r.end)
				place(end, r.end);
			STORE(ranges[i].end, start);
		} else
			SWAP(ranges[i].start, old, end < r.end ? end : 0);
	}
	return found;
}

bool ranges_contain(uintptr_t address)
{
	struct range r;

	if (address < low || address >= high)
		return false;
	for (unsigned i = 0; i < LOAD(used); i++)
		if (get(i, &r) && address >= r.start && address < r.end)
			return true;
	return false;
}

size_t ranges_size(uintptr_t start)
{
	struct range r;

	for (unsigned i = 0; i < LOAD(used); i++)
		if (get(i, &r) && r.start == start)
			return r.end - r.start;
	return 0;
}

void ranges_everything(bool on)
{
	hook_low = on ? 0 : low;
	hook_high = on ? UINTPTR_MAX : high;
}
