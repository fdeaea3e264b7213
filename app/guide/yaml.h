/* SPDX-License-Identifier: GPL-3.0-or-later */
/* YAML documents with their places in the file; also what exercises' manifests are read with. */
#ifndef GUIDE_YAML_H
#define GUIDE_YAML_H

#include "guide/lib.h"

struct yaml_file; /* a document with its place in the file */
struct yaml_file *yaml_file_read(
	const char *file, const char *bytes, size_t n, u32 line0, struct err *);
void yaml_file_destroy(struct yaml_file *);
typedef int yaml_ref; /* a node; 0 none */
yaml_ref yaml_root(struct yaml_file *);
bool yaml_is_map(struct yaml_file *, yaml_ref);
bool yaml_is_list(struct yaml_file *, yaml_ref);
const char *yaml_text(struct yaml_file *, yaml_ref); /* NULL: no scalar */
u32 yaml_count(struct yaml_file *, yaml_ref);
yaml_ref yaml_item(struct yaml_file *, yaml_ref list, u32 i);
void yaml_pair(struct yaml_file *, yaml_ref map, u32 i, yaml_ref *key, yaml_ref *value);
struct guide_mark yaml_mark(struct yaml_file *, yaml_ref);
bool yaml_error(struct yaml_file *, yaml_ref, struct err *, const char *fmt, ...) PRINTF_LIKE(4, 5);
/* Every key of the map is one of `keys` (NULL at the end); values[i] is that of keys[i], 0 none. */
bool yaml_keys(
	struct yaml_file *, yaml_ref map, const char *const *keys, yaml_ref *values, struct err *);

#endif
