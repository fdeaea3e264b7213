/* SPDX-License-Identifier: GPL-3.0-or-later */
/* libdw: a Dwfl from recorded maps, frames from recorded registers and stack. Memory is read from
 * the recorded stack only; files are opened by the recorded path, never fetched (debuginfod). Maps,
 * registers and stack may be made up: libdw is given only ranges that are in order. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "source/dwarf.h"

enum { PICTURES_MAX = 16, NAMES_KEPT = 256, PATH_SIZE = 4096 };

/* One address space: what one REC_MAPS says. */
struct picture {
	u32 map;  /* 0: free */
	u64 used; /* when, for leaving out the one longest unused */
	Dwfl *dwfl;
	struct dies *dies;            /* what dies.c made of it */
	bool attached;                /* registers and stack can be given to it */
	const struct note_site *site; /* the one at hand */
	/* Names of functions without lines, by address: libdw goes through all symbols for each, and
	 * the frames of the C library are the same in most sites. An entry makes room for the next. */
	struct {
		u64 pc;
		const char *name; /* the Dwfl's */
	} names[NAMES_KEPT];
};

struct unwinder {
	struct picture pictures[PICTURES_MAX];
	u64 clock;
};

/* ---- which paths are the program's own ---- */

static bool starts_with_any(const char *path, const char *const *prefixes)
{
	for (; *prefixes; prefixes++)
		if (!strncmp(path, *prefixes, strlen(*prefixes)))
			return true;
	return false;
}

bool module_is_system(const char *path)
{
	static const char *const dirs[] = {"/lib/", "/lib32/", "/lib64/", "/libx32/", "/usr/lib/",
		"/usr/lib32/", "/usr/lib64/", "/usr/libx32/", NULL};

	return path[0] != '/' || starts_with_any(path, dirs);
}

bool path_is_system(const char *path)
{
	/* Not all of /usr/src: the gcc image of Docker has its users work there. */
	static const char *const dirs[] = {"/usr/include/", "/usr/local/include/", "/usr/lib/",
		"/lib/", "/usr/src/debug/", "/usr/src/glibc", "/usr/src/linux", "/build/glibc",
		NULL};
	/* glibc's sources, as distributions compile them into libc.a: "./io/../sysdeps/unix/..." */
	static const char *const parts[] = {"/glibc-", "/sysdeps/", "./csu/", "./nptl/", NULL};

	if (starts_with_any(path, dirs))
		return true;
	for (const char *const *p = parts; *p; p++)
		if (strstr(path, *p))
			return true;
	return false;
}

/* ---- files ---- */

static int find_elf(Dwfl_Module *mod, void **user, const char *name, Dwarf_Addr base,
	char **file_name, Elf **elf)
{
	int fd = source_open(name, NULL);

	(void)mod, (void)user, (void)base;
	*elf = NULL;
	if (fd >= 0)
		*file_name = xstrdup(name);
	return fd;
}

/* Debugging information split off, beside the file or below /usr/lib/debug, as gdb looks for it.
 * None for libraries of the system: only their names are shown. */
static int find_debug(Dwfl_Module *mod, void **user, const char *name, Dwarf_Addr base,
	const char *file, const char *link, GElf_Word crc, char **found)
{
	static const char *const before[] = {"", "", "/usr/lib/debug"};
	static const char *const between[] = {"", ".debug/", ""};
	char path[PATH_SIZE];
	const char *slash = strrchr(name, '/');

	(void)mod, (void)user, (void)base, (void)file, (void)crc;
	if (!link || !slash || strchr(link, '/') || module_is_system(name))
		return -1;
	for (size_t i = 0; i < ARRAY_LEN(before); i++) {
		int fd = -1;
		int n = snprintf(path, sizeof path, "%s%.*s%s%s", before[i],
			(int)(slash + 1 - name), name, between[i], link);
		if (n > 0 && (size_t)n < sizeof path && strcmp(path, name))
			fd = source_open(path, NULL);
		if (fd >= 0) {
			*found = xstrdup(path);
			return fd;
		}
	}
	return -1;
}

/* ---- maps -> Dwfl ---- */

struct range {
	u64 start, end, offset;
	char path[PATH_SIZE];
};

/* One line of /proc/PID/maps. False for one that is none, or of no file. */
static bool range_parse(const char *line, size_t n, struct range *r)
{
	char copy[PATH_SIZE + 128];
	unsigned long long start, end, offset;
	int path = 0;

	if (n >= sizeof copy)
		return false;
	memcpy(copy, line, n);
	copy[n] = 0;
	if (sscanf(copy, "%llx-%llx %*4s %llx %*x:%*x %*u %n", &start, &end, &offset, &path) < 3)
		return false;
	if (!path || copy[path] != '/' || start >= end || strlen(copy + path) >= sizeof r->path)
		return false;
	r->start = start;
	r->end = end;
	r->offset = offset;
	snprintf(r->path, sizeof r->path, "%s", copy + path);
	return true;
}

