/* SPDX-License-Identifier: GPL-3.0-or-later */
/* C11 and C++ atomics: told first, then done, always sequentially consistent (interleavings are all
 * that is shown). */
#include "hook/runtime.h"

typedef unsigned __int128 u128;
typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;

#define TELL(p, how, order)                                                                \
	do {                                                                               \
		if (hook_maybe_shared(p))                                                  \
			hook_access(p, sizeof *(p),                                        \
				(how) | HOOK_ATOMIC | (long)((order)&0xff) << 16, CALLER); \
	} while (0)

#define HEAD(type, name, ...)            \
	type __tsan_##name(__VA_ARGS__); \
	type __tsan_##name(__VA_ARGS__)

/* fetch_add and its like for one width; DO(op, p, v) gives the value before. */
#define FETCH(bits, op, DO)                                                           \
	HEAD(u##bits, atomic##bits##_##op, volatile u##bits *p, u##bits v, int order) \
	{                                                                             \
		TELL(p, HOOK_UPDATE, order);                                          \
		return DO(op, p, v);                                                  \
	}

#define EVERY(bits, LOAD, STORE, DO, COMPARE)                                                     \
	HEAD(u##bits, atomic##bits##_load, const volatile u##bits *p, int order)                  \
	{                                                                                         \
		TELL(p, HOOK_LOAD, order);                                                        \
		return LOAD((volatile u##bits *)p);                                               \
	}                                                                                         \
	HEAD(void, atomic##bits##_store, volatile u##bits *p, u##bits v, int order)               \
	{                                                                                         \
		TELL(p, HOOK_STORE, order);                                                       \
		STORE(p, v);                                                                      \
	}                                                                                         \
	FETCH(bits, exchange, DO)                                                                 \
	FETCH(bits, fetch_add, DO)                                                                \
	FETCH(bits, fetch_sub, DO)                                                                \
	FETCH(bits, fetch_and, DO)                                                                \
	FETCH(bits, fetch_or, DO)                                                                 \
	FETCH(bits, fetch_xor, DO)                                                                \
	FETCH(bits, fetch_nand, DO)                                                               \
	HEAD(int, atomic##bits##_compare_exchange_strong, volatile u##bits *p, u##bits *expected, \
		u##bits v, int order, int failure)                                                \
	{                                                                                         \
		(void)failure;                                                                    \
		TELL(p, HOOK_UPDATE, order);                                                      \
		return COMPARE(p, expected, v);                                                   \
	}                                                                                         \
	HEAD(int, atomic##bits##_compare_exchange_weak, volatile u##bits *p, u##bits *expected,   \
		u##bits v, int order, int failure)                                                \
	{                                                                                         \
		(void)failure;                                                                    \
		TELL(p, HOOK_UPDATE, order);                                                      \
		return COMPARE(p, expected, v);                                                   \
	}                                                                                         \
	HEAD(u##bits, atomic##bits##_compare_exchange_val, volatile u##bits *p, u##bits expected, \
		u##bits v, int order, int failure)                                                \
	{                                                                                         \
		(void)failure;                                                                    \
		TELL(p, HOOK_UPDATE, order);                                                      \
		COMPARE(p, &expected, v);                                                         \
		return expected;                                                                  \
	}

#define LOAD_N(p)          __atomic_load_n(p, __ATOMIC_SEQ_CST)
#define STORE_N(p, v)      __atomic_store_n(p, v, __ATOMIC_SEQ_CST)
#define exchange_N(p, v)   __atomic_exchange_n(p, v, __ATOMIC_SEQ_CST)
#define fetch_add_N(p, v)  __atomic_fetch_add(p, v, __ATOMIC_SEQ_CST)
#define fetch_sub_N(p, v)  __atomic_fetch_sub(p, v, __ATOMIC_SEQ_CST)
#define fetch_and_N(p, v)  __atomic_fetch_and(p, v, __ATOMIC_SEQ_CST)
#define fetch_or_N(p, v)   __atomic_fetch_or(p, v, __ATOMIC_SEQ_CST)
#define fetch_xor_N(p, v)  __atomic_fetch_xor(p, v, __ATOMIC_SEQ_CST)
#define fetch_nand_N(p, v) __atomic_fetch_nand(p, v, __ATOMIC_SEQ_CST)
#define DO_N(op, p, v)     op##_N(p, v)
#define COMPARE_N(p, expected, v) \
	__atomic_compare_exchange_n(p, expected, v, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)

EVERY(8, LOAD_N, STORE_N, DO_N, COMPARE_N)
EVERY(16, LOAD_N, STORE_N, DO_N, COMPARE_N)
EVERY(32, LOAD_N, STORE_N, DO_N, COMPARE_N)
EVERY(64, LOAD_N, STORE_N, DO_N, COMPARE_N)

/* 16 bytes: cmpxchg16b, since __atomic_* would need libatomic. */
static u128 swap128(volatile u128 *p, u128 old, u128 v)
{
	return __sync_val_compare_and_swap(p, old, v);
}

static bool compare128(volatile u128 *p, u128 *expected, u128 v)
{
	u128 was = swap128(p, *expected, v);
	bool done = was == *expected;

	if (!done)
		*expected = was;
	return done;
}

#define exchange_VALUE(old, v)   (v)
#define fetch_add_VALUE(old, v)  ((old) + (v))
#define fetch_sub_VALUE(old, v)  ((old) - (v))
#define fetch_and_VALUE(old, v)  ((old) & (v))
#define fetch_or_VALUE(old, v)   ((old) | (v))
#define fetch_xor_VALUE(old, v)  ((old) ^ (v))
#define fetch_nand_VALUE(old, v) (~((old) & (v)))
#define LOAD_16(p)               swap128(p, 0, 0)
#define DO_16(op, p, v)                                            \
	({                                                         \
		u128 old_ = LOAD_16(p);                            \
		while (!compare128(p, &old_, op##_VALUE(old_, v))) \
			;                                          \
		old_;                                              \
	})
#define STORE_16(p, v) ((void)DO_16(exchange, p, v))

EVERY(128, LOAD_16, STORE_16, DO_16, compare128)

HEAD(void, atomic_thread_fence, int order)
{
	(void)order;
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

HEAD(void, atomic_signal_fence, int order)
{
	(void)order;
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
}
