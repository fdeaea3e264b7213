/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Descriptor tables. A number and where it leads; what several numbers share is one open file, with a letter. */
#include <string.h>

#include "view/fdtable.h"
#include "view/private.h"
#include "view/stage.h"

enum { TABLES_MAX = 4, LETTERS_MAX = 26 };

bool fdtable_is_stage(const struct view_state *v)
{
	return v->show & VIEW_TABLES && !v->graph;
}

/* ---- where a number leads ---- */

static void add_path(const struct scene *s, u32 text, bool brief, struct str *out)
{
	const char *path = world_text(s->world, text), *slash = strrchr(path, '/');

	if (brief && slash && slash[1])
		path = slash + 1;
	str_add_escaped(out, path, strlen(path));
}

static const char *access_words(u32 access, bool brief)
{
	if (brief)
		return access == ACCESS_READ ? "read" : access == ACCESS_WRITE ? "write" : "read+write";
	return access == ACCESS_READ ? "to read" : access == ACCESS_WRITE ? "to write" : "both ways";
}

void words_open_file(const struct scene *s, u32 file, bool brief, struct str *out)
{
	const struct w_file *f = world_file(s->world, file);
	char name[24];

	switch (f ? f->kind : OBJ_NONE) {
	case OBJ_TTY: str_add(out, brief ? "terminal" : "the terminal"); return;
	case OBJ_DISK: add_path(s, f->title, brief, out); break;
	case OBJ_PIPE: str_add(out, world_pipe_name(s->world, f->object, name)); break;
	case OBJ_SEGMENT: str_add(out, world_segment_name(s->world, f->object, name)); return;
	case OBJ_NONE:
	case OBJ_OTHER:
	case OBJ_FILE: str_add(out, "something else"); return;
	default:
		str_add(out, f->object ? world_object_name(s->world, f->kind, f->object, name) : "something else");
		return;
	}
	str_addf(out, "%s %s", brief ? "" : ",", access_words(f->access, brief));
	if (f->kind == OBJ_DISK && (f->put || !brief))
		str_addf(out, "%s %llu %s", brief ? "," : ",", (unsigned long long)f->put,
			brief ? "B" : f->put == 1 ? "byte written through it" : "bytes written through it");
}

static bool is_shared(const struct scene *s, const struct w_file *f)
{
	u32 numbers = 0;

	if (!f || f->kind == OBJ_TTY || f->kind == OBJ_OTHER)
		return false;
	for (u32 i = f->fd_first; i; i = world_fd(s->world, i)->same) {
		const struct w_fdt *t = world_fdt(s->world, world_fd(s->world, i)->fdt);

		numbers += t ? t->refs : 0;
	}
	return numbers > 1;
}

/* Letters go by the order in which processes and numbers are met, so that they do not jump while others are made. */
char fdtable_letter(const struct scene *s, u32 file)
{
	u32 seen[LETTERS_MAX], n = 0;

	if (!is_shared(s, world_file(s->world, file)))
		return 0;
	for (u32 p = 1; p < world_procs(s->world); p++) {
		const struct w_proc *proc = world_proc(s->world, p);
		const struct w_fdt *t = proc ? world_fdt(s->world, proc->fdt) : NULL;

		for (u32 i = t ? t->first : 0; i; i = world_fd(s->world, i)->next) {
			u32 f = world_fd(s->world, i)->file, k = 0;

			if (!is_shared(s, world_file(s->world, f)))
				continue;
			while (k < n && seen[k] != f)
				k++;
			if (f == file)
				return (char)('A' + k);
			if (k == n && n < LETTERS_MAX)
				seen[n++] = f;
		}
	}
	return 0;
}

/* ---- as words ---- */

void words_fd_table(const struct scene *s, u32 proc, struct str *out)
{
	const struct w_proc *p = world_proc(s->world, proc);
	const struct w_fdt *table = p ? world_fdt(s->world, p->fdt) : NULL;

	for (u32 i = table ? table->first : 0; i;) {
		const struct w_fd *fd = world_fd(s->world, i);
		char letter = fd ? fdtable_letter(s, fd->file) : 0;

		if (!fd)
			return;
		str_addf(out, s->style == STYLE_PLAIN ? "fd %d: " : "  [%d] ", fd->fd);
		words_open_file(s, fd->file, false, out);
		str_add(out, s->style == STYLE_PLAIN ? ", " : "; ");
		/* What ipclab gave it: nobody was seen to make it. */
		if (fd->how == FD_OPENED && !fd->site && !fd->got_site && world_file(s->world, fd->file)->kind == OBJ_TTY)
			str_add(out, "there from the start");
		else
			words_provenance(s, proc, i, false, out);
		str_add(out, fd->cloexec ? ", closed at exec" : "");
		if (letter)
			str_addf(out, s->style == STYLE_PLAIN ? ", open file %c" : "  %c", letter);
		str_add(out, s->style == STYLE_PLAIN ? ".\n" : "\n");
		i = fd->next;
	}
}

/* ---- as a picture ---- */

