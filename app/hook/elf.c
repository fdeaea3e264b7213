/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "hook/elf.h"

static Elf *elf_open(const char *path, int *fd)
{
	Elf *e = NULL;

	elf_version(EV_CURRENT);
	*fd = open(path, O_RDONLY | O_CLOEXEC);
	if (*fd != -1)
		e = elf_begin(*fd, ELF_C_READ, NULL);
	return e;
}

static void elf_close(Elf *e, int fd)
{
	elf_end(e);
	if (fd != -1)
		close(fd);
}

static const char *section_name(Elf *e, const GElf_Shdr *s)
{
	size_t names;
	const char *name = NULL;

	if (elf_getshdrstrndx(e, &names) == 0)
		name = elf_strptr(e, names, s->sh_name);
	return name ? name : "";
}

/* ---- programs ---- */

static int version_of_note(Elf_Data *d)
{
	GElf_Nhdr n;
	size_t name, desc;

	for (size_t at = 0; (at = gelf_getnote(d, at, &n, &name, &desc)) > 0;)
		if (n.n_namesz == 7 && memcmp((char *)d->d_buf + name, "ipclab", 7) == 0 &&
			n.n_type == 1 && n.n_descsz == 4) {
			uint32_t version;

			memcpy(&version, (char *)d->d_buf + desc, sizeof version);
			return version > 0 && version < INT32_MAX ? (int)version : 0;
		}
	return 0;
}

int hook_version_in(const char *path)
{
	int fd, version = -1;
	Elf *e = elf_open(path, &fd);
	GElf_Shdr s;

	if (e && elf_kind(e) == ELF_K_ELF) {
		version = 0;
		for (Elf_Scn *at = NULL; version == 0 && (at = elf_nextscn(e, at));)
			if (gelf_getshdr(at, &s) && s.sh_type == SHT_NOTE) {
				Elf_Data *d = elf_getdata(at, NULL);

				version = d && d->d_buf ? version_of_note(d) : 0;
			}
	}
	elf_close(e, fd);
	return version;
}

/* ---- objects ---- */

/* The symbols of a file; stops when `each` returns true, and returns that. */
static bool symbols(Elf *e, bool (*each)(const GElf_Sym *, const char *name, void *), void *arg)
{
	GElf_Shdr s;
	GElf_Sym symbol;

	for (Elf_Scn *at = NULL; (at = elf_nextscn(e, at));) {
		Elf_Data *d;

		if (!gelf_getshdr(at, &s) || s.sh_type != SHT_SYMTAB ||
			!(d = elf_getdata(at, NULL)))
			continue;
		for (int i = 0; gelf_getsym(d, i, &symbol); i++) {
			const char *name = elf_strptr(e, s.sh_link, symbol.st_name);

			if (name && each(&symbol, name, arg))
				return true;
		}
	}
	return false;
}

static bool is_hook_init(const GElf_Sym *s, const char *name, void *arg)
{
	(void)s;
	(void)arg;
	return strcmp(name, "__tsan_init") == 0;
}

static bool is_source(const GElf_Sym *s, const char *name, void *arg)
{
	if (GELF_ST_TYPE(s->st_info) != STT_FILE || !*name)
		return false;
	*(const char **)arg = name;
	return true;
}

static enum hook_object object_state(Elf *e)
{
	bool code = false;
	GElf_Ehdr head;
	GElf_Shdr s;

	if (elf_kind(e) != ELF_K_ELF || !gelf_getehdr(e, &head) || head.e_type != ET_REL)
		return OBJECT_UNKNOWN;
	for (Elf_Scn *at = NULL; (at = elf_nextscn(e, at));) {
		if (!gelf_getshdr(at, &s))
			continue;
		if (strncmp(section_name(e, &s), ".gnu.lto_", 9) == 0)
			return OBJECT_LATER;
		code |= (s.sh_flags & SHF_EXECINSTR) && s.sh_size;
	}
	if (symbols(e, is_hook_init, NULL))
		return OBJECT_HOOKED;
	return code ? OBJECT_PLAIN : OBJECT_EMPTY;
}

static enum hook_object archive_state(Elf *archive, int fd, char *name, size_t room)
{
	enum hook_object worst = OBJECT_UNKNOWN;
	Elf_Cmd next = ELF_C_READ;

	for (Elf *e; (e = elf_begin(fd, next, archive));) {
		Elf_Arhdr *member = elf_getarhdr(e);
		enum hook_object state = object_state(e);

		if (state > worst) {
			worst = state;
			snprintf(
				name, room, "%s", member && member->ar_name ? member->ar_name : "");
		}
		next = elf_next(e);
		elf_end(e);
	}
	return worst;
}

enum hook_object hook_object_of(const char *path, char *name, size_t room)
{
	int fd;
	Elf *e = elf_open(path, &fd);
	enum hook_object state = OBJECT_UNKNOWN;
	const char *source = "";

	*name = '\0';
	if (e && elf_kind(e) == ELF_K_AR) {
		state = archive_state(e, fd, name, room);
	} else if (e) {
		state = object_state(e);
		symbols(e, is_source, &source);
		snprintf(name, room, "%s", source);
	}
	elf_close(e, fd);
	return state;
}

struct calls {
	bool symbols, found;
};

/* The constructor that gcc and clang add to each object with hooks. */
static bool is_hook_constructor(const GElf_Sym *s, const char *name, void *arg)
{
	struct calls *calls = arg;

	calls->symbols |= GELF_ST_TYPE(s->st_info) == STT_FUNC;
	calls->found |= strncmp(name, "_sub_I_00099", 12) == 0 ||
			strncmp(name, "tsan.module_ctor", 16) == 0;
	return calls->found;
}

bool hook_calls_in(const char *path)
{
	int fd;
	Elf *e = elf_open(path, &fd);
	struct calls calls = {0};

	if (e && elf_kind(e) == ELF_K_ELF)
		symbols(e, is_hook_constructor, &calls);
	elf_close(e, fd);
	return calls.found || !calls.symbols;
}
