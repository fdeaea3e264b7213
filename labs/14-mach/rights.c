/* SPDX-License-Identifier: 0BSD */
/* rights: P3 knows the number of P1's port, and has the right to send to it. It tries
 * to receive there, by the one and by the other, and then it sends. P2 is the kernel.
 *     Alone:  cc -o rights rights.c && timeout 3 ./rights */
#include "mach_emul.h"

int main(void)
{
	struct {
		mach_msg_header_t header;
		char room[MESSAGE_MOST];
	} message = {0};
	mach_port_t port, sender;

	mach_begin();
	/* One port, two rights, and so two numbers: one to receive, one to send. */
	mach_port_allocate(mach_task_self(), &port, &sender);
	if (fork() == 0) {
		close(port); /* the right to receive is P1's alone */
		if (mach_msg(&message.header, MACH_RCV_MSG, 0, sizeof message, port, 0, 0) == MACH_RCV_NO_RIGHT)
			printf("by its number: no right\n");
		if (mach_msg(&message.header, MACH_RCV_MSG, 0, sizeof message, sender, 0, 0) == MACH_RCV_NO_RIGHT)
			printf("by the right to send: no right\n");
		/* Where a message goes stands in its header. */
		message.header.msgh_remote_port = sender;
		/* P1 has kept the right to receive. It sleeps until something comes. */
		if (mach_msg(&message.header, MACH_SEND_MSG, sizeof message.header, 0, 0, 0, 0) == MACH_MSG_SUCCESS)
			printf("sent\n");
		return 0;
	}
	if (mach_msg(&message.header, MACH_RCV_MSG, 0, sizeof message, port, 0, 0) == MACH_MSG_SUCCESS)
		printf("received\n");
	mach_end();
	return 0;
}
