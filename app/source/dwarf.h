/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Between those files of source that know libdw. What libdw gives lives as long as the picture it
 * came from, until another picture is asked for; what is told of it outside is copied.
 * DWARF may be damaged or made up: lists are followed forwards only, chains and depths are bounded. */
#ifndef SOURCE_DWARF_H
#define SOURCE_DWARF_H

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <elfutils/libdwfl.h>

#include "source/private.h"

/* ---- unwind.c ---- */
struct dies; /* what is known of the DIEs of one picture */
/* The modules of a picture, NULL when there are none; *dies is the place to keep what belongs to
 * it, NULL at first; dies_destroy is called with it. */
Dwfl *unwinder_modules(struct unwinder *, const struct note_maps *, struct dies ***dies);
bool module_is_system(const char *path);
/* The compilation unit of an address; bias: what is to be taken from an address to get the unit's. */
Dwarf_Die *unit_find(Dwfl_Module *, Dwarf_Addr pc, Dwarf_Addr *bias);

/* ---- units.c ---- */
/* An attribute of a DIE or of what it completes (specification, abstract origin). */
Dwarf_Attribute *die_attr(Dwarf_Die *, unsigned name, Dwarf_Attribute *);
const char *die_name(Dwarf_Die *); /* NULL when it has none */
bool die_type(Dwarf_Die *, Dwarf_Die *type);
bool die_flag(Dwarf_Die *, unsigned name);
bool die_number(Dwarf_Die *, unsigned name, u64 *value); /* false: none, value is untouched */
/* for (bool more = die_child(die, &c); more; more = die_next(&c)) */
bool die_child(Dwarf_Die *, Dwarf_Die *child);
bool die_next(Dwarf_Die *);
bool unit_own(Dwarf_Die *unit); /* compiled from the program's own files */
/* With -gsplit-dwarf the unit proper, which lies in a file beside. */
Dwarf_Die unit_whole(Dwarf_Die *unit);
/* The units of the program's own modules, one after the other, beginning with {0}. */
struct unit_walk {
	Dwfl_Module *module;
	Dwarf_Addr bias; /* to be added to the unit's addresses */
	Dwarf_Die *next, unit;
	bool own; /* compiled from the program's own files */
};
typedef bool unit_seen(void *arg, struct unit_walk *); /* false: enough */
void units_walk(struct dies *, unit_seen *, void *arg);

/* ---- dies.c ---- */
struct dies *dies_create(struct sources *, Dwfl *);
void dies_destroy(struct dies *);
Dwfl *dies_modules(const struct dies *);
/* The type that a type DIE is; what it points to is made, too. Never NULL. */
const struct type *dies_type(struct dies *, Dwarf_Die *type);
/* "struct ring", "item"; NULL unknown. */
const struct type *dies_named(struct dies *, const char *name);
/* Variables with an address of their own, kept for pointers.c, which makes and sorts them. */
struct variable {
	u64 start; /* run-time address */
	Dwarf_Die die;
	bool own;
};
struct variables {
	VEC(struct variable) v;
	bool made;
};
struct variables *dies_variables(struct dies *);

/* ---- frames.c ---- */
enum { REGISTERS = 17, REG_SP = 7, REG_PC = 16 };
struct registers { /* of one frame */
	u64 value[REGISTERS];
	bool known[REGISTERS];
	u64 cfa;
	bool cfa_known;
	u64 pc; /* an address within the call: one before where it returns to */
	const struct note_site *site;
};
struct place_of { /* where a variable is, or what it holds */
	enum { AT_ADDRESS, IS_VALUE } kind;
	u64 at;
};
struct expression {
	Dwarf_Op *ops;
	size_t n;
	Dwarf_Attribute *attr; /* where the ops came from; NULL: call frame information */
	Dwarf_Die *function;   /* for DW_OP_fbreg; NULL: none */
	u64 bias;              /* to be added to addresses of the module */
};
bool expression_value(const struct expression *, const struct registers *, struct place_of *);
bool stack_word(const struct note_site *, u64 addr, u64 *word);
/* Calls `seen` for every frame of a site, innermost first, until it says false. */
typedef bool frame_seen(void *arg, Dwfl_Module *, const struct registers *);
void frames_walk(Dwfl *, const struct note_site *, frame_seen *, void *arg);

/* ---- pointers.c ---- */
typedef void target_found(void *arg, u64 value, const struct type *of, const char *name, bool own);
/* The variable, or the member of one, at a run-time address. False when there is none. */
bool pointer_global(struct dies *, u64 at, u64 value, target_found *, void *arg);
/* The variable, or the member of one, at a run-time address, by its name. False when there is none. */
bool global_path(struct dies *, u64 at, struct str *path, const struct type **leaf);
/* The pointers among the locals of a site. *lost: the name of one that the compiler kept nowhere. */
void pointer_locals(
	struct dies *, const struct note_site *, const char **lost, target_found *, void *arg);

#endif
