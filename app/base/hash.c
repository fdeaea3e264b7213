/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/private.h"

#include <endian.h>
#include <string.h>

/* The polynomial 0x82f63b78 (RFC 3720, appendix B.4), four bits at a time. */
static const u32 crc_nibble[16] = {
	0x00000000,
	0x105ec76f,
	0x20bd8ede,
	0x30e349b1,
	0x417b1dbc,
	0x5125dad3,
	0x61c69362,
	0x7198540d,
	0x82f63b78,
	0x92a8fc17,
	0xa24bb5a6,
	0xb21572c9,
	0xc38d26c4,
	0xd3d3e1ab,
	0xe330a81a,
	0xf36e6f75,
};

u32 crc32c_portable(u32 seed, const void *bytes, size_t n)
{
	const u8 *p = bytes;
	u32 crc = ~seed;

	for (; n > 0; n--) {
		crc ^= *p++;
		crc = crc >> 4 ^ crc_nibble[crc & 15];
		crc = crc >> 4 ^ crc_nibble[crc & 15];
	}
	return ~crc;
}

#ifdef __x86_64__
__attribute__((target("sse4.2"))) static u32 crc32c_sse42(u32 seed, const void *bytes, size_t n)
{
	const u8 *p = bytes;
	u64 crc = (u32)~seed;
	u64 word;

	for (; n >= sizeof word; n -= sizeof word, p += sizeof word) {
		memcpy(&word, p, sizeof word);
		crc = __builtin_ia32_crc32di(crc, word);
	}
	for (; n > 0; n--)
		crc = __builtin_ia32_crc32qi((u32)crc, *p++);
	return ~(u32)crc;
}
#endif

u32 crc32c(u32 seed, const void *bytes, size_t n)
{
#ifdef __x86_64__
	if (__builtin_cpu_supports("sse4.2"))
		return crc32c_sse42(seed, bytes, n);
#endif
	return crc32c_portable(seed, bytes, n);
}

/* Both halves of the 128-bit product, so that every input bit can reach every output bit. */
static u64 mix(u64 a, u64 b)
{
	unsigned __int128 p = (unsigned __int128)a * b;

	return (u64)p ^ (u64)(p >> 64);
}

static u64 load64(const u8 *p)
{
	u64 word;

	memcpy(&word, p, sizeof word);
	return le64toh(word);
}

u64 hash64(u64 seed, const void *bytes, size_t n)
{
	static const u64 odd[3] = {0x9e3779b97f4a7c15, 0xd1b54a32d192ed03, 0x8cb92ba72f3d8dd7};
	const u8 *p = bytes;
	u64 h = mix(seed ^ odd[0], (u64)n ^ odd[1]);
	u8 last[16] = {0};
	size_t left = n;

	for (; left >= 16; left -= 16, p += 16)
		h = mix(load64(p) ^ odd[1] ^ h, load64(p + 8) ^ odd[2]) + (h << 31 | h >> 33);
	if (left > 0)
		memcpy(last, p, left);
	h = mix(load64(last) ^ odd[1] ^ h, load64(last + 8) ^ odd[2]) + (h << 31 | h >> 33);
	return mix(h ^ odd[0], odd[2]);
}
