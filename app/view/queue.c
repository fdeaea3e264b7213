/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Message queues and System V semaphores in words: a call, what came of it, why it waits; and the mailbox: a queue
 * with its messages in the order in which they go out, and those who wait for one in turn. */
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>

#include "view/private.h"
#include "view/stage.h"

/* "mq1 "/A"", "msg1" */
static void add_queue(const struct scene *s, u32 queue, struct str *out)
{
	const struct w_queue *q = world_queue(s->world, queue);
	const char *title = q ? world_text(s->world, q->title) : "";
	char name[24];

	if (!q) {
		str_add(out, "a queue");
		return;
	}
	str_add(out, world_object_name(s->world, OBJ_MQ, queue, name));
	if (!title[0])
		return;
	str_add(out, " \"");
	str_add_escaped(out, title, strlen(title));
	str_add(out, "\"");
}

void words_queue_name(const struct scene *s, u32 queue, struct str *out)
{
	add_queue(s, queue, out);
}

static void add_sem(const struct scene *s, u32 sem, struct str *out)
{
	const struct w_sem *x = world_sem(s->world, sem);
	char name[24];

	if (x)
		str_addf(out, "%s[%u]", world_object_name(s->world, OBJ_SEMS, x->set, name), x->index);
}

static void add_body(const struct scene *s, u64 pos, u64 size, struct str *out)
{
	const u8 *bytes;
	u32 n;

	if (size && bytes_of_write(s->log, pos, &bytes, &n))
		words_bytes(bytes, n < size ? n : (size_t)size, size, out);
	else
		str_addf(out, "%llu byte%s", (unsigned long long)size, size == 1 ? "" : "s");
}

/* ---- calls ---- */

static void add_wanted(const struct w_op *op, struct str *out)
{
	long long type = (long long)(i64)op->arg;

	if (op->fd2 & MSG_COPY)
		str_addf(out, "a copy of message %lld", type);
	else if (type == 0)
		str_add(out, "any type");
	else if (type < 0)
		str_addf(out, "the lowest type up to %lld", -type);
	else
		str_addf(out, op->fd2 & MSG_EXCEPT ? "any type but %lld" : "type %lld", type);
}

static void op_transfer(const struct scene *s, u32 task, const struct w_op *op, bool bytes, struct str *out)
{
	bool mq = op->call == CALL_mq_timedsend || op->call == CALL_mq_timedreceive, plain = s->style == STYLE_PLAIN;
	bool send = op->call == CALL_mq_timedsend || op->call == CALL_msgsnd, timed = mq && op->arg != TIME_NONE;
	u32 queue = op->object ? op->object : world_op_queue(s->world, task);
	char name[24];

	str_add(out, mq ? send ? timed ? "mq_timedsend" : "mq_send" : timed ? "mq_timedreceive" : "mq_receive" : call_name(op->call));
	str_add(out, plain ? "" : "(");
	if (!plain && mq)
		str_addf(out, "%d", op->fd);
	else if (!plain)
		str_add(out, queue ? world_object_name(s->world, OBJ_MQ, queue, name) : "?");
	if (send && bytes) {
		str_add(out, plain ? " of " : ", ");
		add_body(s, op->pos, op->size, out);
	}
	if (send && (bytes || !mq) && (!mq || op->fd2))
		str_addf(out, mq ? ", priority %d" : ", type %d", mq ? op->fd2 : (int)op->arg);
	if (op->call == CALL_msgrcv) {
		str_add(out, plain ? " of " : ", ");
		add_wanted(op, out);
	}
	if (!plain) {
		str_add(out, ")");
		return;
	}
	str_add(out, send ? " to " : " from ");
	if (mq)
		str_addf(out, "fd %d", op->fd);
	else
		add_queue(s, queue, out);
}

