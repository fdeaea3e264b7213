/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which build a program is: the note that the linker left in it, else a hash of its bytes. */
#include <fcntl.h>
#include <gelf.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "source/lib.h"

static bool note_id(Elf_Data *data, char *hex, size_t n)
{
	size_t name, desc;
	GElf_Nhdr note;

	for (size_t at = 0; data && (at = gelf_getnote(data, at, &note, &name, &desc)) > 0;) {
		const unsigned char *id = (const unsigned char *)data->d_buf + desc;

		if (note.n_type != NT_GNU_BUILD_ID || note.n_namesz != 4 || !note.n_descsz ||
			memcmp((const char *)data->d_buf + name, "GNU", 4) != 0)
			continue;
		for (size_t i = 0; i < note.n_descsz && 2 * i + 2 < n; i++)
			snprintf(hex + 2 * i, 3, "%02x", id[i]);
		return true;
	}
	return false;
}

static bool elf_id(int fd, char *hex, size_t n)
{
	Elf *elf = elf_version(EV_CURRENT) == EV_NONE ? NULL : elf_begin(fd, ELF_C_READ, NULL);
	bool found = false;
	size_t headers = 0;

	if (elf && elf_kind(elf) == ELF_K_ELF && elf_getphdrnum(elf, &headers) == 0)
		for (size_t i = 0; !found && i < headers; i++) {
			GElf_Phdr p;

			if (gelf_getphdr(elf, (int)i, &p) && p.p_type == PT_NOTE)
				found = note_id(elf_getdata_rawchunk(elf, (i64)p.p_offset,
							p.p_filesz, ELF_T_NHDR),
					hex, n);
		}
	elf_end(elf);
	return found;
}

static bool hash_id(int fd, char *hex, size_t n)
{
	char bytes[65536];
	u64 hash = 0;
	ssize_t got;

	if (lseek(fd, 0, SEEK_SET) < 0)
		return false;
	while ((got = read(fd, bytes, sizeof bytes)) > 0)
		hash = hash64(hash, bytes, (size_t)got);
	snprintf(hex, n, "hash-%016llx", (unsigned long long)hash);
	return got == 0;
}

bool source_build(const char *path, char *hex, size_t n)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool ok;

	hex[0] = '\0';
	if (fd < 0)
		return false;
	ok = elf_id(fd, hex, n) || hash_id(fd, hex, n);
	close(fd);
	return ok;
}
