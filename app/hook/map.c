/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where shared memory comes from and goes. The filter stops shared mmap and learns of segments
 * there; munmap, mremap and private mappings over shared ones it does not see, so those are told.
 * What the C library maps by itself (sem_open) comes by none of these, and its contents are the C
 * library's own affair.
 */
#include "hook/runtime.h"

static void mapped(uintptr_t start, size_t bytes, bool made)
{
	hook_call(HOOK_MAPPED, (long)start, (long)bytes, made, 0, 0);
}

static void *map(__typeof__(mmap64) *real, void *at, size_t bytes, int prot, int flags, int fd,
	off64_t offset)
{
	void *p = real(at, bytes, prot, flags, fd, offset);

	if (LIKELY(hook_state != HOOK_WATCHED) || p == MAP_FAILED)
		return p;
	if (flags & MAP_SHARED) /* MAP_SHARED_VALIDATE has that bit too */
		ranges_add((uintptr_t)p, bytes);
	else if (ranges_remove((uintptr_t)p, bytes))
		mapped((uintptr_t)p, bytes, false);
	return p;
}

void *hook_mmap(void *at, size_t bytes, int prot, int flags, int fd, off_t offset) STANDS_FOR(mmap);
void *hook_mmap(void *at, size_t bytes, int prot, int flags, int fd, off_t offset)
{
	hook_watched();
	return map(hook_real.mmap, at, bytes, prot, flags, fd, offset);
}

void *hook_mmap64(void *at, size_t bytes, int prot, int flags, int fd, off64_t offset)
	STANDS_FOR(mmap64);
void *hook_mmap64(void *at, size_t bytes, int prot, int flags, int fd, off64_t offset)
{
	hook_watched();
	return map(hook_real.mmap64, at, bytes, prot, flags, fd, offset);
}

int hook_munmap(void *at, size_t bytes) STANDS_FOR(munmap);
int hook_munmap(void *at, size_t bytes)
{
	int r;

	if (!hook_watched())
		return hook_real.munmap(at, bytes);
	r = hook_real.munmap(at, bytes);
	if (r == 0 && ranges_remove((uintptr_t)at, bytes))
		mapped((uintptr_t)at, bytes, false);
	return r;
}

void *hook_mremap(void *at, size_t bytes, size_t wanted, int flags, ...) STANDS_FOR(mremap);
void *hook_mremap(void *at, size_t bytes, size_t wanted, int flags, ...)
{
	bool shared;
	void *to, *p;
	va_list rest;

	va_start(rest, flags);
	to = va_arg(rest, void *); /* rubbish without MREMAP_FIXED, which the kernel then ignores */
	va_end(rest);
	if (!hook_watched())
		return hook_real.mremap(at, bytes, wanted, flags, to);
	shared = ranges_contain((uintptr_t)at);
	p = hook_real.mremap(at, bytes, wanted, flags, to);
	if (p == MAP_FAILED)
		return p;
	/* Length 0 of a shared mapping: a second mapping of it, the first one stays.
	 * MREMAP_DONTUNMAP leaves nothing of use behind. */
	if (shared && bytes && ranges_remove((uintptr_t)at, bytes))
		mapped((uintptr_t)at, bytes, false);
	if (p != at && ranges_remove((uintptr_t)p, wanted))
		mapped((uintptr_t)p, wanted, false);
	if (shared) {
		ranges_add((uintptr_t)p, wanted);
		mapped((uintptr_t)p, wanted, true);
	}
	return p;
}

void *hook_shmat(int id, const void *at, int flags) STANDS_FOR(shmat);
void *hook_shmat(int id, const void *at, int flags)
{
	struct shmid_ds is;
	void *p;
	int kept;

	if (!hook_watched())
		return hook_real.shmat(id, at, flags);
	p = hook_real.shmat(id, at, flags);
	kept = errno;
	if (p != (void *)-1 && shmctl(id, IPC_STAT, &is) == 0) {
		ranges_add((uintptr_t)p, is.shm_segsz);
		mapped((uintptr_t)p, is.shm_segsz, true);
	}
	errno = kept;
	return p;
}

int hook_shmdt(const void *at) STANDS_FOR(shmdt);
int hook_shmdt(const void *at)
{
	size_t bytes;
	int r;

	if (!hook_watched())
		return hook_real.shmdt(at);
	bytes = ranges_size((uintptr_t)at);
	r = hook_real.shmdt(at);
	if (r == 0 && bytes && ranges_remove((uintptr_t)at, bytes))
		mapped((uintptr_t)at, bytes, false);
	return r;
}