/* Its parts, from the log: the world keeps them only while the call is open. */
static void op_sem(const struct scene *s, const struct w_op *op, struct str *out)
{
	bool plain = s->style == STYLE_PLAIN;
	const u8 *bytes;
	struct sembuf part;
	char name[24];
	u32 n = 0;

	str_add(out, op->call == CALL_semtimedop && op->arg == TIME_NONE ? "semop" : call_name(op->call));
	str_add(out, plain ? " of " : "(");
	str_add(out, op->object ? world_object_name(s->world, OBJ_SEMS, op->object, name) : "an unknown set");
	if (!bytes_of_write(s->log, op->pos, &bytes, &n))
		n = 0;
	for (u32 off = 0; off + sizeof part <= n && off < 4 * sizeof part; off += (u32)sizeof part) {
		memcpy(&part, bytes + off, sizeof part);
		str_addf(out, "%s[%u] ", off ? ", " : plain ? ": " : ", ", part.sem_num);
		if (part.sem_op)
			str_addf(out, "%+d", part.sem_op);
		else
			str_add(out, "wait for 0");
	}
	str_add(out, plain ? "" : ")");
}

static const char *control_name(const struct w_op *op)
{
	static const char *const names[] = {[IPC_RMID] = "IPC_RMID", [IPC_SET] = "IPC_SET", [IPC_STAT] = "IPC_STAT",
		[GETPID] = "GETPID", [GETVAL] = "GETVAL", [GETALL] = "GETALL", [GETNCNT] = "GETNCNT", [GETZCNT] = "GETZCNT",
		[SETVAL] = "SETVAL", [SETALL] = "SETALL"};

	return op->arg < ARRAY_LEN(names) && names[op->arg] && (op->call == CALL_semctl || op->arg <= IPC_STAT)
		       ? names[op->arg] : "a question";
}

static void op_control(const struct scene *s, const struct w_op *op, struct str *out)
{
	bool plain = s->style == STYLE_PLAIN;
	char name[24] = "";

	if (op->call == CALL_shmctl && op->segment)
		world_segment_name(s->world, op->segment, name);
	else if (op->call == CALL_semctl && op->object)
		world_object_name(s->world, OBJ_SEMS, op->object, name);
	else if (op->call == CALL_msgctl && op->object)
		world_object_name(s->world, OBJ_MQ, op->object, name);
	str_addf(out, plain ? "%s of %s, %s" : "%s(%s, %s)", call_name(op->call), name[0] ? name : "an unknown id",
		control_name(op));
}

bool words_queue_op(const struct scene *s, u32 task, const struct w_op *op, bool bytes, struct str *out)
{
	const char *name = world_text(s->world, op->text);
	bool plain = s->style == STYLE_PLAIN;
	char shm[24];

	switch (op->call) {
	case CALL_mq_open:
	case CALL_mq_unlink:
		str_addf(out, plain ? "%s of \"" : "%s(\"", call_name(op->call));
		str_add_escaped(out, name, strlen(name));
		str_add(out, plain ? "\"" : "\")");
		return true;
	case CALL_mq_timedsend:
	case CALL_mq_timedreceive:
	case CALL_msgsnd:
	case CALL_msgrcv: op_transfer(s, task, op, bytes, out); return true;
	case CALL_mq_notify:
	case CALL_mq_getsetattr:
		str_addf(out, plain ? "%s of fd %d" : "%s(%d)", op->call == CALL_mq_notify ? "mq_notify"
			: op->arg == TIME_NONE ? "mq_getattr" : "mq_setattr", op->fd);
		return true;
	case CALL_semop:
	case CALL_semtimedop: op_sem(s, op, out); return true;
	case CALL_msgctl:
	case CALL_semctl:
	case CALL_shmctl: op_control(s, op, out); return true;
	case CALL_msgget:
	case CALL_semget:
	case CALL_shmget:
		str_addf(out, plain ? "%s of " : "%s(", call_name(op->call));
		if ((u32)op->arg)
			str_addf(out, "key 0x%x", (u32)op->arg);
		else
			str_add(out, "IPC_PRIVATE");
		str_add(out, plain ? "" : ")");
		return true;
	case CALL_shmat:
		str_addf(out, plain ? "shmat of %s" : "shmat(%s)",
			op->segment ? world_segment_name(s->world, op->segment, shm) : "an unknown id");
		return true;
	default: return false;
	}
}

