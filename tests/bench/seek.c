/* SPDX-License-Identifier: GPL-3.0-or-later */
/* seek FILE.ipclog: folds a recording, then goes to 200 events picked by chance. Prints on stderr:
 * events, bytes of the log, bytes of memory of its own (without the mapped log), ns of the fold, ns
 * of the slowest seek, ns of the median. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "world/lib.h"

enum { SEEKS = 200 };

static u64 own_memory(void)
{
	char line[256];
	unsigned long kib = 0;
	FILE *f = fopen("/proc/self/status", "re");

	while (f && fgets(line, sizeof line, f))
		if (sscanf(line, "RssAnon: %lu kB", &kib) == 1)
			break;
	if (f)
		fclose(f);
	return kib * 1024;
}

static int compare(const void *a, const void *b)
{
	u64 x = *(const u64 *)a, y = *(const u64 *)b;

	return x < y ? -1 : x > y;
}

int main(int argc, char **argv)
{
	struct err err = {0};
	struct log_reader *reader = argc > 1 ? log_reader_open(argv[1], &err) : NULL;
	struct timeline *t;
	struct stat st;
	u64 took[SEEKS], fold, begin, x = 88172645463325252ull;

	if (!reader || stat(argv[1], &st) < 0) {
		fprintf(stderr, "%s\n", err.text);
		return 1;
	}
	begin = clock_ns();
	t = timeline_create(reader);
	timeline_update(t);
	fold = clock_ns() - begin;
	for (int i = 0; i < SEEKS; i++) {
		x ^= x << 13, x ^= x >> 7, x ^= x << 17;
		begin = clock_ns();
		if (!timeline_seek_event(t, 1 + x % timeline_events(t)))
			return 1;
		took[i] = clock_ns() - begin;
	}
	qsort(took, SEEKS, sizeof *took, compare);
	fprintf(stderr, "%lu %lu %lu %lu %lu %lu\n", timeline_events(t), (u64)st.st_size,
		own_memory(), fold, took[SEEKS - 1], took[SEEKS / 2]);
	timeline_destroy(t);
	log_reader_close(reader);
	return 0;
}
