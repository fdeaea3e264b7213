/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gcc -fsanitize=thread links libtsan_preinit.o, then -ltsan, and only then the program's objects:
 * nobody but this object can make the linker take the runtime out of the archive. */
extern const int ipclab_hook_version;
extern const int *const ipclab_hook_wanted;
const int *const ipclab_hook_wanted = &ipclab_hook_version;