/* ---- what came of it ---- */

static void result_got(const struct scene *s, u32 task, const struct w_op *op, i64 ret, struct str *out)
{
	const struct w_queue *q = world_queue(s->world, op->object);
	bool known = q && q->got[0].taker == task;

	str_add(out, " received ");
	add_body(s, known ? q->got[0].pos : 0, (u64)ret, out);
	if (known)
		str_addf(out, ", %s %llu,", q->sysv ? "type" : "priority", (unsigned long long)q->got[0].rank);
	str_add(out, " from ");
	add_queue(s, op->object, out);
	if (known && world_task(s->world, q->got[0].sender)) {
		str_add(out, ", sent by ");
		words_name(s, q->got[0].sender, out);
	}
}

static void result_made(const struct scene *s, const struct w_op *op, u32 kind, u32 object, struct str *out)
{
	char name[24];

	str_addf(out, " got %s by ", object ? world_object_name(s->world, kind, object, name) : "an object");
	words_queue_op(s, 0, op, false, out);
}

bool words_result_queue(const struct scene *s, const struct happening *h, const struct rec *r, struct str *out)
{
	const struct w_head *head = world_head(s->world);
	const struct w_op *op = &h->op;
	struct ev_exit e;

	memcpy(&e, rec_body(r), sizeof e);
	if (e.ret < 0)
		return false;
	switch (op->call) {
	case CALL_mq_timedreceive:
	case CALL_msgrcv: result_got(s, r->task, op, e.ret, out); break;
	case CALL_mq_timedsend:
	case CALL_msgsnd:
		str_add(out, " sent ");
		add_body(s, op->pos, op->size, out);
		str_addf(out, ", %s %llu, to ", op->call == CALL_msgsnd ? "type" : "priority",
			(unsigned long long)(op->call == CALL_msgsnd ? op->arg : (u64)(u32)op->fd2));
		add_queue(s, op->object, out);
		break;
	case CALL_mq_open:
	case CALL_msgget: result_made(s, op, OBJ_MQ, head->last_object_kind == OBJ_MQ ? head->last_object : 0, out); break;
	case CALL_semget: result_made(s, op, OBJ_SEMS, head->last_object_kind == OBJ_SEMS ? head->last_object : 0, out); break;
	case CALL_shmget:
	case CALL_shmat: result_made(s, op, OBJ_SEGMENT, head->last_segment, out); break;
	default: return false;
	}
	words_at(s, op->site, out);
	str_addf(out, ". Result %lld.\n", (long long)e.ret);
	return true;
}

/* ---- why ---- */

static void add_queue_state(const struct scene *s, u32 task, u32 queue, struct str *out)
{
	const struct w_queue *q = world_queue(s->world, queue);
	const struct w_task *t = world_task(s->world, task);
	bool receives = t->op.call == CALL_mq_timedreceive || t->op.call == CALL_msgrcv;

	add_queue(s, queue, out);
	if (receives && q->sysv && q->count > 0) {
		str_add(out, " holds no message of ");
		add_wanted(&t->op, out);
	} else if (receives) {
		str_add(out, " is empty");
	} else if (q->sysv) {
		str_addf(out, " has too little room: %lld message%s, of %llu bytes in all at most", (long long)q->count,
			q->count == 1 ? "" : "s", (unsigned long long)q->most);
	} else {
		str_addf(out, " is full: %lld of %llu messages", (long long)q->count, (unsigned long long)q->most);
	}
}

