/* SPDX-License-Identifier: 0BSD */
/* slide: the course's client (P1) and server (P3), as they stand there, but for what the
 * comments say. P2 plays the kernel: mach_emul.h.
 *     Alone:  cc -o slide slide.c && ./slide */
#include "mach_emul.h"

struct message {
	mach_msg_header_t header;
	int data;
	char trailer[MESSAGE_MOST - sizeof(mach_msg_header_t) - sizeof(int)]; /* a receiver needs room for more */
};

static mach_port_t client, client_send; /* mach_port_t, not "mach port t" */
static mach_port_t server, server_send;

static void client_code(void)
{
	struct message message = {0};

	// construct the header
	message.header.msgh_size = sizeof(message);
	message.header.msgh_remote_port = server_send;
	message.header.msgh_local_port = client_send;
	message.data = 42;
	// send the message
	mach_msg(&message.header,      // message header
		 MACH_SEND_MSG,        // sending a message
		 sizeof(message),      // size of message sent
		 0,                    // maximum size of received message, unnecessary
		 MACH_PORT_NULL,       // name of receive port, unnecessary
		 MACH_MSG_TIMEOUT_NONE, // no time outs
		 MACH_PORT_NULL);      // no notify port
	mach_msg(&message.header, MACH_RCV_MSG, 0, sizeof(message), client, MACH_MSG_TIMEOUT_NONE, MACH_PORT_NULL);
	printf("answer %d\n", message.data);
}

static void server_code(void)
{
	struct message message = {0};

	// receive the message (the slide's comment says: sending)
	mach_msg(&message.header, MACH_RCV_MSG, 0, sizeof(message), server, MACH_MSG_TIMEOUT_NONE, MACH_PORT_NULL);
	printf("got %d\n", message.data);
	message.data += 1;
	message.header.msgh_remote_port = message.header.msgh_local_port; // where the answer goes
	mach_msg(&message.header, MACH_SEND_MSG, sizeof(message), 0, MACH_PORT_NULL, MACH_MSG_TIMEOUT_NONE, MACH_PORT_NULL);
}

int main(void)
{
	mach_begin();
	mach_port_allocate(mach_task_self(), &server, &server_send);
	mach_port_allocate(mach_task_self(), &client, &client_send);
	if (fork() == 0) {
		close(client); /* the right to receive there is the client's alone */
		server_code();
		return 0;
	}
	close(server);
	client_code();
	mach_end();
	return 0;
}
