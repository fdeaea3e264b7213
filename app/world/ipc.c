/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Calls and open files of the objects of world/ipc.h, each to its family's rule. A family adds a row here and keeps
 * its rules in a file of its own. */
#include "world/private.h"

static const struct ipc_rule *const call_rules[CALL_COUNT] = {
	[CALL_none] = NULL,
};

static const struct ipc_file_rule *const file_rules[] = {
	[OBJ_FILE] = NULL,
};

const struct ipc_file_rule *ipc_file_rule(u32 object_kind)
{
	return object_kind < ARRAY_LEN(file_rules) ? file_rules[object_kind] : NULL;
}

/* read and write belong to the kind of open file they are made on. */
static const struct ipc_rule *rule_of(const struct world *w, u32 task)
{
	const struct w_op *op = &w->task[task].op;
	const struct ipc_file_rule *file;

	if (op->call < CALL_COUNT && call_rules[op->call])
		return call_rules[op->call];
	file = op->file ? ipc_file_rule(w->file[op->file].kind) : NULL;
	if (!file)
		return NULL;
	switch (call_class(op->call)) {
	case CLASS_READ: return file->read;
	case CLASS_WRITE: return file->write;
	default: return NULL;
	}
}

bool ipc_has_rule(unsigned call)
{
	return call < CALL_COUNT && call_rules[call];
}

void ipc_enter(struct world *w, u32 task, const struct ev_enter *ev)
{
	const struct ipc_rule *rule = rule_of(w, task);

	if (rule && rule->enter)
		rule->enter(w, task, ev);
}

void ipc_exit(struct world *w, u32 task, const struct ev_exit *ev, u32 rec_flags)
{
	const struct ipc_rule *rule = rule_of(w, task);

	if (!rule)
		return;
	if (rec_flags & EVF_RESTART)
		ipc_drop(w, task);
	else if (rule->exit)
		rule->exit(w, task, ev);
	flow_op_nothing(w, task);
}

void ipc_drop(struct world *w, u32 task)
{
	const struct ipc_rule *rule = rule_of(w, task);

	if (rule && rule->drop)
		rule->drop(w, task);
	flow_op_nothing(w, task);
}

void ipc_lost(struct world *w, u32 task)
{
	const struct ipc_rule *rule = rule_of(w, task);

	if (rule && rule->drop)
		rule->drop(w, task);
	flow_op_lost(w, task);
}
