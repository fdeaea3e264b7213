/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The frames of a site with their registers, and what DWARF expressions say in them. Memory is the
 * recorded stack only; what lies elsewhere is unknown. (libdw's own walk tells no registers before
 * its version 0.188, so the rules of the call frame information are followed here.) */
#include <stdlib.h>
#include <string.h>

#include "source/dwarf.h"

enum { STACK_DEPTH = 64, OPERATIONS_MAX = 1000 };

bool stack_word(const struct note_site *site, u64 addr, u64 *word)
{
	u64 off = addr - site->sp;

	if (addr < site->sp || site->stack_len < sizeof *word ||
		off > site->stack_len - sizeof *word)
		return false;
	memcpy(word, site->stack + off, sizeof *word);
	return true;
}

/* ---- expressions ---- */

struct machine {
	const struct expression *e;
	const struct registers *r;
	u64 stack[STACK_DEPTH];
	u32 n;
	u32 nest; /* frame bases within */
};

static bool run(struct machine *, struct place_of *);

static bool push(struct machine *m, u64 value)
{
	if (m->n == STACK_DEPTH)
		return false;
	m->stack[m->n++] = value;
	return true;
}

static bool push_register(struct machine *m, u64 number, u64 plus)
{
	return number < REGISTERS && m->r->known[number] && push(m, m->r->value[number] + plus);
}

/* An address that lies in a table of addresses (.debug_addr). */
static bool push_indexed(struct machine *m, const Dwarf_Op *op, u64 bias)
{
	Dwarf_Attribute attr;
	Dwarf_Addr addr;

	return m->e->attr && !dwarf_getlocation_attr(m->e->attr, op, &attr) &&
	       !dwarf_formaddr(&attr, &addr) && push(m, addr + bias);
}

static bool push_frame_base(struct machine *m, u64 plus)
{
	Dwarf_Attribute attr;
	Dwarf_Op *ops;
	size_t n;
	struct expression e = *m->e;
	struct machine base = {.e = &e, .r = m->r, .nest = m->nest + 1};
	struct place_of at;

	if (!m->e->function || m->nest > 1 || !dwarf_attr(e.function, DW_AT_frame_base, &attr) ||
		dwarf_getlocation_addr(&attr, m->r->pc - e.bias, &ops, &n, 1) != 1)
		return false;
	e.ops = ops;
	e.n = n;
	e.attr = &attr;
	/* A register as frame base means what it holds. */
	return run(&base, &at) && push(m, at.at + plus);
}

static bool read_word(struct machine *m, u64 size)
{
	u64 word, addr;

	if (!m->n || !size || size > 8)
		return false;
	addr = m->stack[--m->n];
	if (!stack_word(m->r->site, addr, &word))
		return false;
	if (size < 8)
		word &= (1ull << 8 * size) - 1;
	return push(m, word);
}

static bool arithmetic(struct machine *m, u8 atom)
{
	u64 a, b;

	if (m->n < 2)
		return false;
	b = m->stack[--m->n];
	a = m->stack[--m->n];
	switch (atom) {
	case DW_OP_plus: return push(m, a + b);
	case DW_OP_minus: return push(m, a - b);
	case DW_OP_mul: return push(m, a * b);
	case DW_OP_and: return push(m, a & b);
	case DW_OP_or: return push(m, a | b);
	case DW_OP_xor: return push(m, a ^ b);
	case DW_OP_shl: return push(m, b < 64 ? a << b : 0);
	case DW_OP_shr: return push(m, b < 64 ? a >> b : 0);
	case DW_OP_ge: return push(m, (i64)a >= (i64)b);
	default: return false;
	}
}

static bool stack_order(struct machine *m, u8 atom)
{
	u64 top;

	if (m->n < (atom == DW_OP_dup || atom == DW_OP_drop ? 1 : 2))
		return false;
	top = m->stack[m->n - 1];
	switch (atom) {
	case DW_OP_dup: return push(m, top);
	case DW_OP_drop: m->n--; return true;
	case DW_OP_over: return push(m, m->stack[m->n - 2]);
	default:
		m->stack[m->n - 1] = m->stack[m->n - 2];
		m->stack[m->n - 2] = top;
		return true;
	}
}

/* One operation that leaves its result on the stack. Those that need what was not recorded (the
 * registers at the function's entry, thread-local memory) are refused, as are unknown ones. */
static bool operation(struct machine *m, const Dwarf_Op *op)
{
	u8 atom = op->atom;

	if (atom >= DW_OP_lit0 && atom <= DW_OP_lit31)
		return push(m, atom - DW_OP_lit0);
	if (atom >= DW_OP_breg0 && atom <= DW_OP_breg31)
		return push_register(m, atom - DW_OP_breg0, op->number);
	switch (atom) {
	case DW_OP_nop: return true;
	case DW_OP_addr: return push(m, op->number + m->e->bias);
	case DW_OP_addrx:
	case DW_OP_GNU_addr_index: return push_indexed(m, op, m->e->bias);
	case DW_OP_constx:
	case DW_OP_GNU_const_index: return push_indexed(m, op, 0);
	case DW_OP_const1u:
	case DW_OP_const1s:
	case DW_OP_const2u:
	case DW_OP_const2s:
	case DW_OP_const4u:
	case DW_OP_const4s:
	case DW_OP_const8u:
	case DW_OP_const8s:
	case DW_OP_constu:
	case DW_OP_consts: return push(m, op->number);
	case DW_OP_bregx: return push_register(m, op->number, op->number2);
	case DW_OP_fbreg: return push_frame_base(m, op->number);
	case DW_OP_call_frame_cfa: return m->r->cfa_known && push(m, m->r->cfa);
	case DW_OP_deref: return read_word(m, 8);
	case DW_OP_deref_size: return read_word(m, op->number);
	case DW_OP_plus_uconst: return m->n && (m->stack[m->n - 1] += op->number, true);
	case DW_OP_dup:
	case DW_OP_drop:
	case DW_OP_over:
	case DW_OP_swap: return stack_order(m, atom);
	default: return arithmetic(m, atom);
	}
}

