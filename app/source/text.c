/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Source files by name: from the recording if it has them, else from the file system, once. What is
 * in them is foreign: the view makes it harmless before it is shown. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "source/private.h"

struct text {
	char *name;
	char *bytes; /* with a NUL in place of every newline, and one at the end */
	size_t len;
	VEC(u32) starts; /* where each line begins */
	bool there;      /* false: no such file, or not to be shown */
	bool recorded;   /* the log has it */
};
struct texts {
	VEC(struct text) v;
};

struct texts *texts_create(void)
{
	return xmalloc(sizeof(struct texts));
}

void texts_destroy(struct texts *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->v.n; i++) {
		free(t->v.at[i].name);
		free(t->v.at[i].bytes);
		free(t->v.at[i].starts.at);
	}
	free(t->v.at);
	free(t);
}

/* ---- reading ---- */

/* Asked before it is opened, too: a device may act on that alone. */
int source_open(const char *path, u64 *size)
{
	struct stat st;
	int fd;

	if (stat(path, &st) || !S_ISREG(st.st_mode))
		return -1;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd >= 0 && (fstat(fd, &st) || !S_ISREG(st.st_mode))) {
		close(fd);
		return -1;
	}
	if (size)
		*size = (u64)st.st_size;
	return fd;
}

/* The bytes of an ordinary file of at most `max`, to be freed; NULL when it cannot be had. */
static char *file_read(const char *name, u64 max, size_t *len)
{
	u64 size;
	int fd = source_open(name, &size);
	char *bytes = NULL;
	ssize_t n = 1;

	if (fd < 0)
		return NULL;
	if (size <= max) {
		bytes = xmalloc(size + 1);
		for (*len = 0; *len < size && n > 0; *len += n > 0 ? (size_t)n : 0)
			n = read(fd, bytes + *len, size - *len);
	}
	close(fd);
	if (n < 0) {
		free(bytes);
		return NULL;
	}
	return bytes;
}

/* Takes the bytes (len + 1 of them are the callee's) and cuts them into lines. */
static void text_cut(struct text *t, char *bytes, size_t len)
{
	t->there = true;
	t->bytes = bytes;
	t->len = len;
	for (size_t i = 0; i < len; i++) {
		char *nl = memchr(bytes + i, '\n', len - i);
		*vec_push(&t->starts) = (u32)i;
		i = nl ? (size_t)(nl - bytes) : len;
		bytes[i] = 0;
	}
}

static struct text *text_find(struct texts *t, const char *name)
{
	for (size_t i = 0; i < t->v.n; i++)
		if (!strcmp(t->v.at[i].name, name))
			return &t->v.at[i];
	return NULL;
}

static struct text *text_new(struct texts *t, const char *name)
{
	struct text *x = vec_push(&t->v);

	*x = (struct text){.name = xstrdup(name)};
	return x;
}

static struct text *text_get(struct texts *t, const char *name)
{
	struct text *x = text_find(t, name);
	size_t len;
	char *bytes;

	if (x)
		return x;
	x = text_new(t, name);
	bytes = file_read(name, SOURCE_READ_MAX, &len);
	if (bytes)
		text_cut(x, bytes, len);
	return x;
}

void texts_add(struct texts *t, const struct note_source *note)
{
	struct text *x = text_find(t, note->bytes);
	char *copy;

	if (x && x->recorded)
		return;
	if (!x)
		x = text_new(t, note->bytes);
	x->recorded = true;
	if (x->there || note->text_len > SOURCE_READ_MAX)
		return; /* lines of it are in use: they stay */
	copy = xmalloc((size_t)note->text_len + 1);
	memcpy(copy, note->bytes + note->name_len, note->text_len);
	text_cut(x, copy, note->text_len);
}

const char *texts_line(struct texts *t, const char *file, u32 n)
{
	const struct text *x = text_get(t, file);

	if (!x->there || !n || n > x->starts.n)
		return NULL;
	return x->bytes + x->starts.at[n - 1];
}

u32 texts_lines(struct texts *t, const char *file)
{
	return (u32)text_get(t, file)->starts.n;
}

/* ---- into the recording ---- */

bool texts_write(struct texts *t, const char *file, u64 *room, struct log *log, struct err *e)
{
	struct text *x = text_get(t, file);
	size_t name_len = strlen(file) + 1, len;
	struct note_source body;
	struct rec *r;
	char *bytes;

	if (x->recorded)
		return true;
	x->recorded = true; /* asked once, whatever comes of it */
	bytes = file_read(file, SOURCE_KEPT_MAX, &len);
	if (!bytes)
		return true;
	if (len > *room) {
		free(bytes);
		return true;
	}
	*room -= len;
	body = (struct note_source){
		.hash = hash64(0, bytes, len), .name_len = (u32)name_len, .text_len = (u32)len};
	r = log_begin(log, sizeof body + name_len + len, e);
	if (r) {
		u8 *p = (u8 *)(r + 1);
		r->kind = REC_SOURCE;
		memcpy(p, &body, sizeof body);
		memcpy(p + sizeof body, file, name_len);
		memcpy(p + sizeof body + name_len, bytes, len);
		log_commit(log, r);
	}
	free(bytes);
	return r != NULL;
}