/* A module spans the mappings of one file that follow each other; its base is the first of them. */
static void modules_report(Dwfl *dwfl, const struct note_maps *maps)
{
	const char *p = maps->text, *end = p + maps->text_len;
	struct range at = {0}, next;

	while (p < end) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));
		size_t n = (size_t)((nl ? nl : end) - p);
		bool file = range_parse(p, n, &next);

		p += n + 1;
		if (!file || next.start < at.end)
			continue;
		if (!strcmp(next.path, at.path) &&
			(next.start == at.end || next.offset > at.offset)) {
			at.end = next.end;
			at.offset = next.offset;
			continue;
		}
		if (at.end)
			dwfl_report_module(dwfl, at.path, at.start, at.end);
		at = next;
	}
	if (at.end)
		dwfl_report_module(dwfl, at.path, at.start, at.end);
}

/* ---- the recorded thread ---- */

static pid_t next_thread(Dwfl *dwfl, void *arg, void **thread)
{
	(void)dwfl;
	if (*thread)
		return 0;
	*thread = arg;
	return 1;
}

static bool get_thread(Dwfl *dwfl, pid_t tid, void *arg, void **thread)
{
	(void)dwfl;
	*thread = arg;
	return tid == 1;
}

static bool memory_read(Dwfl *dwfl, Dwarf_Addr addr, Dwarf_Word *word, void *arg)
{
	const struct note_site *site = ((const struct picture *)arg)->site;
	u64 off = addr - site->sp;

	(void)dwfl;
	if (addr < site->sp || site->stack_len < sizeof *word ||
		off > site->stack_len - sizeof *word)
		return false;
	memcpy(word, site->stack + off, sizeof *word);
	return true;
}

static bool set_registers(Dwfl_Thread *thread, void *arg)
{
	const struct note_site *site = ((const struct picture *)arg)->site;
	Dwarf_Word regs[17];

	for (size_t i = 0; i < ARRAY_LEN(regs); i++)
		regs[i] = site->regs[i];
	return dwfl_thread_state_registers(thread, 0, ARRAY_LEN(regs), regs);
}

static void picture_open(struct picture *p, const struct note_maps *maps)
{
	static const Dwfl_Callbacks files = {.find_elf = find_elf, .find_debuginfo = find_debug};
	static const Dwfl_Thread_Callbacks threads = {
		.next_thread = next_thread,
		.get_thread = get_thread,
		.memory_read = memory_read,
		.set_initial_registers = set_registers,
	};

	p->map = maps->map;
	p->attached = false;
	p->dwfl = dwfl_begin(&files);
	if (!p->dwfl)
		return;
	dwfl_report_begin(p->dwfl);
	modules_report(p->dwfl, maps);
	if (!dwfl_report_end(p->dwfl, NULL, NULL))
		p->attached = dwfl_attach_state(p->dwfl, NULL, 1, &threads, p);
}

static void picture_close(struct picture *p)
{
	dies_destroy(p->dies);
	if (p->dwfl)
		dwfl_end(p->dwfl);
	*p = (struct picture){0};
}

static struct picture *picture_get(struct unwinder *u, const struct note_maps *maps)
{
	struct picture *oldest = u->pictures;

	for (struct picture *p = u->pictures; p < u->pictures + PICTURES_MAX; p++) {
		if (p->map == maps->map) {
			oldest = p;
			break;
		}
		if (p->used < oldest->used)
			oldest = p;
	}
	if (oldest->map != maps->map) {
		picture_close(oldest);
		picture_open(oldest, maps);
	}
	oldest->used = ++u->clock;
	return oldest;
}

/* ---- program counter -> lines ---- */

struct walk {
	struct picture *picture;
	frame_found *found;
	void *arg;
	u32 n;
};

static void walk_add(struct walk *w, const char *file, int line, const char *function, bool system)
{
	if (w->n >= FRAMES_MAX)
		return;
	w->n++;
	if (!file || line <= 0) {
		file = "";
		line = 0;
	}
	w->found(w->arg, file, (u32)line, function ? function : "",
		line > 0 && !system && !path_is_system(file));
}

/* The compilation unit of an address. clang writes no .debug_aranges: then they are tried in turn. */
Dwarf_Die *unit_find(Dwfl_Module *mod, Dwarf_Addr pc, Dwarf_Addr *bias)
{
	Dwarf_Die *unit = dwfl_module_addrdie(mod, pc, bias);

	if (unit)
		return unit;
	while ((unit = dwfl_module_nextcu(mod, unit, bias)))
		if (dwarf_haspc(unit, pc - *bias) > 0)
			return unit;
	return NULL;
}

/* A name relative to the folder the compiler ran in is completed. */
static const char *path_complete(Dwarf_Die *unit, const char *file, char *buf, size_t n)
{
	Dwarf_Attribute attr;
	const char *dir;

	if (!file || file[0] == '/')
		return file;
	dir = dwarf_formstring(dwarf_attr(unit, DW_AT_comp_dir, &attr));
	if (!dir || snprintf(buf, n, "%s/%s", dir, file) >= (int)n)
		return file;
	return buf;
}

