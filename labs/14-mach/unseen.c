/* SPDX-License-Identifier: 0BSD */
/* unseen: a client, P1, that sends a request, and leaves msgh_local_port as it was. P3
 * is the server, P2 the kernel.
 *     Alone:  cc -o unseen unseen.c && timeout 3 ./unseen */
#include "mach_emul.h"

/* The header comes first in every message of Mach, then what the two have agreed on. */
struct message {
	mach_msg_header_t header;
	char room[MESSAGE_MOST];
};

int main(void)
{
	struct message message = {.header = {.msgh_size = sizeof message.header}};
	mach_port_t server, server_send, client, client_send;

	mach_begin();
	mach_port_allocate(mach_task_self(), &server, &server_send);
	mach_port_allocate(mach_task_self(), &client, &client_send);
	if (fork() == 0) {
		/* The right to receive there is the client's alone. */
		close(client);
		mach_msg(&message.header, MACH_RCV_MSG, 0, sizeof message, server, 0, 0);
		/* An answer goes where the request says. */
		message.header.msgh_remote_port = message.header.msgh_local_port;
		if (message.header.msgh_local_port == MACH_PORT_NULL)
			printf("nobody wants an answer\n");
		else
			mach_msg(&message.header, MACH_SEND_MSG, sizeof message.header, 0, 0, 0, 0);
		return 0;
	}
	/* And this one is the server's. */
	close(server);
	/* The port it goes to. All other fields are as they were made: 0. */
	message.header.msgh_remote_port = server_send;
	mach_msg(&message.header, MACH_SEND_MSG, sizeof message.header, 0, 0, 0, 0);
	mach_msg(&message.header, MACH_RCV_MSG, 0, sizeof message, client, 0, 0);
	printf("an answer has come\n");
	mach_end();
	return 0;
}
