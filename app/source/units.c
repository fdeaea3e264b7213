/* SPDX-License-Identifier: GPL-3.0-or-later */
/* DIEs, attributes and units. DWARF may be damaged: siblings are followed forwards only, references
 * a bounded number of times (libdw bounds neither). */
#include <stdio.h>
#include <string.h>

#include "source/dwarf.h"

/* ---- DIEs ---- */

Dwarf_Attribute *die_attr(Dwarf_Die *die, unsigned name, Dwarf_Attribute *attr)
{
	Dwarf_Die at = *die;

	for (int i = 0; i < 8; i++) {
		if (dwarf_attr(&at, name, attr))
			return attr;
		if (!dwarf_attr(&at, DW_AT_abstract_origin, attr) &&
			!dwarf_attr(&at, DW_AT_specification, attr))
			return NULL;
		if (!dwarf_formref_die(attr, &at))
			return NULL;
	}
	return NULL;
}

const char *die_name(Dwarf_Die *die)
{
	Dwarf_Attribute attr;

	return die_attr(die, DW_AT_name, &attr) ? dwarf_formstring(&attr) : NULL;
}

bool die_type(Dwarf_Die *die, Dwarf_Die *type)
{
	Dwarf_Attribute attr;

	return die_attr(die, DW_AT_type, &attr) && dwarf_formref_die(&attr, type);
}

bool die_child(Dwarf_Die *die, Dwarf_Die *child)
{
	return dwarf_child(die, child) == 0;
}

/* Forwards only: a damaged DW_AT_sibling may lead back. */
bool die_next(Dwarf_Die *die)
{
	Dwarf_Die next;

	if (dwarf_siblingof(die, &next) || next.addr <= die->addr)
		return false;
	*die = next;
	return true;
}

bool die_flag(Dwarf_Die *die, unsigned name)
{
	Dwarf_Attribute attr;
	bool value;

	return dwarf_attr(die, name, &attr) && !dwarf_formflag(&attr, &value) && value;
}

bool die_number(Dwarf_Die *die, unsigned name, u64 *value)
{
	Dwarf_Attribute attr;
	Dwarf_Word word;

	if (!dwarf_attr(die, name, &attr) || dwarf_formudata(&attr, &word))
		return false;
	*value = word;
	return true;
}

/* ---- units ---- */

bool unit_own(Dwarf_Die *unit)
{
	const char *name = die_name(unit);
	Dwarf_Attribute attr;
	const char *dir = dwarf_attr(unit, DW_AT_comp_dir, &attr) ? dwarf_formstring(&attr) : NULL;
	char path[4096];

	if (!name)
		return false;
	if (name[0] == '/' || !dir)
		return !path_is_system(name);
	snprintf(path, sizeof path, "%s/%s", dir, name);
	return !path_is_system(path);
}

Dwarf_Die unit_whole(Dwarf_Die *unit)
{
	Dwarf_Half version;
	uint8_t kind;
	Dwarf_Die sub;

	if (!dwarf_cu_info(unit->cu, &version, &kind, NULL, &sub, NULL, NULL, NULL) &&
		kind == DW_UT_skeleton && dwarf_tag(&sub))
		return sub;
	return *unit;
}

struct module_walk {
	struct dies *dies;
	unit_seen *seen;
	void *arg;
};

static int walk_module(Dwfl_Module *mod, void **user, const char *name, Dwarf_Addr start, void *arg)
{
	struct module_walk *m = arg;
	struct unit_walk w = {.module = mod};
	Dwarf_Die *last = NULL;

	(void)user, (void)start;
	if (module_is_system(name))
		return DWARF_CB_OK;
	while ((w.next = dwfl_module_nextcu(mod, w.next, &w.bias))) {
		if (last && w.next->addr <= last->addr)
			break;
		last = w.next;
		w.own = unit_own(w.next);
		w.unit = unit_whole(w.next);
		if (!m->seen(m->arg, &w))
			return DWARF_CB_ABORT;
	}
	return DWARF_CB_OK;
}

void units_walk(struct dies *d, unit_seen *seen, void *arg)
{
	struct module_walk m = {.dies = d, .seen = seen, .arg = arg};

	dwfl_getmodules(dies_modules(d), walk_module, &m, 0);
}
