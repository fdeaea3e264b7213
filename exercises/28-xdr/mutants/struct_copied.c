// verdict: WRONG
// says: got "0500000068656c6c6f\n"
/* xdr encode: lines "int N", "hyper N", "string TEXT" become bytes as RFC 4506 says, printed in hexadecimal, a line each.
 * xdr decode TYPE...: bytes in hexadecimal become values again. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 4096 };

struct bytes {
	unsigned char at[MOST];
	size_t n, pos;
};

static void put_word(struct bytes *b, uint32_t word)
{
	for (int shift = 24; shift >= 0; shift -= 8) /* the most significant byte first */
		b->at[b->n++] = (unsigned char)(word >> shift);
}

static void put_string(struct bytes *b, const char *text)
{
	size_t n = strlen(text);

	struct {
		uint32_t n;
		char text[1020];
	} s = {(uint32_t)n, ""};

	memcpy(s.text, text, n);
	memcpy(b->at + b->n, &s, sizeof s.n + n);
	b->n += sizeof s.n + n;
}

static int get_word(struct bytes *b, uint32_t *word)
{
	if (b->n - b->pos < 4)
		return 0;
	*word = 0;
	for (int i = 0; i < 4; i++)
		*word = *word << 8 | b->at[b->pos++];
	return 1;
}

/* What the other side says of a length is not to be believed. */
static int get_string(struct bytes *b, char *text)
{
	uint32_t n;

	if (!get_word(b, &n) || n > b->n - b->pos)
		return 0;
	memcpy(text, b->at + b->pos, n);
	text[n] = '\0';
	b->pos += n;
	for (; b->pos % 4; b->pos++)
		if (b->pos == b->n || b->at[b->pos] != 0)
			return 0;
	return 1;
}

static int encode(void)
{
	char line[1024];

	while (fgets(line, sizeof line, stdin)) {
		struct bytes b = {.n = 0};
		char *value = strchr(line, ' ');

		line[strcspn(line, "\n")] = '\0';
		if (!value)
			return 1;
		*value++ = '\0';
		if (!strcmp(line, "int")) {
			put_word(&b, (uint32_t)strtol(value, NULL, 10));
		} else if (!strcmp(line, "hyper")) {
			uint64_t n = (uint64_t)strtoll(value, NULL, 10);

			put_word(&b, (uint32_t)(n >> 32));
			put_word(&b, (uint32_t)n);
		} else if (!strcmp(line, "string")) {
			put_string(&b, value);
		} else {
			return 1;
		}
		for (size_t i = 0; i < b.n; i++)
			printf("%02x", b.at[i]);
		printf("\n");
	}
	return 0;
}

static int read_hex(struct bytes *b)
{
	unsigned byte;

	while (b->n < MOST && scanf("%2x", &byte) == 1)
		b->at[b->n++] = (unsigned char)byte;
	return 1;
}

static int decode(char **types)
{
	static char out[4 * MOST];
	struct bytes b = {.n = 0};
	size_t used = 0;

	read_hex(&b);
	for (; *types; types++) {
		uint32_t high, low;
		char text[MOST + 1];

		if (!strcmp(*types, "int") && get_word(&b, &low))
			used += (size_t)sprintf(out + used, "%" PRId32 "\n", (int32_t)low);
		else if (!strcmp(*types, "hyper") && get_word(&b, &high) && get_word(&b, &low))
			used += (size_t)sprintf(out + used, "%" PRId64 "\n", (int64_t)((uint64_t)high << 32 | low));
		else if (!strcmp(*types, "string") && get_string(&b, text))
			used += (size_t)sprintf(out + used, "%s\n", text);
		else
			return 1;
	}
	if (b.pos != b.n)
		return 1;
	fputs(out, stdout);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "encode"))
		return encode();
	if (argc > 2 && !strcmp(argv[1], "decode"))
		return decode(argv + 2);
	return 2;
}
