/* SPDX-License-Identifier: 0BSD */
/* full CHOICE: P1 sends three messages to a port with room for two. CHOICE is what it
 * wants when there is no room: wait, ms (200 of them), now, or cache. Then it sends a
 * fourth one in the same way. P2 is the kernel, P3 receives. It does not end: ^C.
 *     Alone:  cc -o full full.c && timeout 2 ./full now */
#include "mach_emul.h"

static const char *words[] = {"sent", "timed out", "no right", "no right", "cached", "refused"};

int main(int argc, char **argv)
{
	const char *choice = argc > 1 ? argv[1] : "wait";
	/* Who sends decides: Mach has it as options of mach_msg. POSIX has three of the
	 * four: to wait, O_NONBLOCK, and mq_timedsend(3). Nothing in POSIX keeps a
	 * message for you. */
	int option = MACH_SEND_MSG | (strcmp(choice, "cache") == 0 ? MACH_SEND_NOTIFY : 0) |
		     (strcmp(choice, "ms") == 0 || strcmp(choice, "now") == 0 ? MACH_SEND_TIMEOUT : 0);
	struct {
		mach_msg_header_t header;
		char room[MESSAGE_MOST];
	} message = {.header = {.msgh_size = sizeof message.header}};
	mach_port_t port, sender;

	mach_begin();
	mach_port_allocate(mach_task_self(), &port, &sender);
	/* P3 has both rights from fork. It uses the one to receive. */
	if (fork() == 0) {
		for (int i = 0; i < 4; i++) {
			mach_msg(&message.header, MACH_RCV_MSG, 0, sizeof message, port, 0, 0);
			printf("received %d\n", message.header.msgh_id);
		}
		return 0;
	}
	close(port);
	for (int i = 1; i <= 4; i++) {
		message.header.msgh_remote_port = sender;
		message.header.msgh_id = i;
		/* A time-out of 0 ms is "at once". Each answer is printed: who does not
		 * look does not know whether its message is under way. */
		printf("%d: %s\n", i,
		       words[mach_msg(&message.header, option, sizeof message.header, 0, 0,
				      strcmp(choice, "ms") == 0 ? 200 : 0, 0)]);
	}
	/* To the port Task Notify the kernel sends what it has to tell this task. */
	if (task_cached && mach_msg(&message.header, MACH_RCV_MSG, 0, sizeof message, task_notify, 0, 0) == 0)
		printf("notice: the cached one is delivered\n");
	pause();
	return 0;
}
