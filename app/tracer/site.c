/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A position is a site: registers and up to 4 KiB of stack, copied at a stop, once per site. Which
 * site it is, is told by the program counter and the words of the stack that point into code, at
 * their places: the return addresses are among them. Stale words make a second site of one place,
 * never one site of two. Unwinding is source/'s, later. */
#include <stdio.h>
#include <stdlib.h>

#include "tracer/private.h"

enum { STACK_KEPT = 4096 };

/* Lines of /proc/PID/maps: those of files with an executable mapping, and their ranges. */
static bool maps_read(struct tracer *t, struct tracee *x, struct str *text)
{
	char path[64], *line = NULL, last[512] = "";
	size_t cap = 0;
	struct str held = {0}; /* lines of the file at hand, until one of them is executable */
	bool wanted = false;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/maps", (int)x->tid);
	f = fopen(path, "re");
	if (!f)
		return false;
	t->exec_ranges.n = 0;
	while (getline(&line, &cap, f) > 0) {
		unsigned long long start, end;
		char perm[8], name[512] = "";
		if (sscanf(line, "%llx-%llx %7s %*s %*s %*s %511[^\n]", &start, &end, perm, name) < 3)
			continue;
		if (strcmp(name, last)) {
			if (wanted)
				str_add(text, str_get(&held));
			str_clear(&held);
			wanted = false;
			snprintf(last, sizeof last, "%s", name);
		}
		str_add(&held, line);
		if (perm[2] == 'x') {
			wanted |= name[0] == '/' || name[0] == '[';
			*vec_push(&t->exec_ranges) = (struct map_range){start, end};
		}
	}
	if (wanted)
		str_add(text, str_get(&held));
	str_finish(&held);
	free(line);
	fclose(f);
	return true;
}

static bool maps_note(struct tracer *t, struct tracee *x, struct err *err)
{
	struct str text = {0};
	struct note_maps body;
	struct rec *r;
	bool ok = true;

	if (!maps_read(t, x, &text))
		return true;
	x->map = ++t->maps_n;
	x->map_stale = false;
	t->exec_map = x->map;
	body = (struct note_maps){.map = x->map, .text_len = (u32)text.len};
	r = emit_begin(t, REC_MAPS, x, sizeof body + text.len, err, &ok);
	if (r) {
		memcpy(r + 1, &body, sizeof body);
		memcpy((u8 *)(r + 1) + sizeof body, str_get(&text), text.len);
		emit_commit(t, r);
	}
	str_finish(&text);
	return ok;
}

static bool in_code(const struct tracer *t, u64 word)
{
	for (size_t i = 0; i < t->exec_ranges.n; i++)
		if (word - t->exec_ranges.at[i].start < t->exec_ranges.at[i].end - t->exec_ranges.at[i].start)
			return true;
	return false;
}

static u64 site_key(const struct tracer *t, const struct tracee *x, const arch_regs *regs, const u64 *stack, size_t words)
{
	u64 key = hash64(x->map, &(u64){arch_pc(regs)}, 8);
	size_t found = 0;

	for (size_t i = 0; i < words && found < 32; i++)
		if (stack[i] > 0xffff && in_code(t, stack[i])) {
			u64 pair[2] = {i, stack[i]};
			key = hash64(key, pair, sizeof pair);
			found++;
		}
	return key ? key : 1;
}

/* The place of a key in an open-addressed table; 0 there: it is new. */
static u32 *slot_find(struct site_slot **slots, u32 *cap, u32 used, u64 key)
{
	u32 k;

	if (2 * (used + 1) > *cap) {
		struct site_slot *old = *slots, *grown;
		u32 n = *cap, mask = (n ? 2 * n : 256) - 1;
		grown = xmalloc((mask + 1) * sizeof *grown);
		for (u32 i = 0; i < n; i++) {
			if (!old[i].site)
				continue;
			for (k = (u32)old[i].key & mask; grown[k].site; k = (k + 1) & mask)
				;
			grown[k] = old[i];
		}
		free(old);
		*slots = grown;
		*cap = mask + 1;
	}
	k = (u32)key & (*cap - 1);
	while ((*slots)[k].site && (*slots)[k].key != key)
		k = (k + 1) & (*cap - 1);
	(*slots)[k].key = key;
	return &(*slots)[k].site;
}

