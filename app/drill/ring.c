/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Programs with a ring in shared memory. All of them wait for one another in a way that leaves one outcome. */
#include <stdio.h>

#include "drill/private.h"

static const char *const shared = "MAP_SHARED | MAP_ANONYMOUS";

static void head(struct making *m, u32 cells, const char *more)
{
	line(m, "#include <sys/mman.h>\n#include <sys/wait.h>\n#include <unistd.h>");
	line(m, "#define N %u", cells);
	line(m, "struct ring { int in, out, %sbuffer[N]; };\nint main(void) {", more);
	line(m, "\tstruct ring *r = mmap(NULL, sizeof *r, PROT_READ | PROT_WRITE,\n\t\t%s, -1, 0);", shared);
}

/* The child puts in while there is room; then the parent takes some out. */
static void what_is_left(struct making *m)
{
	static const struct {
		const char *value, *question, *reply;
	} asked[] = {
		{"r->in", "It returns where in stands. What will P1's status be?",
			"in goes on by one for each item that was put in, and from N - 1 back to 0."},
		{"(r->in - r->out + N) % N", "It returns how many items are in the ring at the end. What will P1's status be?",
			"The producer stops when one more would make in equal to out: one cell always stays free."},
		{"r->buffer[r->out]", "It returns the item that would be taken out next. What will P1's status be?",
			"Items come out in the order in which they were put in. Those for which there was no room were never put in."},
	};
	u32 cells = pick(m, 3, 6), items = pick(m, 2, 7), takes, which = pick(m, 0, 2), first = pick(m, 10, 90);
	u32 in = items < cells - 1 ? items : cells - 1; /* only so that no more are taken out than there are */

	takes = pick(m, 0, in - 1);
	head(m, cells, "");
	line(m, "\tif (fork() == 0) {");
	line(m, "\t\tfor (int i = %u; i < %u && (r->in + 1) %% N != r->out; i++) {", first, first + items);
	line(m, "\t\t\tr->buffer[r->in] = i;\n\t\t\tr->in = (r->in + 1) %% N;\n\t\t}\n\t\treturn 0;\n\t}\n\twait(NULL);");
	if (takes)
		line(m, "\tr->out = (r->out + %u) %% N;", takes);
	line(m, "\treturn %s;\n}", asked[which].value);
	ask(m, "%s", asked[which].question);
	number(m, "status P1", asked[which].reply);
}

/* Nobody takes out: does the producer come to its end? */
static void who_waits(struct making *m)
{
	u32 cells = pick(m, 2, 5), items = pick(m, 1, cells + 1);
	bool counted = coin(m);

	head(m, cells, counted ? "count, " : "");
	line(m, "\tif (fork() == 0) {\n\t\tfor (int i = 0; i < %u; i++) {", items);
	line(m, counted ? "\t\t\twhile (r->count == N);" : "\t\t\twhile ((r->in + 1) %% N == r->out);");
	line(m, "\t\t\tr->buffer[r->in] = i;\n\t\t\tr->in = (r->in + 1) %% N;");
	if (counted)
		line(m, "\t\t\tr->count++;");
	line(m, "\t\t}\n\t\treturn 0;\n\t}\n\twait(NULL);\n\treturn 0;\n}");
	ask(m, "P2 is the child. What becomes of it in the end, when nothing changes any more?");
	option(m, "it ends", "P2 exited", "A ring that compares in and out has room for N - 1 items; one that counts has room for N.");
	option(m, "it computes for ever, and sees that the ring is full", "P2 spinning",
		"A loop that waits for room in shared memory does not sleep: it computes for ever when there is no room for one of its items.");
	option(m, "it sleeps in the kernel until there is room", "P2 blocked",
		"The kernel knows nothing of the ring. Nobody has asked it to wait.");
}

/* One cell, no test at all: what was put in last lies over what was there. */
static void overwritten(struct making *m)
{
	u32 cells = pick(m, 2, 5), items = pick(m, cells, 2 * cells + 2), first = pick(m, 10, 90), at = pick(m, 0, cells - 1);

	head(m, cells, "");
	line(m, "\tif (fork() == 0) {\n\t\tfor (int i = %u; i < %u; i++) {", first, first + items);
	line(m, "\t\t\tr->buffer[r->in] = i;\n\t\t\tr->in = (r->in + 1) %% N;\n\t\t}\n\t\treturn 0;\n\t}");
	line(m, "\twait(NULL);\n\treturn r->buffer[%u];\n}", at);
	ask(m, "This producer does not look whether the ring is full. What will P1's status be?");
	number(m, "status P1", "The items go round: what comes N later is put over what was in the cell.");
}

void make_ring(struct making *m)
{
	static void (*const forms[])(struct making *) = {what_is_left, what_is_left, who_waits, who_waits, overwritten};

	pick_of(m, forms)(m);
}
