/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pointers in the program's own variables: globals by their address, locals by the registers and
 * the stack of a site. */
#include <stdlib.h>
#include <string.h>

#include "source/dwarf.h"

enum { BLOCKS_MAX = 16, VARIABLES_MAX = 1 << 20, LOCAL_BYTES = 4096 };

/* ---- globals ---- */

static bool variable_address(Dwarf_Die *die, u64 bias, u64 *addr)
{
	static const struct registers none;
	struct expression e = {.bias = bias};
	struct place_of at;
	Dwarf_Attribute attr;

	if (!dwarf_attr(die, DW_AT_location, &attr) ||
		dwarf_whatform(&attr) == DW_FORM_sec_offset ||
		dwarf_whatform(&attr) == DW_FORM_loclistx || dwarf_getlocation(&attr, &e.ops, &e.n))
		return false;
	if (e.n != 1 || (e.ops[0].atom != DW_OP_addr && e.ops[0].atom != DW_OP_addrx &&
				e.ops[0].atom != DW_OP_GNU_addr_index))
		return false;
	e.attr = &attr;
	if (!expression_value(&e, &none, &at))
		return false;
	*addr = at.at;
	return true;
}

struct gather {
	struct variables *to;
	u64 bias;
	bool own;
};

static void variables_gather(struct gather *g, Dwarf_Die *die, u32 nest)
{
	Dwarf_Die child;

	for (bool more = die_child(die, &child); more; more = die_next(&child)) {
		int tag = dwarf_tag(&child);
		u64 addr;
		if (tag == DW_TAG_variable && g->to->v.n < VARIABLES_MAX &&
			variable_address(&child, g->bias, &addr))
			*vec_push(&g->to->v) = (struct variable){addr, child, g->own};
		if (nest < BLOCKS_MAX &&
			(tag == DW_TAG_subprogram || tag == DW_TAG_lexical_block ||
				tag == DW_TAG_inlined_subroutine || tag == DW_TAG_namespace))
			variables_gather(g, &child, nest + 1);
	}
}

static bool variables_unit(void *arg, struct unit_walk *w)
{
	struct gather g = {.to = arg, .bias = w->bias, .own = w->own};

	variables_gather(&g, &w->unit, 0);
	return true;
}

static int variable_order(const void *a, const void *b)
{
	const struct variable *x = a, *y = b;

	return (x->start > y->start) - (x->start < y->start);
}

static void variables_make(struct dies *d, struct variables *all)
{
	all->made = true;
	units_walk(d, variables_unit, all);
	if (all->v.n)
		qsort(all->v.at, all->v.n, sizeof *all->v.at, variable_order);
}

/* The pointer at byte `off` of a variable: its target is found. */
static bool pointer_in(const struct type *t, u64 off, u64 value, const char *name, bool own,
	target_found *found, void *arg)
{
	const struct type *leaf;
	u64 leaf_off;

	if (t->kind == TYPE_POINTER && off == 0) {
		leaf = t;
		leaf_off = 0;
	} else if (!type_path(t, off, NULL, &leaf, &leaf_off) || leaf->kind != TYPE_POINTER ||
		   leaf_off != off) {
		return false;
	}
	found(arg, value, leaf->of, name ? name : "", own);
	return true;
}

