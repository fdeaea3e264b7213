/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Between the files of base and its tests. */
#ifndef BASE_PRIVATE_H
#define BASE_PRIVATE_H

#include "base/lib.h"

/* crc32c() without the processor's help; what it uses where there is none. */
u32 crc32c_portable(u32 seed, const void *bytes, size_t n);
/* Length in bytes of the UTF-8 sequence at p, which has n > 0 bytes; 0 when it is none. */
size_t utf8_length(const u8 *p, size_t n);

#endif
