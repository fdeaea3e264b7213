/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Built with -m32 -nostdlib -static, without a C library, so that it needs nothing that is 32-bit
 * but the compiler: such a program runs and is not decoded. Ends with 5 when all went well. */
#ifdef __i386__
enum {
	CALL_EXIT = 1,
	CALL_FORK = 2,
	CALL_READ = 3,
	CALL_WRITE = 4,
	CALL_WAITPID = 7,
	CALL_PIPE = 42
};

static int call(int number, long a, long b, long c)
{
	int result;

	__asm__ volatile("int $0x80"
			 : "=a"(result)
			 : "a"(number), "b"(a), "c"(b), "d"(c)
			 : "memory");
	return result;
}

void _start(void);
void _start(void)
{
	char byte = '-';
	int ends[2];

	if (call(CALL_PIPE, (long)ends, 0, 0) < 0)
		call(CALL_EXIT, 1, 0, 0);
	if (call(CALL_FORK, 0, 0, 0) == 0)
		call(CALL_EXIT, call(CALL_WRITE, ends[1], (long)"f", 1) != 1, 0, 0);
	if (call(CALL_READ, ends[0], (long)&byte, 1) != 1 || byte != 'f')
		call(CALL_EXIT, 2, 0, 0);
	call(CALL_WAITPID, -1, 0, 0);
	call(CALL_WRITE, 1, (long)"foreign\n", 8);
	call(CALL_EXIT, 5, 0, 0);
	for (;;)
		;
}
#else
int main(void)
{
	return 77;
}
#endif
