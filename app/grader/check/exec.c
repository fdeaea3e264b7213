/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whoever calls exec leaves its new program no IPC object but the three standard streams. */
#include "grader/check/all.h"

static bool is_object(u32 kind)
{
	return kind != OBJ_NONE && kind != OBJ_OTHER && kind != OBJ_TTY && kind != OBJ_FILE;
}

static void after(struct look *l)
{
	const struct world *w = l->scene->world;
	const struct w_task *t = world_task(w, l->rec->task);
	const struct w_proc *p = t ? world_proc(w, t->proc) : NULL;
	struct str from = {0};
	char who[24];

	if (l->rec->kind != REC_EXEC || !p || !p->creator || !l->learners(l->arg, l->rec->task))
		return;
	for (u32 i = world_fdt(w, p->fdt) ? world_fdt(w, p->fdt)->first : 0; i; i = world_fd(w, i)->next) {
		const struct w_fd *fd = world_fd(w, i);
		const struct w_file *file = world_file(w, fd->file);

		if (fd->fd <= 2 || !file || !is_object(file->kind))
			continue;
		words_provenance(l->scene, t->proc, i, true, &from);
		check_broken(l, l->rec->task, fd->got_site ? fd->got_site : fd->site, "the program that %s becomes by exec still has fd %d, %s",
			world_proc_name(w, t->proc, who), fd->fd, str_get(&from));
		str_finish(&from);
		return;
	}
}

const struct check check_no_descriptor_leak = {
	.name = "no_descriptor_leak",
	.holds = "no end of a pipe or socket is left open over exec",
	.verdict = GRADE_LEAK,
	.after = after,
};