static int attr_number(Dwarf_Die *die, unsigned name)
{
	Dwarf_Attribute attr;
	Dwarf_Word value;

	if (dwarf_formudata(dwarf_attr(die, name, &attr), &value) || value > INT32_MAX)
		return 0;
	return (int)value;
}

/* The function an address lies in, its callers into which it was inlined behind it (as
 * eu-addr2line -i): scopes[0] is innermost. Returns how many scopes, to be freed. */
static int scopes_get(Dwarf_Die *unit, Dwarf_Addr addr, Dwarf_Die **scopes)
{
	Dwarf_Die *by_source = NULL, inner;
	int n = dwarf_getscopes(unit, addr, &by_source);

	*scopes = NULL;
	if (n <= 0)
		return 0;
	inner = by_source[0];
	free(by_source);
	n = dwarf_getscopes_die(&inner, scopes);
	return n > 0 ? n : 0;
}

static const char *name_get(struct picture *p, Dwfl_Module *mod, Dwarf_Addr pc)
{
	size_t i = (pc ^ pc >> 8 ^ pc >> 16) % NAMES_KEPT;

	if (p->names[i].pc != pc) {
		p->names[i].pc = pc;
		p->names[i].name = dwfl_module_addrname(mod, pc);
	}
	return p->names[i].name;
}

/* Adds the frames of one address: more than one where calls were inlined. */
static void walk_lines(struct walk *w, Dwfl_Module *mod, const char *module, Dwarf_Addr pc)
{
	bool system = module_is_system(module);
	Dwarf_Addr bias;
	Dwarf_Die *unit = system ? NULL : unit_find(mod, pc, &bias), *scopes;
	Dwarf_Line *row = unit ? dwarf_getsrc_die(unit, pc - bias) : NULL;
	const char *file = row ? dwarf_linesrc(row, NULL, NULL) : NULL;
	Dwarf_Files *files = NULL;
	size_t files_n = 0;
	char buf[PATH_SIZE];
	int line = 0, n;

	if (!file || dwarf_lineno(row, &line)) {
		walk_add(w, NULL, 0, name_get(w->picture, mod, pc), system);
		return;
	}
	dwarf_getsrcfiles(unit, &files, &files_n);
	n = scopes_get(unit, pc - bias, &scopes);
	for (int i = 0; i < n; i++) {
		int tag = dwarf_tag(&scopes[i]);
		if (tag != DW_TAG_inlined_subroutine && tag != DW_TAG_subprogram)
			continue;
		const char *name = dwarf_diename(&scopes[i]);
		walk_add(w, path_complete(unit, file, buf, sizeof buf), line, name, system);
		file = NULL;
		if (tag == DW_TAG_subprogram)
			break;
		size_t index = (size_t)attr_number(&scopes[i], DW_AT_call_file);
		if (files && index < files_n)
			file = dwarf_filesrc(files, index, NULL, NULL);
		line = attr_number(&scopes[i], DW_AT_call_line);
	}
	free(scopes);
	if (file) /* no function around it */
		walk_add(w, path_complete(unit, file, buf, sizeof buf), line,
			name_get(w->picture, mod, pc), system);
}

/* A return address may already belong to the next line: look at the byte before it. So too in the
 * innermost frame, stopped behind a syscall instruction; not in one that a signal interrupted. */
static int walk_frame(Dwfl_Frame *frame, void *arg)
{
	struct walk *w = arg;
	Dwfl_Module *mod;
	Dwarf_Addr pc;
	bool interrupted;

	if (!dwfl_frame_pc(frame, &pc, &interrupted) || !pc)
		return DWARF_CB_ABORT;
	if (!interrupted || !w->n)
		pc--;
	mod = dwfl_addrmodule(w->picture->dwfl, pc);
	if (mod)
		walk_lines(w, mod, dwfl_module_info(mod, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
			pc);
	else
		walk_add(w, NULL, 0, NULL, true);
	return w->n < FRAMES_MAX ? DWARF_CB_OK : DWARF_CB_ABORT;
}

bool unwind_site(struct unwinder *u, const struct note_maps *maps, const struct note_site *site,
	frame_found *found, void *arg)
{
	struct walk w = {.picture = picture_get(u, maps), .found = found, .arg = arg};

	if (!w.picture->attached)
		return false;
	w.picture->site = site;
	/* Its result does not matter: the frames before an error, or before FRAMES_MAX, are good. Where
	 * there is no call frame information libdw follows the frame pointers by itself. */
	dwfl_getthread_frames(w.picture->dwfl, 1, walk_frame, &w);
	w.picture->site = NULL;
	return w.n > 0;
}

Dwfl *unwinder_modules(struct unwinder *u, const struct note_maps *maps, struct dies ***dies)
{
	struct picture *p = picture_get(u, maps);

	*dies = &p->dies;
	return p->dwfl;
}

struct unwinder *unwinder_create(void)
{
	return xmalloc(sizeof(struct unwinder));
}

void unwinder_destroy(struct unwinder *u)
{
	if (!u)
		return;
	for (size_t i = 0; i < PICTURES_MAX; i++)
		picture_close(&u->pictures[i]);
	free(u);
}
