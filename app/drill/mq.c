/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Programs with a message queue. Its name goes as soon as it is open, so that nothing is left behind;
 * the seed in it keeps two drills at one time apart. */
#include <stdio.h>

#include "drill/private.h"

static void head(struct making *m, u32 messages, u32 size, bool nonblock, bool buffer)
{
	line(m, "#include <fcntl.h>\n#include <mqueue.h>\n#include <sys/wait.h>\n#include <unistd.h>\nint main(void) {");
	line(m, "\tstruct mq_attr a = {.mq_maxmsg = %u, .mq_msgsize = %u};", messages, size);
	line(m, "\tmqd_t q = mq_open(\"/drill%llu\", O_CREAT | O_RDWR%s, 0600, &a);", (unsigned long long)m->seed, nonblock ? " | O_NONBLOCK" : "");
	if (buffer)
		line(m, "\tchar buf[%u];", size);
	line(m, "\tmq_unlink(\"/drill%llu\");", (unsigned long long)m->seed);
}

/* In what order they come out. */
static void priorities(struct making *m)
{
	static const char *const counted[] = {"", "first", "second", "third", "fourth"};
	u32 n = pick(m, 2, 4), which = pick(m, 1, n), same = pick(m, 0, 3) == 0, priority = pick(m, 0, 9);

	head(m, n, 8, false, true);
	for (u32 i = 0; i < n; i++)
		line(m, "\tmq_send(q, \"%u\", 1, %u);", i + 1, same ? priority : pick(m, 0, 4));
	line(m, "\tif (fork() == 0) {\n\t\tfor (int i = 0; i < %u; i++) mq_receive(q, buf, 8, NULL);", which);
	line(m, "\t\treturn buf[0] - '0';\n\t}\n\twait(NULL);\n\treturn 0;\n}");
	ask(m, "Which message will P2 receive as the %s one, 1 to %u?", counted[which], n);
	number(m, "status P2", "The highest priority comes out first; of one priority, the one that was put in first.");
}

/* How many go in. */
static void room(struct making *m)
{
	u32 messages = pick(m, 1, 8), tries = pick(m, 1, 10), takes, length;
	bool nonblock = coin(m);

	takes = pick(m, 0, messages < tries ? messages : tries);
	head(m, messages, 8, nonblock, takes > 0);
	for (u32 i = 0; i < 1 && takes; i++)
		line(m, "\tfor (int i = 0; i < %u; i++) {\n\t\tmq_send(q, \"x\", 1, 0);\n\t\tmq_receive(q, buf, 8, NULL);\n\t}", takes);
	length = pick(m, 1, 5);
	line(m, "\tfor (int i = 0; i < %u; i++)\n\t\tmq_send(q, \"%.*s\", %u, 0);\n\treturn 0;\n}", tries, (int)length, "abcde", length);
	ask(m, "How many of P1's sends will put a message into the queue, all counted?");
	number(m, "calls P1 mq_send", "The queue has room for mq_maxmsg messages, however short. What was received is not in it any more. At the next "
		"one a send waits, or fails with O_NONBLOCK.");
}

/* Sizes, room, and what is there: what one call does. */
static void one_call(struct making *m)
{
	u32 size = pick(m, 4, 16), bytes = pick(m, 1, 20), messages = pick(m, 1, 3), before = pick(m, 0, messages);
	bool nonblock = coin(m);
	char returned[64];

	head(m, messages, size, nonblock, false);
	for (u32 i = 0; i < before; i++)
		line(m, "\tmq_send(q, \"x\", 1, 0);");
	line(m, "\tmq_send(q, \"%.*s\", %u, 0);\n\treturn 0;\n}", (int)bytes, "abcdefghijklmnopqrstuvwxyz", bytes);
	ask(m, "What will P1's %smq_send do?", before ? "last " : "");
	snprintf(returned, sizeof returned, "calls P1 mq_send = %u and P1 exited", before + 1);
	option(m, "return 0: the message is in the queue", returned, "mq_send returns 0 when the message fits: not longer than mq_msgsize, and fewer than mq_maxmsg there already.");
	option(m, "fail: EMSGSIZE", "P1 failed mq_send EMSGSIZE", "EMSGSIZE is said of a message longer than mq_msgsize, whether there is room or not.");
	option(m, "fail: EAGAIN", "P1 failed mq_send EAGAIN", "EAGAIN is said with O_NONBLOCK, and only of a full queue.");
	option(m, "wait until there is room", "P1 blocked mq_send",
		"mq_send waits only when the queue is full and O_NONBLOCK was not said; a message that is too long is refused first.");
}

/* Receiving: how large the buffer has to be, and what there is. */
static void receiving(struct making *m)
{
	u32 size = pick(m, 4, 12), buffer = pick(m, 2, 14), bytes = pick(m, 1, 4), there = pick(m, 0, 2);
	bool nonblock = coin(m);
	char text[64], when[64];

	line(m, "#include <fcntl.h>\n#include <mqueue.h>\n#include <unistd.h>\n\nint main(void) {");
	line(m, "\tstruct mq_attr a = {.mq_maxmsg = 2, .mq_msgsize = %u};", size);
	line(m, "\tmqd_t q = mq_open(\"/drill%llu\", O_CREAT | O_RDWR%s, 0600, &a);", (unsigned long long)m->seed, nonblock ? " | O_NONBLOCK" : "");
	line(m, "\tchar buf[%u];\n\n\tmq_unlink(\"/drill%llu\");", buffer, (unsigned long long)m->seed);
	for (u32 i = 0; i < there; i++)
		line(m, "\tmq_send(q, \"%.*s\", %u, 0);", (int)bytes, "abcd", bytes);
	line(m, "\tmq_receive(q, buf, sizeof buf, NULL);\n\treturn 0;\n}");
	ask(m, "What will P1's mq_receive do?");
	snprintf(text, sizeof text, "return %u", bytes);
	snprintf(when, sizeof when, "P1 returned mq_receive %u", bytes);
	option(m, text, when, "mq_receive returns a message's length when there is one, and the buffer has room for the longest that may come, mq_msgsize.");
	option(m, "fail: EMSGSIZE", "P1 failed mq_receive EMSGSIZE", "EMSGSIZE is said when the buffer is smaller than mq_msgsize, however short the message is.");
	option(m, "fail: EAGAIN", "P1 failed mq_receive EAGAIN", "EAGAIN is said with O_NONBLOCK, of an empty queue.");
	option(m, "wait for a message", "P1 blocked mq_receive",
		"mq_receive waits when the queue is empty, O_NONBLOCK was not said, and the buffer is large enough.");
}

void make_mq(struct making *m)
{
	static void (*const forms[])(struct making *) = {priorities, priorities, room, one_call, receiving};

	pick_of(m, forms)(m);
}