static void add_sem_state(const struct scene *s, u32 task, u32 sem, struct str *out)
{
	const struct w_sem *x = world_sem(s->world, sem);
	i32 delta = world_op_sem_delta(s->world, task, sem);

	add_sem(s, sem, out);
	if (!x)
		return;
	str_addf(out, " is %lld", (long long)x->value);
	if (delta < 0 && x->value > 0)
		str_addf(out, ", less than the %d it takes", -delta);
	else if (delta >= 0)
		str_add(out, ", not 0");
}

bool words_queue_reason(const struct scene *s, const struct why *y, struct str *out)
{
	if (y->object_kind == OBJ_MQ && world_queue(s->world, y->object))
		add_queue_state(s, y->task, y->object, out);
	else if (y->reason == WHY_SYSV_SEM)
		add_sem_state(s, y->task, (u32)y->off, out);
	else
		return false;
	return true;
}

bool words_queue_outlook(const struct scene *s, u32 task, struct str *out)
{
	u32 queue = world_op_queue(s->world, task), sem = world_op_sem(s->world, task);

	if (!queue && !sem)
		return false;
	str_add(out, ": ");
	if (queue)
		add_queue_state(s, task, queue, out);
	else
		add_sem_state(s, task, sem, out);
	return true;
}

/* ---- one fact a line ---- */

static u32 waiters(const struct scene *s, u32 queue, bool receive, u32 *tasks, u32 max)
{
	u32 n = 0;

	for (u32 i = 1; i < world_tasks(s->world); i++) {
		const struct w_task *t = world_task(s->world, i);
		u32 at = n;

		if (!t || t->state != TASK_BLOCKED || !t->op.open || world_op_queue(s->world, i) != queue || n == max ||
			receive != (t->op.call == CALL_mq_timedreceive || t->op.call == CALL_msgrcv))
			continue;
		for (; at > 0 && world_task(s->world, tasks[at - 1])->op.seq > t->op.seq; at--)
			tasks[at] = tasks[at - 1];
		tasks[at] = i;
		n++;
	}
	return n;
}

void words_queue(const struct scene *s, u32 queue, struct str *out)
{
	const struct w_queue *q = world_queue(s->world, queue);
	u32 tasks[8], n;

	if (!q)
		return;
	add_queue(s, queue, out);
	if (q->gone) {
		str_add(out, ", gone.\n");
		return;
	}
	str_addf(out, ", %lld message%s", (long long)q->count, q->count == 1 ? "" : "s");
	if (q->sysv)
		str_addf(out, ", room for %llu bytes", (unsigned long long)q->most);
	else
		str_addf(out, " of at most %llu", (unsigned long long)q->most);
	n = waiters(s, queue, true, tasks, 8);
	str_add(out, n ? ". Waiting to receive, in turn: " : "");
	for (u32 i = 0; i < n; i++) {
		str_add(out, i ? ", " : "");
		words_name(s, tasks[i], out);
	}
	str_add(out, ".\n");
}

/* ---- the mailbox ---- */

enum { CELLS_MAX = 6, CELL = 6, CELL_WIDE = 9, WIDE_MAX = 4, TURNS_MAX = 5, GOT_MAX = 12 };

static int cells_of(const struct w_queue *q)
{
	return q->sysv || q->most > CELLS_MAX ? CELLS_MAX : (int)q->most;
}

/* Columns of a cell. */
static int cell_cols(const struct w_queue *q)
{
	return cells_of(q) <= WIDE_MAX ? CELL_WIDE : CELL;
}

/* A message as a word, without the 0 that ends a string in C; one that is no text: its size. */
static void add_message(const u8 *bytes, size_t n, u64 size, size_t most, struct str *out)
{
	size_t len = n > 1 && n == size && !bytes[n - 1] ? n - 1 : n;

	for (size_t i = 0; i < len; i++)
		if (bytes[i] < ' ' && bytes[i] != '\n') {
			str_addf(out, "%llu B", (unsigned long long)size);
			return;
		}
	str_add_escaped(out, bytes, len < most ? len : most);
}

