/* SPDX-License-Identifier: GPL-3.0-or-later */
/* RFC 5531, section 9: a call is xid, 0, 2, program, version, procedure, credential, verifier, arguments; an accepted
 * reply xid, 1, 0, verifier, 0, results. A credential or verifier is flavour, length, and that many bytes. */
#include <stdio.h>
#include <string.h>

#include "view/ladder.h"

struct reading {
	const u8 *bytes;
	u32 held, at;
	struct rpc *rpc;
	bool ok;
};

static u32 word_at(const u8 *p)
{
	return (u32)p[0] << 24 | (u32)p[1] << 16 | (u32)p[2] << 8 | p[3];
}

static void field(struct reading *r, u32 len, const char *name)
{
	struct rpc_field *f = &r->rpc->field[r->rpc->n];

	if (r->rpc->n == RPC_FIELDS_MAX || r->held - r->at < len) {
		r->ok = false;
		return;
	}
	f->off = r->at;
	f->len = len;
	snprintf(f->name, sizeof f->name, "%s", name);
	r->rpc->n++;
	r->at += len;
}

static u32 word(struct reading *r, const char *name, bool with_value)
{
	char text[24];
	u32 value = r->held - r->at >= 4 ? word_at(r->bytes + r->at) : 0;

	if (with_value)
		snprintf(text, sizeof text, "%s %d", name, (int)value);
	field(r, 4, with_value ? text : name);
	return value;
}

/* `times`: credential and verifier, or the verifier alone. */
static void auth(struct reading *r, int times)
{
	u32 len = 0;

	while (times-- && r->held - r->at >= len + 8) {
		u32 body = word_at(r->bytes + r->at + len + 4);

		if (body > 400) {
			r->ok = false;
			return;
		}
		len += 8 + (body + 3) / 4 * 4;
	}
	field(r, len, "auth");
}

bool rpc_read(const u8 *bytes, u32 held, u64 length, struct rpc *rpc)
{
	struct reading r = {bytes, held, 0, rpc, true};
	u32 kind;

	*rpc = (struct rpc){0};
	if (held < 24 || length % 4)
		return false;
	kind = word_at(bytes + 4);
	if (kind > 1 || word_at(bytes + 8) != (kind ? 0 : 2))
		return false;
	rpc->reply = kind;
	rpc->xid = word(&r, "xid", true);
	word(&r, kind ? "reply" : "call", false);
	word(&r, kind ? "accepted" : "RPC v2", false);
	if (!kind) {
		word(&r, "program", false);
		word(&r, "version", false);
		rpc->procedure = word(&r, "proc", true);
	}
	auth(&r, kind ? 1 : 2);
	if (kind)
		word(&r, "status", true);
	if (r.ok && length == held && held - r.at == 4) {
		rpc->has_value = true;
		rpc->value = (i32)word(&r, "int", true);
	} else if (r.ok && held > r.at) {
		field(&r, held - r.at, "data");
	}
	return r.ok;
}

void rung_bytes(const struct rung *r, u32 most, struct str *out)
{
	bool text = true;

	for (u32 i = 0; i < r->held && i < r->length; i++)
		text = text && (r->bytes[i] >= ' ' || r->bytes[i] == '\n' || (!r->bytes[i] && i + 1 == r->length));
	if (text || r->length % 4 || r->length > r->held || r->length > most) {
		words_bytes(r->bytes, r->held < most ? r->held : most, r->length, out);
		return;
	}
	for (u32 i = 0; i < r->length; i++)
		str_addf(out, "%s%02x", i && i % 4 == 0 ? " " : "", r->bytes[i]);
}

void rung_label(const struct rung *r, struct str *out)
{
	struct rpc rpc;

	if (!r->held || !rpc_read(r->bytes, r->held, r->length, &rpc)) {
		if (r->held && r->length)
			rung_bytes(r, 16, out);
		else
			str_addf(out, "%llu byte%s", (unsigned long long)r->length, r->length == 1 ? "" : "s");
		return;
	}
	if (rpc.reply)
		str_add(out, "reply");
	else
		str_addf(out, "call %u", rpc.procedure);
	if (rpc.has_value)
		str_addf(out, rpc.reply ? " %d" : "(%d)", rpc.value);
	str_addf(out, ", xid %u", rpc.xid);
}

bool ladder_count(const struct ladder *l, u32 proc, u32 xid, u32 *calls, u32 *replies)
{
	struct rpc rpc;

	*calls = *replies = 0;
	if (ladder_relays(l, proc))
		return false;
	for (size_t i = 0; i < l->list.n; i++) {
		const struct rung *r = &l->list.at[i];

		if (!r->held || !rpc_read(r->bytes, r->held, r->length, &rpc) || rpc.xid != xid)
			continue;
		*calls += !rpc.reply && r->taken && r->to == proc;
		*replies += rpc.reply && r->from == proc;
	}
	return *calls > 0;
}
