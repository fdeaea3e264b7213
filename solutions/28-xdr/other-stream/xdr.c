/* Byte by byte, as a stream: nothing is kept but what has to be. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void emit(unsigned long long v, int bytes)
{
	while (bytes-- > 0)
		printf("%02llx", v >> (8 * bytes) & 0xff);
}

static int enc(void)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t n;

	while ((n = getline(&line, &room, stdin)) > 0) {
		if (line[n - 1] == '\n')
			line[--n] = 0;
		if (!strncmp(line, "int ", 4)) {
			emit((unsigned long long)atoll(line + 4), 4);
		} else if (!strncmp(line, "hyper ", 6)) {
			emit((unsigned long long)strtoll(line + 6, 0, 10), 8);
		} else if (!strncmp(line, "string ", 7)) {
			emit((unsigned long long)(n - 7), 4);
			for (ssize_t i = 7; i < n; i++)
				emit((unsigned char)line[i], 1);
			for (ssize_t i = n - 7; i % 4; i++)
				emit(0, 1);
		}
		putchar('\n');
	}
	free(line);
	return 0;
}

static int byte(void)
{
	char hex[3] = {0};

	for (int i = 0; i < 2; i++) {
		int c;

		while ((c = getchar()) != EOF && isspace(c))
			;
		if (c == EOF)
			return -1;
		hex[i] = (char)c;
	}
	return (int)strtol(hex, NULL, 16);
}

static int number(int bytes, unsigned long long *v)
{
	*v = 0;
	while (bytes-- > 0) {
		int b = byte();

		if (b < 0)
			return 0;
		*v = *v << 8 | (unsigned)b;
	}
	return 1;
}

int main(int argc, char **argv)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (argc > 1 && !strcmp(argv[1], "encode"))
		return enc();
	for (int i = 2; i < argc; i++) {
		unsigned long long v;

		if (!strcmp(argv[i], "int")) {
			if (!number(4, &v))
				return 1;
			fprintf(out, "%d\n", (int)v);
		} else if (!strcmp(argv[i], "hyper")) {
			if (!number(8, &v))
				return 1;
			fprintf(out, "%lld\n", (long long)v);
		} else {
			unsigned long long n;

			if (!number(4, &v))
				return 1;
			for (n = 0; n < v; n++) {
				int b = byte();

				if (b < 0)
					return 1;
				fputc(b, out);
			}
			for (; n % 4; n++)
				if (byte() != 0)
					return 1;
			fputc('\n', out);
		}
	}
	if (byte() >= 0)
		return 1;
	fclose(out);
	fputs(text, stdout);
	return 0;
}
