/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/lib.h"

#include <time.h>

u64 clock_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (u64)t.tv_sec * 1000000000u + (u64)t.tv_nsec;
}