/* proc(5): field 48 of /proc/PID/stat, arg_start. Above it lie the strings of argv and environ: not
 * needed to unwind, and a recording may be given to others. */
static u64 ask_strings_at(pid_t tid)
{
	char path[64], buf[2048];
	const char *p;
	size_t n;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/stat", (int)tid);
	f = fopen(path, "re");
	n = f ? fread(buf, 1, sizeof buf - 1, f) : 0;
	if (f)
		fclose(f);
	buf[n] = '\0';
	p = strrchr(buf, ')'); /* the name, field 2, may hold anything */
	for (int field = 2; p && field < 48; field++)
		p = strchr(p + 1, ' ');
	return p ? strtoull(p, NULL, 10) : 0;
}

static size_t stack_wanted(struct tracee *x, u64 sp)
{
	if (!x->strings_at && !(x->strings_at = ask_strings_at(x->tid)))
		x->strings_at = UINT64_MAX;
	return x->strings_at - sp < STACK_KEPT ? (size_t)(x->strings_at - sp) & ~(size_t)7 : STACK_KEPT;
}

/* The picture of its address space is known, and its ranges are those at hand. */
static bool picture_at_hand(struct tracer *t, struct tracee *x, u64 pc, struct err *err)
{
	/* A program counter outside the picture: a library was loaded since. */
	if (!x->map || x->map_stale || t->exec_map != x->map || !in_code(t, pc)) {
		bool known = x->map && !x->map_stale && t->exec_map != x->map;
		if (known) { /* another process's picture was read last: only the ranges are needed */
			struct str text = {0};
			maps_read(t, x, &text);
			str_finish(&text);
			t->exec_map = x->map;
		}
		if ((!known || !in_code(t, pc)) && !maps_note(t, x, err))
			return false;
	}
	return true;
}

bool site_is_code(struct tracer *t, struct tracee *x, u64 word)
{
	return word > 0xffff && x->map && t->exec_map == x->map && in_code(t, word);
}

u32 site_from(struct tracer *t, struct tracee *x, const arch_regs *regs, struct err *err)
{
	u64 stack[STACK_KEPT / 8];
	size_t got;
	u32 *site;
	bool ok;

	if (t->deaf || x->siteless || !picture_at_hand(t, x, arch_pc(regs), err))
		return 0;
	got = memory_read(x->tid, arch_sp(regs), stack, stack_wanted(x, arch_sp(regs)));
	site = slot_find(&t->sites, &t->sites_cap, t->sites_n, site_key(t, x, regs, stack, got / 8));
	if (!*site) {
		struct note_site body = {.site = ++t->sites_n, .map = x->map, .stack_len = (u32)got, .sp = arch_sp(regs)};
		struct rec *r = emit_begin(t, REC_SITE, x, sizeof body + got, err, &ok);
		*site = body.site;
		if (!r)
			return 0;
		arch_dwarf_regs(regs, body.regs);
		memcpy(r + 1, &body, sizeof body);
		memcpy((u8 *)(r + 1) + sizeof body, stack, got);
		emit_commit(t, r);
	}
	return *site;
}

u32 site_copy(struct tracer *t, struct tracee *x, struct err *err)
{
	arch_regs regs;

	return t->deaf || !arch_get_regs(x->tid, &regs) ? 0 : site_from(t, x, &regs, err);
}

u32 site_once(struct tracer *t, struct tracee *x, u64 pc, struct err *err)
{
	u64 words[2] = {(u64)x->map, pc};
	u32 *slot;

	if (!x->map) /* the first site of this address space makes its picture */
		return site_copy(t, x, err);
	slot = slot_find(&t->once, &t->once_cap, t->once_n, hash64(1, words, sizeof words));
	if (!*slot && (*slot = site_copy(t, x, err)))
		t->once_n++;
	return *slot;
}