/* How many begin at that address or before it. */
static size_t variables_until(struct dies *d, u64 at)
{
	struct variables *all = dies_variables(d);
	size_t low = 0, high;

	if (!all->made)
		variables_make(d, all);
	for (high = all->v.n; low < high;) {
		size_t middle = low + (high - low) / 2;
		if (all->v.at[middle].start <= at)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool global_path(struct dies *d, u64 at, struct str *path, const struct type **leaf)
{
	size_t last = variables_until(d, at);
	struct variables *all = dies_variables(d);
	struct str member = {0};
	bool found = false;
	Dwarf_Die type;

	for (size_t i = last; i > 0 && all->v.at[i - 1].start == all->v.at[last - 1].start && !found; i--) {
		struct variable *v = &all->v.at[i - 1];
		const char *name = die_name(&v->die);

		str_clear(&member);
		if (!name || !die_type(&v->die, &type) ||
			!type_path(dies_type(d, &type), at - v->start, &member, leaf, NULL))
			continue;
		str_add_harmless(path, name);
		str_add(path, !member.len || member.s[0] == '[' ? "" : ".");
		str_add(path, str_get(&member));
		found = true;
	}
	str_finish(&member);
	return found;
}

bool pointer_global(struct dies *d, u64 at, u64 value, target_found *found, void *arg)
{
	size_t low = variables_until(d, at);
	struct variables *all = dies_variables(d);
	Dwarf_Die type;

	/* One variable may have a DIE in several units. */
	for (size_t i = low; i > 0 && all->v.at[i - 1].start == all->v.at[low - 1].start; i--) {
		struct variable *v = &all->v.at[i - 1];
		if (die_type(&v->die, &type) &&
			pointer_in(dies_type(d, &type), at - v->start, value, die_name(&v->die),
				v->own, found, arg))
			return true;
	}
	return false;
}

/* ---- locals ---- */

struct locals {
	struct dies *dies;
	const struct registers *r;
	Dwarf_Die function;
	u64 bias;
	bool own;
	const char **lost;
	target_found *found;
	void *arg;
};

/* Where a variable is kept at a program counter. */
static bool local_place_at(struct locals *l, Dwarf_Attribute *attr, u64 pc, struct place_of *at)
{
	struct expression e = {.function = &l->function, .bias = l->bias, .attr = attr};
	Dwarf_Op *ops[4];
	size_t n[4];
	int found = dwarf_getlocation_addr(attr, pc - l->bias, ops, n, 4);

	for (int i = 0; i < found; i++) {
		e.ops = ops[i];
		e.n = n[i];
		if (expression_value(&e, l->r, at))
			return true;
	}
	return false;
}

/* Before a call a parameter may still be said to be in the register that the call overwrites (clang
 * does so), and where it goes to, only from the return address on. */
static bool local_place(struct locals *l, Dwarf_Die *die, struct place_of *at)
{
	Dwarf_Attribute attr;

	return dwarf_attr(die, DW_AT_location, &attr) &&
	       (local_place_at(l, &attr, l->r->pc, at) ||
		       local_place_at(l, &attr, l->r->pc + 1, at));
}

static void local_memory(struct locals *l, const struct type *t, u64 addr, const char *name)
{
	u64 size = t->size < LOCAL_BYTES ? t->size : LOCAL_BYTES, word;

	for (u64 off = 0; off + sizeof word <= size; off += sizeof word)
		if (stack_word(l->r->site, addr + off, &word) && word)
			pointer_in(t, off, word, name, l->own, l->found, l->arg);
}

static void local_look(struct locals *l, Dwarf_Die *die)
{
	const char *name = die_name(die);
	const struct type *t;
	struct place_of at;
	Dwarf_Die type;

	if (!die_type(die, &type))
		return;
	t = dies_type(l->dies, &type);
	if (t->kind != TYPE_POINTER && t->kind != TYPE_STRUCT && t->kind != TYPE_UNION &&
		t->kind != TYPE_ARRAY)
		return;
	if (!local_place(l, die, &at)) {
		if (t->kind == TYPE_POINTER && l->own && name && !*l->lost)
			*l->lost = name;
		return;
	}
	if (at.kind == AT_ADDRESS)
		local_memory(l, t, at.at, name);
	else if (t->kind == TYPE_POINTER && at.at)
		pointer_in(t, 0, at.at, name, l->own, l->found, l->arg);
}

/* The variables of the blocks and inlined functions around the program counter. Inner ones last:
 * who finds two of one kind keeps the later. */
static void locals_scope(struct locals *l, Dwarf_Die *scope, u32 nest)
{
	Dwarf_Addr pc = l->r->pc - l->bias;
	Dwarf_Die child;

	for (bool more = die_child(scope, &child); more; more = die_next(&child)) {
		int tag = dwarf_tag(&child);
		if (tag == DW_TAG_variable || tag == DW_TAG_formal_parameter)
			local_look(l, &child);
	}
	if (nest >= BLOCKS_MAX)
		return;
	for (bool more = die_child(scope, &child); more; more = die_next(&child)) {
		int tag = dwarf_tag(&child);
		if ((tag == DW_TAG_lexical_block || tag == DW_TAG_inlined_subroutine) &&
			dwarf_haspc(&child, pc) > 0)
			locals_scope(l, &child, nest + 1);
	}
}

static bool function_find(Dwarf_Die *in, Dwarf_Addr pc, Dwarf_Die *found, u32 nest)
{
	for (bool more = die_child(in, found); more; more = die_next(found)) {
		int tag = dwarf_tag(found);
		if (tag == DW_TAG_subprogram && dwarf_haspc(found, pc) > 0)
			return true;
		if (tag == DW_TAG_namespace && nest < BLOCKS_MAX) {
			Dwarf_Die inner;
			if (function_find(found, pc, &inner, nest + 1)) {
				*found = inner;
				return true;
			}
		}
	}
	return false;
}

static bool locals_frame(void *arg, Dwfl_Module *mod, const struct registers *r)
{
	struct locals *l = arg;
	Dwarf_Die *unit, whole;
	Dwarf_Addr bias;

	if (module_is_system(dwfl_module_info(mod, NULL, NULL, NULL, NULL, NULL, NULL, NULL)))
		return true;
	unit = unit_find(mod, r->pc, &bias);
	if (!unit)
		return true;
	whole = unit_whole(unit);
	l->r = r;
	l->bias = bias;
	l->own = unit_own(unit);
	if (function_find(&whole, r->pc - bias, &l->function, 0))
		locals_scope(l, &l->function, 0);
	return true;
}

void pointer_locals(struct dies *d, const struct note_site *site, const char **lost,
	target_found *found, void *arg)
{
	struct locals l = {.dies = d, .lost = lost, .found = found, .arg = arg};

	*lost = NULL;
	frames_walk(dies_modules(d), site, locals_frame, &l);
}
