/* SPDX-License-Identifier: GPL-3.0-or-later */
/* System V shared memory: shmget, shmat, shmctl. The segments are w_segment (segment.c). */
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/shm.h>

#include "world/private.h"

#define PAGE_UP(n) (((n) + 4095) & ~4095ull)

static void shmget_exit(struct world *w, u32 task, const struct ev_exit *ev)
{
	u32 segment = ev->ret < 0 ? 0 : segment_find(w, (u32)ev->ret, w->task[task].op.off);

	if (!segment)
		return;
	segment_touch(w, segment);
	world_explain(w);
}
const struct ipc_rule sysv_rule_shmget = {.enter = sysv_get_enter, .exit = shmget_exit};

static void shm_found(struct world *w, u32 task, const struct ev_enter *ev)
{
	struct w_op *op = &w->task[task].op;

	op->segment = ev->fd < 0 ? 0 : segment_find(w, (u32)ev->fd, ev->space);
}

static void shmat_exit(struct world *w, u32 task, const struct ev_exit *ev)
{
	const struct w_op *op = &w->task[task].op;
	u32 segment = segment_find(w, ev->arg, ev->arg2);
	struct w_map map = {.segment = segment, .addr = (u64)ev->ret,
		.prot = PROT_READ | (op->size & SHM_RDONLY ? 0 : PROT_WRITE) | (op->size & SHM_EXEC ? PROT_EXEC : 0)};

	if (ev->ret <= 0 || !segment || w->segment[segment].kind != SEGMENT_SYSV || (map.addr & 4095))
		return;
	map.len = PAGE_UP(w->segment[segment].size);
	if (!map.len || map.len > 1ull << 46 || map.addr > 1ull << 47)
		return;
	map_add(w, w->task[task].proc, &map, op->site);
	segment_touch(w, segment);
	world_explain(w);
}
const struct ipc_rule sysv_rule_shmat = {.found = shm_found, .exit = shmat_exit};

static void shmctl_exit(struct world *w, u32 task, const struct ev_exit *ev)
{
	const struct w_op *op = &w->task[task].op;

	if (!op->segment || ev->ret < 0)
		return;
	if (op->arg == IPC_RMID)
		segment_removed(w, op->segment);
	segment_touch(w, op->segment);
	world_explain(w);
}
const struct ipc_rule sysv_rule_shmctl = {.found = shm_found, .exit = shmctl_exit};
