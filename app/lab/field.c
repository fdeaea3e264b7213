/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fields of shared memory by name, for the conditions of a guide: by the C type that the guide says a
 * segment has, else by what points at it. */
#include <string.h>

#include "lab/private.h"

static const char *said_type(const struct guide *g, const char *segment)
{
	for (size_t i = 0; i < g->memory.n; i++)
		if (strcmp(g->memory.at[i].segment, segment) == 0)
			return g->memory.at[i].type;
	return NULL;
}

static u32 task_of(const struct world *w, u32 proc)
{
	for (u32 i = 1; i < world_tasks(w); i++)
		if (world_task(w, i) && world_task(w, i)->proc == proc)
			return i;
	return 0;
}

/* What points at it in one of the processes that map it. */
static const struct type *pointed_type(
	struct sources *sources, const struct world *w, const struct w_segment *s, u64 *base)
{
	const struct w_map *map;

	for (u32 i = s->map_first; (map = world_map(w, i)) != NULL; i = map->segment_next) {
		u32 sites[ARRAY_LEN(s->access_site)], n = 0, task = task_of(w, map->proc);
		const struct type *type;

		for (size_t k = 0; k < ARRAY_LEN(sites); k++) {
			const struct w_task *by = world_task(w, s->access_task[k]);

			if (s->access_site[k] && by && by->proc == map->proc)
				sites[n++] = s->access_site[k];
		}
		type = task ? sources_mapping_type(
				      sources, task, map->addr, map->len, sites, n, base, NULL)
			    : NULL;
		if (type) {
			*base += map->offset;
			return type;
		}
	}
	return NULL;
}

bool host_field(void *arg, u32 segment, const char *path, struct guide_field *out)
{
	const struct lab_host *h = arg;
	const struct world *w = timeline_now(session_timeline(*h->place));
	struct sources *sources = session_sources(*h->place);
	const struct w_segment *s = world_segment(w, segment);
	const struct type *type = NULL, *leaf;
	const char *said;
	char name[24];
	u64 base = 0;

	if (!s)
		return false;
	said = said_type(h->lab->guide, world_segment_name(w, segment, name));
	if (said)
		type = sources_type(sources, s->creator ? s->creator : 1, said);
	if (!type)
		type = pointed_type(sources, w, s, &base);
	if (!type || !type_find(type, path, &out->off, &leaf) || leaf->size > UINT32_MAX)
		return false;
	out->off += base;
	out->size = (u32)leaf->size;
	out->is_signed = leaf->kind == TYPE_SIGNED;
	return true;
}
