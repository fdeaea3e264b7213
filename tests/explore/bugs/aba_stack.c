/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A stack by compare-and-swap: its top comes back and means something else. */
/* explore: WRONG */
#include "../program.h"

static struct { atomic_int top; int next[4]; atomic_int taken[4]; } *s;
static int pop(void)
{
	int t, n;

	do {
		t = atomic_load(&s->top);
		if (!t)
			return 0;
		n = s->next[t];
	} while (!atomic_compare_exchange_strong(&s->top, &t, n));
	return t;
}
static void push(int t)
{
	int old = atomic_load(&s->top);

	do
		s->next[t] = old;
	while (!atomic_compare_exchange_strong(&s->top, &old, t));
}
static void one(int me) { int t = pop(); (void)me; if (t) atomic_fetch_add(&s->taken[t], 1); }
static void two(int me)
{
	int a = pop(), b = pop();

	(void)me;
	if (b)
		atomic_fetch_add(&s->taken[b], 1);
	if (a)
		push(a);
}
int main(void)
{
	int t;

	s = shared(sizeof *s);
	for (int i = 3; i >= 1; i--)
		push(i);
	start(one, 0);
	start(two, 0);
	wait_all();
	while ((t = pop()))
		atomic_fetch_add(&s->taken[t], 1);
	for (int i = 1; i < 4; i++)
		if (s->taken[i] != 1)
			return 1;
	return 0;
}
