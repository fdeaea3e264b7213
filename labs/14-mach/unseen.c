/* SPDX-License-Identifier: 0BSD */
/* unseen: a client that sends a request, and leaves msgh_local_port as it was. */
#include "mach_emul.h"

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
		close(client);
		mach_msg(&message.header, MACH_RCV_MSG, 0, sizeof message, server, 0, 0);
		message.header.msgh_remote_port = message.header.msgh_local_port;
		if (message.header.msgh_local_port == MACH_PORT_NULL)
			printf("nobody wants an answer\n");
		else
			mach_msg(&message.header, MACH_SEND_MSG, sizeof message.header, 0, 0, 0, 0);
		return 0;
	}
	close(server);
	message.header.msgh_remote_port = server_send;
	mach_msg(&message.header, MACH_SEND_MSG, sizeof message.header, 0, 0, 0, 0);
	mach_msg(&message.header, MACH_RCV_MSG, 0, sizeof message, client, 0, 0);
	printf("an answer has come\n");
	mach_end();
	return 0;
}