static u32 choose(const struct scene *s, const struct view_state *v, u32 *procs, u32 *more)
{
	const struct w_task *selected = world_task(s->world, v->selected);
	u32 n = 0, all = 0;

	for (u32 i = 1; i < world_procs(s->world); i++)
		all += world_proc(s->world, i) && !(world_proc(s->world, i)->ended && world_proc(s->world, i)->reaped);
	for (u32 i = 1; i < world_procs(s->world); i++) {
		const struct w_proc *p = world_proc(s->world, i);

		if (!p || (p->ended && p->reaped && all))
			continue;
		if (n < TABLES_MAX)
			procs[n++] = i;
		else if (selected && selected->proc == i)
			procs[TABLES_MAX - 1] = i;
	}
	*more = all > n ? all - n : 0;
	return n;
}

static void draw_head(struct canvas *c, struct area a, int row, int col, int cols, const struct scene *s,
	const struct view_state *v, u32 proc)
{
	u32 task = card_task(s, v, proc);
	const struct w_task *t = world_task(s->world, task), *last = world_task(s->world, world_head(s->world)->last_task);
	const struct w_task *selected = world_task(s->world, v->selected);
	bool is_selected = selected && selected->proc == proc, marked = last && last->proc == proc;
	struct str words = {0};
	int end;

	words_task_name(s, task, &words);
	end = canvas_put_cut(c, a, row, col, cols - 2,
		AT_TITLE | (is_selected ? AT_SELECTED : 0) | (marked ? AT_MARK : 0), str_get(&words));
	if (marked)
		canvas_put(c, a, row, end + 1, AT_MARK, "\u25a0");
	if (is_selected) {
		canvas_put(c, a, row, col - 2, AT_TITLE, ">");
		canvas_cursor(c, a, row, col);
	}
	end += marked ? 3 : 1;
	if (cols - (end - col) >= text_width(card_state(t)))
		canvas_put(c, a, row, end, card_state_attribute(t), card_state(t));
	str_clear(&words);
	if (!(v->hide & HIDE_NEXT && t && t->state == TASK_POISED)) {
		if (cols - (end - col) < text_width(card_state(t)))
			str_addf(&words, "%s ", card_state(t));
		card_call(s, task, &words);
		canvas_put_cut(c, a, row + 1, col, cols - 1, AT_STRONG, str_get(&words));
	}
	str_finish(&words);
}

/* "pipe1 read" becomes "pipe1 r". */
static void shorten(struct str *words)
{
	char *end = words->len > 6 ? strrchr(words->s, ' ') : NULL;

	if (end && (strcmp(end, " read") == 0 || strcmp(end, " write") == 0)) {
		end[2] = '\0';
		words->len = (size_t)(end + 2 - words->s);
	}
}

static int draw_table(struct canvas *c, struct area a, int row, int col, int cols, const struct scene *s,
	const struct view_state *v, u32 proc, bool *letters, bool *closed_at_exec)
{
	const struct w_proc *p = world_proc(s->world, proc);
	const struct w_fdt *table = p ? world_fdt(s->world, p->fdt) : NULL;
	struct str words = {0};
	int from = row, side = cols - 3 < 30 ? cols - 3 : 30; /* where the letters stand */

	for (u32 i = table ? table->first : 0; i; row++) {
		const struct w_fd *fd = world_fd(s->world, i);
		char letter = fdtable_letter(s, fd->file);

		str_clear(&words);
		if (v->hide & HIDE_ENDS)
			str_add(&words, "?");
		else
			words_open_file(s, fd->file, true, &words);
		if (text_width(str_get(&words)) > side - 6)
			shorten(&words);
		if (c) {
			canvas_putf(c, a, row, col, 0, "[%d]", fd->fd);
			canvas_put_cut(c, a, row, col + 5 + (fd->fd > 9), side - 6, 0, str_get(&words));
			if (letter && !(v->hide & HIDE_ENDS))
				canvas_putf(c, a, row, col + side, AT_MARK, "%c", letter);
			if (fd->cloexec)
				canvas_put(c, a, row, col + side + 1, AT_DIM, "x");
		}
		*letters |= letter != 0;
		*closed_at_exec |= fd->cloexec;
		i = fd->next;
	}
	str_finish(&words);
	return row - from;
}

int fdtable_draw(struct canvas *c, struct area a, int row, const struct scene *s, const struct view_state *v)
{
	u32 procs[TABLES_MAX], more, n = choose(s, v, procs, &more);
	int width = n ? (a.cols - 3) / (int)(n < 2 ? 2 : n) : 0, most = 0, rows, under;
	bool letters = false, closed = false;

	for (u32 i = 0; i < n; i++) {
		int col = 3 + (int)i * width;

		if (c)
			draw_head(c, a, row, col, width - 1, s, v, procs[i]);
		rows = draw_table(c, a, row + 2, col, width - 1, s, v, procs[i], &letters, &closed);
		most = rows > most ? rows : most;
	}
	under = letters && !(v->hide & HIDE_ENDS) ? 1 : 0;
	if (c && under)
		canvas_put(c, a, row + 2 + most, 3, AT_DIM, "The same letter: one open file, shared.");
	if (c && (closed || more))
		canvas_putf(c, a, row + 2 + most, under ? 44 : 3, AT_DIM, closed ? "x: closed at exec" : "and %u more", more);
	return 2 + most + (under || closed || more) + 1;
}
