/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Programs that fork. */
#include <stdio.h>

#include "drill/private.h"

static void processes_option(struct making *m, u32 n)
{
	char text[32], when[64];

	snprintf(text, sizeof text, "%u process%s", n, n == 1 ? "" : "es");
	snprintf(when, sizeof when, "P%u exited and not P%u exited", n, n + 1);
	option(m, text, when, "Each process that comes to a fork makes one more, children too. In the child fork gives 0, which is false: && ends there, || goes on.");
}

/* How many processes come of it. */
static void how_many(struct making *m)
{
	static const char *const forms[] = {"fork() && fork()", "fork() || fork()", "fork() == 0 && fork()",
		"fork() && fork() && fork()", "fork() && (fork() || fork())", "(fork() || fork()) && fork()",
		"fork() == 0 || fork() == 0", "fork() && fork() == 0 && fork()"};
	u32 form = pick(m, 0, ARRAY_LEN(forms) + 1), rounds = pick(m, 1, 3);

	line(m, "#include <sys/wait.h>\n#include <unistd.h>\n\nint main(void) {");
	if (form < ARRAY_LEN(forms)) {
		line(m, "\tif (%s)\n\t\t%s;", forms[form], coin(m) ? "fork()" : "sleep(0)");
	} else {
		line(m, "\tfor (int i = 0; i < %u; i++)", rounds);
		line(m, form == ARRAY_LEN(forms) ? "\t\tfork();" : "\t\tif (fork() == 0)\n\t\t\tbreak;");
	}
	line(m, "\twhile (wait(NULL) > 0);\n\treturn 0;\n}");
	ask(m, "How many processes will there have been, the first one included?");
	m->in_order = true;
	for (u32 n = 1; n <= 8; n++) /* an answer's number is what it says */
		processes_option(m, n);
}

/* Whose variable is it? */
static void whose(struct making *m)
{
	u32 first = pick(m, 1, 40), add = pick(m, 1, 30), later = pick(m, 0, 9);
	u32 memory = pick(m, 0, 2); /* a variable, private pages, shared pages */

	line(m, "#include <sys/mman.h>\n#include <sys/wait.h>\n#include <unistd.h>\n\nint main(void) {");
	if (memory == 0)
		line(m, "\tint value = 0, *n = &value;\n");
	else
		line(m, "\tint *n = mmap(NULL, sizeof *n, PROT_READ | PROT_WRITE,\n\t\t%s | MAP_ANONYMOUS, -1, 0);\n",
			memory == 1 ? "MAP_PRIVATE" : "MAP_SHARED");
	line(m, "\t*n = %u;", first);
	line(m, "\tif (fork() == 0) {");
	line(m, "\t\t*n += %u;", add);
	line(m, "\t\treturn *n;\n\t}\n\twait(NULL);");
	if (later)
		line(m, "\t*n += %u;", later);
	line(m, "\treturn *n;\n}");
	ask(m, "With what status will P1 end?");
	number(m, "status P1", "fork copies variables and private pages: what the child then changes is its own. Pages mapped with MAP_SHARED are "
		"the same for both.");
}

/* What is left of a status. */
static void status(struct making *m)
{
	u32 n = coin(m) ? pick(m, 256, 900) : pick(m, 1, 255), add = pick(m, 1, 20);
	bool twice = coin(m);

	line(m, "#include <stdlib.h>\n#include <sys/wait.h>\n#include <unistd.h>\n\nint main(void) {\n\tint status;\n");
	line(m, "\tif (fork() == 0)\n\t\texit(%u);", n);
	line(m, "\twait(&status);");
	if (twice)
		line(m, "\tif (fork() == 0)\n\t\texit(WEXITSTATUS(status) + %u);\n\twait(&status);", add);
	line(m, "\treturn WEXITSTATUS(status)%s;\n}", coin(m) ? " / 2" : "");
	ask(m, "With what status will P1 end?");
	number(m, "status P1", "Of a status the parent gets the last 8 bits: 256 is 0 there, and 300 is 44.");
}

/* What lies in a stdio buffer is copied, too. */
static void buffered(struct making *m)
{
	static const char *const words[] = {"one", "hello", "a", "before"}, *const others[] = {"two", "child", "bc"};
	bool newline = coin(m), flush = pick(m, 0, 2) == 0;

	line(m, "#include <stdio.h>\n#include <sys/wait.h>\n#include <unistd.h>\n\nint main(void) {");
	line(m, "\tprintf(\"%s%s\");", pick_of(m, words), newline ? "\\n" : " ");
	if (flush)
		line(m, "\tfflush(stdout);");
	line(m, "\tif (fork() == 0) {\n\t\tprintf(\"%s\");\n\t\treturn 0;\n\t}\n\twait(NULL);\n\treturn 0;\n}", pick_of(m, others));
	ask(m, "Standard output is a terminal. How many bytes will P2's write put out?");
	number(m, "result P2 write", "On a terminal stdio writes at each newline. What lies in its buffer at the fork is copied with all else, and "
		"the child writes it once more.");
}

void make_fork(struct making *m)
{
	static void (*const forms[])(struct making *) = {how_many, how_many, whose, whose, status, buffered};

	pick_of(m, forms)(m);
}
