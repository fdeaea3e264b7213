/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Programs with a pipe. */
#include <stdio.h>

#include "drill/private.h"

static const char *const head = "#include <sys/wait.h>\n#include <unistd.h>\n\nint main(void) {\n\tchar buf[64];\n\tint fds[2];\n";

/* Which ends are closed, and who waits for whom: does the reader get its end of file? */
static void end_of_file(struct making *m)
{
	bool child_closes = coin(m), parent_closes = coin(m), first = coin(m), once = pick(m, 0, 3) == 0;
	u32 bytes = pick(m, 1, 40), most = pick(m, 1, 64);

	lines(m, head);
	line(m, "\tpipe(fds);");
	line(m, "\tif (fork() == 0) {");
	if (child_closes)
		line(m, "\t\tclose(fds[1]);");
	line(m, once ? "\t\tread(fds[0], buf, %u);" : "\t\twhile (read(fds[0], buf, %u) > 0);", most);
	line(m, "\t\treturn 0;");
	line(m, "\t}");
	line(m, "\twrite(fds[1], \"%.*s\", %u);", (int)bytes, "0123456789012345678901234567890123456789", bytes);
	if (parent_closes && first)
		line(m, "\tclose(fds[1]);");
	line(m, "\twait(NULL);");
	if (parent_closes && !first)
		line(m, "\tclose(fds[1]);");
	line(m, "\treturn 0;\n}");
	ask(m, "P2 is the child. What becomes of it in the end, when nobody can move any more?");
	option(m, "it ends by itself", "P2 exited",
		"Who reads until the end of file needs everybody who could write to close: its parent, and itself.");
	option(m, "it waits in read for ever", "P2 blocked read",
		"A read waits only while the pipe is empty and somebody could still write into it.");
	option(m, "a signal ends it", "P2 killed", "Signals come to those who write where nobody could read, not to readers.");
}

/* Pieces put in before anybody reads: what a read of a given size takes. */
static void borders(struct making *m)
{
	u32 n = pick(m, 2, 4), total = 0, size, most = pick(m, 2, 32), reads;

	lines(m, head);
	line(m, "\tpipe(fds);");
	for (u32 i = 0; i < n; i++) {
		size = pick(m, 1, 20);
		total += size;
		line(m, "\twrite(fds[1], \"%.*s\", %u);", (int)size, "abcdefghijklmnopqrstuvwxyz", size);
	}
	reads = pick(m, 1, (total + most - 1) / most);
	line(m, "\tif (fork() == 0) {");
	line(m, "\t\tfor (int i = 0; i < %u; i++)", reads);
	line(m, "\t\t\tread(fds[0], buf, %u);", most);
	line(m, "\t\treturn 0;\n\t}\n\twait(NULL);\n\treturn 0;\n}");
	ask(m, "How many bytes will %s return?", reads == 1 ? "P2's read" : "the last of P2's reads");
	number(m, "result P2 read", "A pipe keeps no borders between writes. A read takes what is there, up to the size it asks for.");
}

/* Who writes when nobody, or only oneself, could read. */
static void lone_writer(struct making *m)
{
	bool ignored = coin(m), parent_closes = pick(m, 0, 2) > 0, waits = coin(m);
	u32 bytes = pick(m, 1, 60);
	char returned[64], text[64];

	line(m, "#include <signal.h>");
	lines(m, head);
	if (ignored)
		line(m, "\tsignal(SIGPIPE, SIG_IGN);");
	line(m, "\tpipe(fds);");
	line(m, "\tif (fork() == 0) {");
	line(m, waits ? "\t\tclose(fds[1]);\n\t\tread(fds[0], buf, %u);" : "\t\tclose(fds[0]);\n\t\t_exit(%u);", pick(m, 1, 9));
	line(m, waits ? "\t\treturn 0;\n\t}" : "\t}");
	if (parent_closes)
		line(m, "\tclose(fds[0]);");
	if (waits)
		line(m, "\twrite(fds[1], \"x\", 1);");
	line(m, "\twait(NULL);");
	line(m, "\twrite(fds[1], buf, %u);", bytes);
	line(m, "\treturn 0;\n}");
	ask(m, "What will P1's last write do, with its %u byte%s, when P2 is gone?", bytes, bytes == 1 ? "" : "s");
	snprintf(text, sizeof text, "return %u", bytes);
	snprintf(returned, sizeof returned, "result P1 write = %u and P1 exited", bytes);
	option(m, text, returned, "A write returns while there is room and somebody has the read end open, the writer itself included. Nobody need read.");
	option(m, "fail: EPIPE", "P1 failed write EPIPE and P1 exited",
		"A write fails with EPIPE only when nobody could read any more, and when the signal for that is ignored.");
	option(m, "wait until somebody reads", "P1 blocked write", "A write waits only while there is no room.");
	option(m, "a signal ends P1", "P1 killed SIGPIPE",
		"SIGPIPE comes when nobody at all could read any more, and it is not ignored.");
}

/* How much goes in before a writer has to wait. */
static void capacity(struct making *m)
{
	static const u32 pieces[] = {512, 1024, 2048, 4096, 8192};
	u32 pages = 1u << pick(m, 0, 4), piece = pick_of(m, pieces);

	line(m, "#include <fcntl.h>\n#include <unistd.h>\n\nint main(void) {");
	line(m, "\tchar buf[%u] = \"\";\n\tint fds[2];\n", piece);
	line(m, "\tpipe(fds);");
	line(m, "\tfcntl(fds[1], F_SETPIPE_SZ, %u);", pages * 4096);
	line(m, "\tfor (;;)\n\t\twrite(fds[1], buf, sizeof buf);\n}");
	ask(m, "How many of P1's writes will come back?");
	number(m, "calls P1 write", "Nobody reads. A write comes back when all of its bytes are in the pipe; the one that finds too little room waits.");
}

void make_pipe(struct making *m)
{
	static void (*const forms[])(struct making *) = {end_of_file, end_of_file, borders, borders, lone_writer, capacity};

	pick_of(m, forms)(m);
}
