/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which waiting function of the C library an address lies in: the tables of exported symbols of the files mapped, read once a
 * file. A statically linked program has them in its own table, unless it was stripped. What is read is
 * another's file: every offset is checked.
 */
#include <elf.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tracer/private.h"

static const struct {
	const char *name;
	u16 call;
} functions[] = {
	{"pthread_mutex_lock", CALL_pthread_mutex_lock},
	{"pthread_mutex_timedlock", CALL_pthread_mutex_lock},
	{"pthread_mutex_clocklock", CALL_pthread_mutex_lock},
	{"mtx_lock", CALL_pthread_mutex_lock},
	{"pthread_cond_wait", CALL_pthread_cond_wait},
	{"cnd_wait", CALL_pthread_cond_wait},
	{"pthread_cond_timedwait", CALL_pthread_cond_timedwait},
	{"pthread_cond_clockwait", CALL_pthread_cond_timedwait},
	{"sem_wait", CALL_sem_wait},
	{"sem_timedwait", CALL_sem_timedwait},
	{"sem_clockwait", CALL_sem_timedwait},
	{"pthread_barrier_wait", CALL_pthread_barrier_wait},
	{"pthread_rwlock_rdlock", CALL_pthread_rwlock_rdlock},
	{"pthread_rwlock_wrlock", CALL_pthread_rwlock_wrlock},
	{"pthread_rwlock_timedrdlock", CALL_pthread_rwlock_timedrdlock},
	{"pthread_rwlock_timedwrlock", CALL_pthread_rwlock_timedwrlock},
	{"pthread_rwlock_clockrdlock", CALL_pthread_rwlock_timedrdlock},
	{"pthread_rwlock_clockwrlock", CALL_pthread_rwlock_timedwrlock},
};

/* ---- one file ---- */

struct elf {
	const u8 *bytes;
	size_t size;
	struct symbol_file *into;
};

static const void *part(const struct elf *e, u64 off, u64 n)
{
	return off <= e->size && n <= e->size - off ? e->bytes + off : NULL;
}

static u16 call_of(const char *name, size_t room)
{
	size_t n = strnlen(name, room);

	while (n > 2 && name[0] == '_' && n < room) { /* "__pthread_mutex_lock", "___pthread_..." of static ones */
		name++;
		n--;
	}
	for (size_t i = 0; i < ARRAY_LEN(functions); i++)
		if (strlen(functions[i].name) == n && !memcmp(functions[i].name, name, n))
			return functions[i].call;
	return 0;
}

static void take_table(struct elf *e, const Elf64_Shdr *symbols, const Elf64_Shdr *strings)
{
	const Elf64_Sym *sym = part(e, symbols->sh_offset, symbols->sh_size);
	const char *text = part(e, strings->sh_offset, strings->sh_size);

	for (u64 i = 0; sym && text && i < symbols->sh_size / sizeof *sym; i++) {
		u16 call;
		if (ELF64_ST_TYPE(sym[i].st_info) != STT_FUNC || !sym[i].st_size || sym[i].st_name >= strings->sh_size)
			continue;
		call = call_of(text + sym[i].st_name, strings->sh_size - sym[i].st_name);
		if (call)
			*vec_push(&e->into->symbols) = (struct symbol){sym[i].st_value, sym[i].st_size, call};
	}
}

static void read_elf(struct elf *e)
{
	const Elf64_Ehdr *h = part(e, 0, sizeof *h);
	const Elf64_Phdr *ph;
	const Elf64_Shdr *sh;

	if (!h || memcmp(h->e_ident, ELFMAG, SELFMAG) || h->e_ident[EI_CLASS] != ARCH_ELF_CLASS || h->e_phentsize != sizeof *ph ||
	    h->e_shentsize != sizeof *sh)
		return;
	ph = part(e, h->e_phoff, (u64)h->e_phnum * sizeof *ph);
	for (unsigned i = 0; ph && i < h->e_phnum; i++)
		if (ph[i].p_type == PT_LOAD && ph[i].p_flags & PF_X) {
			e->into->bias = ph[i].p_vaddr - ph[i].p_offset;
			break;
		}
	sh = part(e, h->e_shoff, (u64)h->e_shnum * sizeof *sh);
	for (unsigned i = 0; sh && i < h->e_shnum; i++)
		if ((sh[i].sh_type == SHT_DYNSYM || sh[i].sh_type == SHT_SYMTAB) && sh[i].sh_link < h->e_shnum)
			take_table(e, &sh[i], &sh[sh[i].sh_link]);
}

/* By /proc/TID/root, so that a container's own library is read, not ours of that name. */
static void read_file(pid_t tid, const char *path, struct symbol_file *into)
{
	struct elf e = {.into = into};
	char name[1200];
	struct stat st;
	int fd;

	snprintf(name, sizeof name, "/proc/%d/root%s", (int)tid, path);
	fd = strstr(path, "musl") ? -1 : open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* another layout of its objects */
	if (fd < 0)
		return;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0 && st.st_ino == into->ino) {
		void *bytes = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
		if (bytes != MAP_FAILED) {
			e.bytes = bytes;
			e.size = (size_t)st.st_size;
			read_elf(&e);
			munmap(bytes, (size_t)st.st_size);
		}
	}
	close(fd);
}

/* ---- the files of an address space ---- */

static struct symbol_file *file_of(struct tracer *t, pid_t tid, u64 ino, const char *path)
{
	struct symbol_file *f;

	for (size_t i = 0; i < t->symbol_files.n; i++)
		if (t->symbol_files.at[i].ino == ino && !strcmp(t->symbol_files.at[i].path, path))
			return &t->symbol_files.at[i];
	f = vec_push(&t->symbol_files);
	*f = (struct symbol_file){.ino = ino};
	snprintf(f->path, sizeof f->path, "%s", path);
	read_file(tid, path, f);
	return f;
}

/* The executable mapping of that address: start, offset in the file, inode, path. */
static bool mapping_of(pid_t tid, u64 addr, u64 *start, u64 *offset, u64 *ino, char *path, size_t room)
{
	char name[64], line[1400];
	bool found = false;
	FILE *f;

	snprintf(name, sizeof name, "/proc/%d/maps", (int)tid);
	f = fopen(name, "re");
	while (f && !found && fgets(line, sizeof line, f)) {
		unsigned long long from, to, off, inode;
		char perm[8], text[1024] = "";
		if (sscanf(line, "%llx-%llx %7s %llx %*s %llu %1023[^\n]", &from, &to, perm, &off, &inode, text) < 5)
			continue;
		if (addr < from || addr >= to)
			continue;
		found = perm[2] == 'x' && text[0] == '/';
		*start = from;
		*offset = off;
		*ino = inode;
		snprintf(path, room, "%s", text);
		break;
	}
	if (f)
		fclose(f);
	return found;
}

u16 symbol_call(struct tracer *t, struct tracee *x, u64 addr)
{
	u64 start, offset, ino, at;
	const struct symbol_file *f;
	char path[1024];

	if (addr < 4096 || addr >> 47 || !mapping_of(x->tid, addr, &start, &offset, &ino, path, sizeof path))
		return 0;
	f = file_of(t, x->tid, ino, path);
	at = addr - start + offset + f->bias;
	for (size_t i = 0; i < f->symbols.n; i++)
		if (at > f->symbols.at[i].value && at - f->symbols.at[i].value < f->symbols.at[i].size)
			return f->symbols.at[i].call;
	return 0;
}
