/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a program was compiled: gcc notes its switches (-grecord-gcc-switches is the default), the linker the
 * libraries. Enough to build a small program again from a changed copy of its sources. */
#include <fcntl.h>
#include <gelf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "source/dwarf.h"

static const char *unit_text(Dwarf_Die *unit, unsigned name)
{
	Dwarf_Attribute attr;

	return dwarf_attr(unit, name, &attr) ? dwarf_formstring(&attr) : NULL;
}

static void word_add(struct recipe *r, const char *word, size_t n)
{
	struct str text = {0};

	str_add_bytes(&text, word, n);
	*vec_push(&r->switches) = text.s;
}

/* Those that a program's behaviour depends on: -O2, -std=..., -f...; not -m..., which are the machine's. */
static void switches_take(struct recipe *r, const char *producer)
{
	for (const char *p = producer; *p; p += strspn(p, " ")) {
		size_t n = strcspn(p, " ");

		if (n == strlen("-fsanitize=thread") && strncmp(p, "-fsanitize=thread", n) == 0)
			r->hooks = true;
		else if (strncmp(p, "-O", 2) == 0 || strncmp(p, "-std=", 5) == 0 || strncmp(p, "-f", 2) == 0)
			word_add(r, p, n);
		p += n;
	}
}

static void units_take(struct recipe *r, Dwarf *dwarf)
{
	Dwarf_Off at = 0, next;
	size_t header;
	Dwarf_Die unit;

	for (int i = 0; i < 64 && dwarf_nextcu(dwarf, at, &next, &header, NULL, NULL, NULL) == 0; i++, at = next) {
		const char *name, *producer, *slash;

		if (!dwarf_offdie(dwarf, at + header, &unit) || dwarf_tag(&unit) != DW_TAG_compile_unit)
			continue;
		name = unit_text(&unit, DW_AT_name);
		producer = unit_text(&unit, DW_AT_producer);
		if (!name || !producer || strncmp(producer, "GNU C", 5) != 0)
			continue;
		slash = strrchr(name, '/');
		*vec_push(&r->sources) = xstrdup(slash ? slash + 1 : name);
		if (r->sources.n == 1)
			switches_take(r, producer);
	}
}

/* DT_NEEDED, but for what every program is linked with. */
static void libraries_take(struct recipe *r, Elf *elf)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;

	while ((section = elf_nextscn(elf, section)) != NULL) {
		Elf_Data *data = elf_getdata(section, NULL);
		GElf_Dyn dyn;

		if (!gelf_getshdr(section, &header) || header.sh_type != SHT_DYNAMIC || !data || !header.sh_entsize)
			continue;
		for (size_t i = 0; i < header.sh_size / header.sh_entsize && gelf_getdyn(data, (int)i, &dyn); i++) {
			const char *name =
				dyn.d_tag == DT_NEEDED ? elf_strptr(elf, header.sh_link, dyn.d_un.d_val) : NULL;

			if (name && strncmp(name, "libc.", 5) != 0 && strncmp(name, "ld-", 3) != 0)
				*vec_push(&r->libraries) = xstrdup(name);
		}
	}
}

bool recipe_read(const char *program, struct recipe *r, struct err *err)
{
	int fd = open(program, O_RDONLY | O_CLOEXEC);
	Dwarf *dwarf;

	*r = (struct recipe){0};
	if (fd < 0)
		return err_sys(err, EXIT_MACHINE, "%s cannot be read", program);
	dwarf = dwarf_begin(fd, DWARF_C_READ);
	if (dwarf) {
		units_take(r, dwarf);
		libraries_take(r, dwarf_getelf(dwarf));
		dwarf_end(dwarf);
	}
	close(fd);
	return r->sources.n > 0 ||
	       err_set(err, EXIT_MACHINE, "%s does not say how it was compiled: it was built without -g", program);
}

static void texts_finish(char **texts, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(texts[i]);
	free(texts);
}

void recipe_finish(struct recipe *r)
{
	texts_finish(r->sources.at, r->sources.n);
	texts_finish(r->switches.at, r->switches.n);
	texts_finish(r->libraries.at, r->libraries.n);
	*r = (struct recipe){0};
}
