/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each access is one of C, one small function for each size and kind; what is here is compiled with
 * hooks, and nothing else of the target is. */
#include <string.h>

#include "oracle/memory.h"

typedef unsigned __int128 u128;

unsigned char own_memory[4096] __attribute__((aligned(64)));

static u128 wide(uint64_t v)
{
	return (u128)v << 64 | ~v;
}

#define CELL(T, name, VALUE)                                                              \
	static uint64_t load_##name(T *at, enum flavour f)                                \
	{                                                                                 \
		switch (f) {                                                              \
		case VOLATILE: return (uint64_t) * (volatile T *)at;                      \
		case ATOMIC: return (uint64_t)__atomic_load_n(at, __ATOMIC_SEQ_CST);      \
		case RELAXED: return (uint64_t)__atomic_load_n(at, __ATOMIC_RELAXED);     \
		default: return (uint64_t)*at;                                            \
		}                                                                         \
	}                                                                                 \
	static void store_##name(T *at, enum flavour f, uint64_t v)                       \
	{                                                                                 \
		switch (f) {                                                              \
		case VOLATILE: *(volatile T *)at = (T)VALUE(v); break;                    \
		case ATOMIC: __atomic_store_n(at, (T)VALUE(v), __ATOMIC_SEQ_CST); break;  \
		case RELAXED: __atomic_store_n(at, (T)VALUE(v), __ATOMIC_RELEASE); break; \
		default: *at = (T)VALUE(v);                                               \
		}                                                                         \
	}                                                                                 \
	static void add_##name(T *at, uint64_t v)                                         \
	{                                                                                 \
		__atomic_fetch_add(at, (T)v, __ATOMIC_ACQ_REL);                           \
	}                                                                                 \
	static void exchange_##name(T *at, uint64_t v)                                    \
	{                                                                                 \
		__atomic_exchange_n(at, (T)VALUE(v), __ATOMIC_SEQ_CST);                   \
	}                                                                                 \
	static bool compare_##name(T *at, uint64_t expected, uint64_t v)                  \
	{                                                                                 \
		T e = (T)VALUE(expected);                                                 \
		return __atomic_compare_exchange_n(                                       \
			at, &e, (T)VALUE(v), false, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED);  \
	}
#define AS_IT_IS(v) (v)
CELL(uint8_t, 1, AS_IT_IS)
CELL(uint16_t, 2, AS_IT_IS)
CELL(uint32_t, 4, AS_IT_IS)
CELL(uint64_t, 8, AS_IT_IS)
CELL(u128, 16, wide)

#define BY_SIZE(what, ...)                      \
	switch (size) {                         \
	case 1: return what##_1(__VA_ARGS__);   \
	case 2: return what##_2(__VA_ARGS__);   \
	case 4: return what##_4(__VA_ARGS__);   \
	case 16: return what##_16(__VA_ARGS__); \
	default: return what##_8(__VA_ARGS__);  \
	}

uint64_t cell_load(void *at, int size, enum flavour f)
{
	BY_SIZE(load, at, f)
}

void cell_store(void *at, int size, enum flavour f, uint64_t v)
{
	BY_SIZE(store, at, f, v)
}

void cell_add(void *at, int size, uint64_t v)
{
	BY_SIZE(add, at, v)
}

void cell_exchange(void *at, int size, uint64_t v)
{
	BY_SIZE(exchange, at, v)
}

bool cell_compare_exchange(void *at, int size, uint64_t expected, uint64_t v)
{
	BY_SIZE(compare, at, expected, v)
}

/* ---- structs ---- */

struct item24 {
	uint64_t a;
	uint32_t b;
	uint16_t c;
	uint8_t d, e;
	uint64_t f;
};
struct item40 {
	uint64_t a[5];
};
struct item72 {
	uint32_t a;
	char name[60];
	uint64_t b;
};

#define ITEM(n)                                                             \
	static void look_##n(const struct item##n *at)                      \
	{                                                                   \
		struct item##n here = *at;                                  \
		__asm__ volatile("" : : "m"(here));                         \
	}                                                                   \
	static void put_##n(struct item##n *at, const struct item##n *from) \
	{                                                                   \
		*at = *from;                                                \
	}
ITEM(24)
ITEM(40)
ITEM(72)

void cell_look(const void *at, int size)
{
	switch (size) {
	case 24: look_24(at); break;
	case 40: look_40(at); break;
	default: look_72(at);
	}
}

static void put(void *at, const void *from, int size)
{
	switch (size) {
	case 24: put_24(at, from); break;
	case 40: put_40(at, from); break;
	default: put_72(at, from);
	}
}

void cell_put(void *at, int size, uint64_t v)
{
	uint64_t here[9];

	for (unsigned i = 0; i < 9; i++)
		here[i] = v * (i + 1);
	put(at, here, size);
}

void cell_copy(void *to, const void *from, int size)
{
	put(to, from, size);
}

void cell_set(void *at, int size, uint64_t v)
{
	memset(at, (int)v, (size_t)size);
}

void cell_move(void *to, const void *from, int size)
{
	memcpy(to, from, (size_t)size);
}
