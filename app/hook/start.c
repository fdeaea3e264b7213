/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The question whether ipclab is there, before main and before every constructor. */
#include <dlfcn.h>

#include "hook/runtime.h"

unsigned char hook_state;
bool hook_wants_threads, hook_wants_values;
static bool serves; /* HOOK_SERVE was answered */
uintptr_t hook_stack;
struct hook_real hook_real;

#define HOOK_VERSION 1

/* By which a reader of the ELF file knows that the program has hooks (elf.c). */
__asm__(".pushsection .note.ipclab, \"a\", @note\n\t"
	".balign 4\n\t"
	".long 7, 4, 1\n\t" /* bytes of name, bytes of version, type */
	".asciz \"ipclab\"\n\t"
	".balign 4\n\t"
	".long 1\n\t" /* HOOK_VERSION */
	".popsection");

/* What libtsan_preinit.o asks for, so that the linker takes this object out of the archive. */
extern const int ipclab_hook_version;
const int ipclab_hook_version = HOOK_VERSION;

static void *find(const char *name, const char *version)
{
	void *f = version ? dlvsym(RTLD_NEXT, name, version) : NULL;

	return f ? f : dlsym(RTLD_NEXT, name);
}

/* The real functions are looked up now, all of them: dlsym is not async-signal-safe, sem_post is.
 */
static void find_real(void)
{
	static const struct {
		const char *name, *version;
		size_t place;
	} functions[] = {
#define REAL(name, version) {#name, version, offsetof(struct hook_real, name)},
#include "hook/real.def"
#undef REAL
	};

	for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
		*(void **)((char *)&hook_real + functions[i].place) =
			find(functions[i].name, functions[i].version);
}

/* A child of fork is watched as its parent is; exec starts anew, and so asks anew. */
void hook_start(void)
{
	long answer;

	if (hook_state != HOOK_UNASKED)
		return;
	answer = hook_call(HOOK_ASK, (long)hook_peek, 0, 0, 0, 0);
	find_real();
	if ((answer & ~0xffL) != HOOK_HERE) {
		hook_state = HOOK_ALONE;
		return;
	}
	hook_wants_threads = answer & HOOK_THREADS;
	hook_wants_values = answer & HOOK_VALUES;
	hook_stack = (uintptr_t)__builtin_frame_address(0);
	hook_state = HOOK_WATCHED;
	if (answer & HOOK_EXPLORE)
		explore_open();
	serves = hook_page && answer & HOOK_SERVE;
}

/* ---- before main, when everything else has been made ready ---- */

typedef int program(int, char **, char **);
static program *program_main;

static int serve_main(int argc, char **argv, char **envp)
{
	if (serves)
		explore_serve();
	return program_main(argc, argv, envp);
}

/* What crt1.o calls, with main. */
int hook_libc_start_main(program *, int, char **, void (*)(void), void (*)(void), void (*)(void), void *)
	STANDS_FOR(__libc_start_main);
int hook_libc_start_main(program *run, int argc, char **argv, void (*init)(void), void (*fini)(void),
	void (*rtld_fini)(void), void *stack_end)
{
	__typeof__(hook_libc_start_main) *real;

	*(void **)&real = dlsym(RTLD_NEXT, "__libc_start_main");
	program_main = run;
	return real(serve_main, argc, argv, init, fini, rtld_fini, stack_end);
}

__attribute__((section(".preinit_array"), used)) static void (*const preinit)(void) = hook_start;