u32 mailbox_shown(const struct scene *s, const struct view_state *v)
{
	u32 queue = world_op_queue(s->world, v->selected), found = 0;
	const struct w_head *h = world_head(s->world);

	if (world_queue(s->world, queue) && !world_queue(s->world, queue)->gone)
		return queue;
	for (u32 i = 1; i < world_queues(s->world); i++) {
		const struct w_queue *q = world_queue(s->world, i);

		if (q && !q->gone && (!found || (h->last_object_kind == OBJ_MQ && h->last_object == i)))
			found = i;
	}
	return found;
}

static void draw_frames(struct canvas *c, struct area a, int row, int col, int cells, int wide)
{
	for (int i = 0; i <= cells; i++)
		for (int k = 0; k < 3; k++)
			canvas_put(c, a, row + k, col + i * (wide + 1), 0,
				k == 1 ? "\u2502" : i == 0 ? k ? "\u2514" : "\u250c" : i == cells ? k ? "\u2518" : "\u2510"
					  : k ? "\u2534" : "\u252c");
	for (int i = 0; i < cells; i++)
		for (int k = 0; k < wide; k++)
			for (int edge = 0; edge < 3; edge += 2)
				canvas_put(c, a, row + edge, col + 1 + i * (wide + 1) + k, 0, "\u2500");
}

static void draw_cells(struct canvas *c, struct area a, int row, int col, const struct scene *s, const struct w_queue *q)
{
	const struct w_flow *f = world_flow(s->world, q->flow);
	int cells = cells_of(q), wide = cell_cols(q);
	const struct w_span *m = world_span(s->world, f ? f->span_first : 0);

	draw_frames(c, a, row, col, cells, wide);
	/* What goes out first stands at the right, where they take it. */
	for (int i = cells - 1; i >= 0 && m; i--, m = world_span(s->world, m->next)) {
		int at = col + 1 + i * (wide + 1);
		struct str text = {0};
		const u8 *bytes;
		u32 n;

		if (bytes_of_write(s->log, m->pos, &bytes, &n))
			add_message(bytes, n < m->len ? n : (size_t)m->len, m->len, SIZE_MAX, &text);
		else
			str_addf(&text, "%llu B", (unsigned long long)m->len);
		canvas_put_cut(c, a, row + 1, at, wide, AT_STRONG, str_get(&text));
		canvas_putf(c, a, row + 2, at + 1, AT_DIM, "%s%llu", q->sysv ? "t" : "p", (unsigned long long)m->off);
		str_finish(&text);
	}
}

static void draw_title(struct canvas *c, struct area a, int row, const struct scene *s, u32 queue)
{
	const struct w_queue *q = world_queue(s->world, queue);
	struct str text = {0};

	str_add(&text, "mailbox ");
	add_queue(s, queue, &text);
	if (q->sysv)
		str_addf(&text, "   System V queue, room for %llu bytes", (unsigned long long)q->most);
	else
		str_addf(&text, "   POSIX queue, room for %llu message%s of up to %llu bytes",
			(unsigned long long)q->most, q->most == 1 ? "" : "s", (unsigned long long)q->size_most);
	canvas_put_cut(c, a, row, 3, a.cols - 4, AT_TITLE, str_get(&text));
	str_finish(&text);
}

static void draw_got(struct canvas *c, struct area a, int row, const struct scene *s, const struct w_queue *q)
{
	struct str text = {0};

	for (int i = (int)ARRAY_LEN(q->got); i-- > 0;) {
		const u8 *bytes;
		u32 n;

		if (!q->got[i].taker)
			continue;
		str_add(&text, text.len ? "   " : "");
		if (q->got[i].pos && bytes_of_write(s->log, q->got[i].pos, &bytes, &n))
			add_message(bytes, n < q->got[i].size ? n : (size_t)q->got[i].size, q->got[i].size, GOT_MAX, &text);
		else
			str_addf(&text, "%llu B", (unsigned long long)q->got[i].size);
		str_add(&text, " \u2192 ");
		words_name(s, q->got[i].taker, &text);
	}
	if (text.len) {
		canvas_put(c, a, row, 3, AT_TITLE, "got it");
		canvas_put_cut(c, a, row, 14, a.cols - 15, 0, str_get(&text));
	}
	str_finish(&text);
}

