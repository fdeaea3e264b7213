/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every kind of access for which gcc and clang have a hook of its own; at any -O it links and
 * computes the same. */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

struct small {
	short a, b, c, d;
};
struct big {
	int numbers[300];
};
struct __attribute__((packed)) packed {
	char one;
	int four;
	long eight;
};
struct shared {
	char c;
	short s;
	int i;
	long l;
	float f;
	double d;
	long double ld;
	__int128 wide;
	volatile int watched;
	unsigned bits : 3, more : 7;
	struct small small, small2;
	struct big big, big2;
	struct packed packed;
	atomic_char ac;
	atomic_short as;
	atomic_int ai;
	atomic_long al;
	atomic_bool flag;
	void *pointer;
	__attribute__((aligned(16))) __int128 sixteen;
};

static long plain(struct shared *s, long n)
{
	s->c += (char)n;
	s->s = (short)(s->c + 1);
	s->i = s->s * 2;
	s->l = s->i + n;
	s->f = (float)s->l;
	s->d = s->f / 2;
	s->ld = s->d + 1;
	s->wide = (__int128)s->ld << 3;
	s->watched++;
	s->bits = (unsigned)n & 7;
	s->more += s->bits;
	s->small = (struct small){1, 2, 3, (short)n};
	s->small2 = s->small;
	s->big.numbers[n] = (int)n;
	s->big2 = s->big;
	s->packed.four = (int)n;
	s->packed.eight = s->packed.four + 1;
	s->pointer = &s->packed;
	memcpy(&s->small, &s->small2, sizeof s->small);
	memset(&s->big, 0, sizeof s->big);
	return s->more + s->small.d + s->big2.numbers[n] + s->packed.eight + (long)s->wide +
	       s->watched;
}

#define ATOMICS(p, old)                                                                   \
	(atomic_store(p, 3), atomic_fetch_add(p, 5), atomic_fetch_sub(p, 1),              \
		atomic_fetch_or(p, 8), atomic_fetch_and(p, 0x1e), atomic_fetch_xor(p, 2), \
		old = 12, atomic_compare_exchange_strong(p, &old, 40),                    \
		atomic_compare_exchange_weak(p, &old, 50),                                \
		atomic_exchange_explicit(                                                 \
			p, (__typeof__(old))(atomic_load(p) + 1), memory_order_release),  \
		(long)atomic_load_explicit(p, memory_order_acquire) + old)

static long atomics(struct shared *s)
{
	char c = 12;
	short h = 12;
	int i = 12;
	long l = 12, sum;
	__int128 *w = &s->sixteen;

	sum = ATOMICS(&s->ac, c) + ATOMICS(&s->as, h) + ATOMICS(&s->ai, i) + ATOMICS(&s->al, l);
	atomic_store(&s->flag, 1);
	sum += atomic_exchange(&s->flag, 0);
	sum += __atomic_fetch_nand(&s->i, 7, __ATOMIC_RELAXED);
	while (!__sync_bool_compare_and_swap(w, *w, *w + ((__int128)7 << 64)))
		;
	sum += (long)(__sync_val_compare_and_swap(w, 0, 1) >> 64);
	atomic_thread_fence(memory_order_seq_cst);
	atomic_signal_fence(memory_order_seq_cst);
	return sum;
}

int main(void)
{
	struct shared *s =
		mmap(NULL, sizeof *s, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	long total = 0;

	if (s == MAP_FAILED)
		return 1;
	for (long n = 0; n < 5; n++)
		total += plain(s, n) + atomics(s);
	printf("%ld\n", total);
	return 0;
}