static bool run(struct machine *m, struct place_of *at)
{
	const Dwarf_Op *ops = m->e->ops;
	u8 first = m->e->n ? ops[0].atom : 0;

	if (!m->e->n || m->e->n > OPERATIONS_MAX)
		return false;
	if ((first >= DW_OP_reg0 && first <= DW_OP_reg31) || first == DW_OP_regx) {
		u64 number = first == DW_OP_regx ? ops[0].number : (u64)(first - DW_OP_reg0);
		if (m->e->n != 1 || !push_register(m, number, 0))
			return false;
		*at = (struct place_of){IS_VALUE, m->stack[0]};
		return true;
	}
	for (size_t i = 0; i < m->e->n; i++) {
		if (ops[i].atom == DW_OP_stack_value && m->n && i + 1 == m->e->n) {
			*at = (struct place_of){IS_VALUE, m->stack[m->n - 1]};
			return true;
		}
		if (!operation(m, &ops[i]))
			return false;
	}
	if (!m->n)
		return false;
	*at = (struct place_of){AT_ADDRESS, m->stack[m->n - 1]};
	return true;
}

bool expression_value(const struct expression *e, const struct registers *r, struct place_of *at)
{
	struct machine m = {.e = e, .r = r};

	return run(&m, at);
}

/* ---- frames ---- */

static bool frame_cfa(Dwarf_Frame *frame, struct registers *r)
{
	struct expression e = {0};
	struct place_of at;

	if (dwarf_frame_cfa(frame, &e.ops, &e.n) || !expression_value(&e, r, &at))
		return false;
	r->cfa = at.at;
	return r->cfa_known = true;
}

/* A register in the caller. The rules of x86-64's ABI hold where nothing is said: rbx, rbp and r12
 * to r15 are kept, the stack pointer becomes the CFA. */
static bool caller_register(Dwarf_Frame *frame, const struct registers *r, int number, u64 *value)
{
	struct expression e = {0};
	Dwarf_Op mem[3];
	struct place_of at;

	if (dwarf_frame_register(frame, number, mem, &e.ops, &e.n))
		return false;
	if (!e.n) {
		bool kept = !e.ops || number == 3 || number == 6 || (number >= 12 && number <= 15);
		if (number == REG_SP) {
			*value = r->cfa;
			return true;
		}
		*value = r->value[number];
		return kept && number != REG_PC && r->known[number];
	}
	if (!expression_value(&e, r, &at))
		return false;
	if (at.kind == IS_VALUE) {
		*value = at.at;
		return true;
	}
	return stack_word(r->site, at.at, value);
}

static Dwarf_Frame *frame_find(Dwfl_Module *mod, u64 pc)
{
	Dwarf_Frame *frame;
	Dwarf_Addr bias;
	Dwarf_CFI *cfi = dwfl_module_eh_cfi(mod, &bias);

	if (cfi && !dwarf_cfi_addrframe(cfi, pc - bias, &frame))
		return frame;
	cfi = dwfl_module_dwarf_cfi(mod, &bias);
	if (cfi && !dwarf_cfi_addrframe(cfi, pc - bias, &frame))
		return frame;
	return NULL;
}

/* The frame that called this one; *exact: it was interrupted, its pc is no return address. */
static bool frame_caller(
	Dwarf_Frame *frame, const struct registers *r, struct registers *up, bool *exact)
{
	*up = (struct registers){.site = r->site};
	if (dwarf_frame_info(frame, NULL, NULL, exact) < 0)
		return false;
	for (int i = 0; i < REGISTERS; i++)
		up->known[i] = caller_register(frame, r, i, &up->value[i]);
	/* Outwards only: a made-up stack must come to an end. */
	return up->known[REG_PC] && up->value[REG_PC] && up->known[REG_SP] &&
	       up->value[REG_SP] > r->value[REG_SP];
}

void frames_walk(Dwfl *dwfl, const struct note_site *site, frame_seen *seen, void *arg)
{
	struct registers r = {.site = site}, up;
	bool exact = false; /* the innermost stands behind its system call */

	for (int i = 0; i < REGISTERS; i++) {
		r.value[i] = site->regs[i];
		r.known[i] = true;
	}
	for (u32 n = 0; n < FRAMES_MAX; n++) {
		Dwarf_Frame *frame;
		Dwfl_Module *mod;
		bool more;
		r.pc = r.value[REG_PC] - !exact;
		mod = dwfl_addrmodule(dwfl, r.pc);
		frame = mod ? frame_find(mod, r.pc) : NULL;
		if (frame)
			frame_cfa(frame, &r);
		more = mod && seen(arg, mod, &r) && frame && r.cfa_known &&
		       frame_caller(frame, &r, &up, &exact);
		free(frame);
		if (!more)
			return;
		r = up;
	}
}