/* Who does something else than wait for this queue: a line each. */
static int draw_others(struct canvas *c, struct area a, int row, const struct scene *s, const struct view_state *v, u32 queue)
{
	int n = 0;

	for (u32 i = 1; i < world_tasks(s->world); i++) {
		const struct w_task *t = world_task(s->world, i);
		struct str text = {0}, at = {0};
		int col;

		if (!t || t->state >= TASK_ZOMBIE || (t->state == TASK_BLOCKED && t->op.open && world_op_queue(s->world, i) == queue))
			continue;
		if (c) {
			words_task_name(s, i, &text);
			col = canvas_put_cut(c, a, row + n, 3, 14, AT_TITLE | (i == v->selected ? AT_SELECTED : 0), str_get(&text));
			if (i == v->selected) {
				canvas_put(c, a, row + n, 1, AT_TITLE, ">");
				canvas_cursor(c, a, row + n, 3);
			}
			col = canvas_put(c, a, row + n, col < 17 ? 17 : col + 1, card_state_attribute(t), card_state(t)) + 2;
			str_clear(&text);
			if (!(v->hide & HIDE_NEXT && t->state == TASK_POISED)) {
				card_call(s, i, &text);
				card_at(s, i, &at);
			}
			canvas_put_cut(c, a, row + n, col, a.cols - col - 22, AT_STRONG, str_get(&text));
			canvas_put_right(c, a, row + n, a.cols - 2, 0, str_get(&at));
		}
		n++;
		str_finish(&text);
		str_finish(&at);
	}
	return n;
}

int mailbox_draw(struct canvas *c, struct area a, int row, const struct scene *s, const struct view_state *v, u32 queue)
{
	const struct w_queue *q = world_queue(s->world, queue);
	int right = 8 + cells_of(q) * (cell_cols(q) + 1) + 1;
	u32 in[TURNS_MAX], out[TURNS_MAX], gets = waiters(s, queue, true, in, TURNS_MAX),
		puts = waiters(s, queue, false, out, TURNS_MAX);
	int turns = (int)(gets > puts ? gets : puts), rows = 4 + (turns > 2 ? turns - 2 : 0);

	if (!c)
		return rows + 4 + draw_others(NULL, a, 0, s, v, queue);
	draw_title(c, a, row, s, queue);
	draw_cells(c, a, row + 1, 8, s, q);
	canvas_put(c, a, row + 2, 4, 0, "\u2500\u2500\u2192");
	canvas_put(c, a, row + 2, right + 1, 0, "\u2500\u2500\u2192");
	for (u32 i = 0; i < gets; i++) {
		struct str at = {0};

		words_name(s, in[i], &at);
		str_add(&at, "  ");
		card_at(s, in[i], &at);
		canvas_putf(c, a, row + 2 + (int)i, right + 6, in[i] == v->selected ? AT_SELECTED : 0, "%u  %s", i + 1, str_get(&at));
		str_finish(&at);
	}
	if (gets)
		canvas_put(c, a, row + 1, right + 6, AT_DIM, "waiting, in turn");
	for (u32 i = 0; i < puts; i++) {
		char name[24];
		canvas_put(c, a, row + 1 + (int)i, 1, AT_BLOCKED, world_task_name(s->world, out[i], name));
	}
	if (q->sysv)
		canvas_putf(c, a, row + rows, 8, 0, "%lld message%s, oldest first", (long long)q->count, q->count == 1 ? "" : "s");
	else
		canvas_putf(c, a, row + rows, 8, 0, "%lld of %llu, highest priority first", (long long)q->count, (unsigned long long)q->most);
	draw_got(c, a, row + 1 + rows, s, q);
	return rows + 3 + draw_others(c, a, row + rows + 3, s, v, queue);
}
