/* SPDX-License-Identifier: 0BSD */
/* Mach's ports and messages, as far as the course shows them, on Linux: a port is a
 * POSIX message queue, a right to it is a descriptor. The part of the kernel is played
 * by a process, which mach_begin starts: it makes ports, hands out rights (unix(7),
 * SCM_RIGHTS), and keeps a message for a full port. Names are Mach's where the slide
 * has them; msgh_bits, which it leaves out, is there. */
#ifndef MACH_EMUL_H
#define MACH_EMUL_H

#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

typedef int mach_port_t;
typedef int mach_msg_return_t;
typedef struct {
	unsigned msgh_bits, msgh_size;
	mach_port_t msgh_remote_port, msgh_local_port;
	int msgh_id;
} mach_msg_header_t;

#define MACH_PORT_NULL 0
#define MACH_MSG_TIMEOUT_NONE 0
enum { MACH_SEND_MSG = 1, MACH_RCV_MSG = 2, MACH_SEND_TIMEOUT = 16, MACH_SEND_NOTIFY = 32 };
enum { MACH_MSG_SUCCESS = 0, MACH_SEND_TIMED_OUT, MACH_SEND_NO_RIGHT, MACH_RCV_NO_RIGHT, MACH_SEND_CACHED, MACH_SEND_REFUSED };
enum { PORT_ROOM = 2, MESSAGE_MOST = 64, NOTICE_DELIVERED = 77 };

/* Of this task: what it asks the kernel through, where the kernel tells it something. */
static mach_port_t task_self, task_notify;
static int task_rights, task_cached; /* descriptors come through here; a message is being kept for us */

struct request {
	enum { MAKE_PORT, KEEP_MESSAGE, GO_HOME } what;
	mach_port_t port; /* KEEP_MESSAGE: for which */
	size_t n;
	char bytes[MESSAGE_MOST];
};

/* ---- descriptors on their way ---- */

/* A right cannot be sent as a number: it would mean nothing over there. The kernel (the
 * real one) puts a descriptor for the same queue into the receiver's table: cmsg(3). */
static inline void right_send(int over, int fd)
{
	char byte = 'r', room[CMSG_SPACE(sizeof fd)] = {0};
	struct iovec data = {&byte, 1};
	struct msghdr m = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = room, .msg_controllen = sizeof room};
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);

	*c = (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof fd), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
	memcpy(CMSG_DATA(c), &fd, sizeof fd);
	sendmsg(over, &m, 0);
}

static inline int right_receive(int over)
{
	char byte, room[CMSG_SPACE(sizeof(int))];
	struct iovec data = {&byte, 1};
	struct msghdr m = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = room, .msg_controllen = sizeof room};
	int fd = -1;

	if (recvmsg(over, &m, 0) > 0 && CMSG_FIRSTHDR(&m))
		memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&m)), sizeof fd);
	return fd;
}

/* ---- the kernel's part ---- */

/* A queue without a name; *sender: a second descriptor, that may only send. */
static inline mach_port_t queue_make(const char *name, long room, long size, mach_port_t *sender)
{
	/* Without its name a queue can be reached by those only who have been given a
	 * descriptor: that is what makes a right of it. */
	struct mq_attr attr = {.mq_maxmsg = room, .mq_msgsize = size};
	mqd_t q = mq_open(name, O_CREAT | O_RDWR, 0600, &attr);

	if (sender)
		*sender = mq_open(name, O_WRONLY);
	mq_unlink(name);
	return q;
}

/* Rights come in pairs: one to receive, one to send. The kernel's own copies have the order of their making. */
static inline void kernel(mach_port_t self, mach_port_t notify, int rights)
{
	mach_port_t ports[8] = {0};
	struct request q;
	int made = 0;

	/* Mach's kernel serves tasks by messages: each task has a port, Task Self,
	 * which the kernel receives from. This is that loop. */
	while (mq_receive(self, (char *)&q, sizeof q, NULL) > 0 && q.what != GO_HOME) {
		if (q.what == MAKE_PORT && made < 8) {
			mach_port_t receive = queue_make("/port", PORT_ROOM, MESSAGE_MOST, &ports[made]);

			right_send(rights, receive);
			right_send(rights, ports[made++]);
			close(receive); /* whoever asked has it now, and nobody else */
		} else if (q.what == KEEP_MESSAGE) {
			mach_msg_header_t notice = {.msgh_size = sizeof notice, .msgh_id = NOTICE_DELIVERED};

			mq_send(ports[q.port], q.bytes, q.n, 0); /* waits for room, in place of the task */
			mq_send(notify, (char *)&notice, sizeof notice, 0);
		}
	}
}

/* ---- a task ---- */

/* Before anything else in a program. task_self and task_notify are the two ports that
 * every task of Mach has from its birth; what comes through the socketpair are rights. */
static inline void mach_begin(void)
{
	int ends[2];

	task_self = queue_make("/self", 1, sizeof(struct request), NULL);
	task_notify = queue_make("/notify", 1, MESSAGE_MOST, NULL);
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) < 0 || task_self < 0 || task_notify < 0)
		exit(1);
	if (fork() == 0) {
		close(ends[0]);
		kernel(task_self, task_notify, ends[1]);
		_exit(0);
	}
	close(ends[1]);
	task_rights = ends[0];
}

/* Tells the kernel to go home, and waits for all children, so that no process is left
 * behind. */
static inline void mach_end(void)
{
	struct request q = {.what = GO_HOME};

	mq_send(task_self, (char *)&q, sizeof q, 0);
	while (wait(NULL) > 0)
		;
}

static inline mach_port_t mach_task_self(void)
{
	return task_self;
}

/* Even this is a message, to the port Task Self. *port: the right to receive; *sender: one to send. */
static inline int mach_port_allocate(mach_port_t task, mach_port_t *port, mach_port_t *sender)
{
	struct request q = {.what = MAKE_PORT};

	if (mq_send(task, (char *)&q, sizeof q, 0) < 0)
		return -1;
	/* Sleeps until the kernel has answered. */
	*port = right_receive(task_rights);
	*sender = right_receive(task_rights);
	return 0;
}

/* The slide's call. `kept` (with MACH_SEND_NOTIFY): which of the kernel's ports it is for, in order of making. */
static inline mach_msg_return_t mach_msg(mach_msg_header_t *m, int option, unsigned send_size, unsigned receive_size,
	mach_port_t receive_name, unsigned timeout_ms, mach_port_t kept)
{
	/* mq_timedsend(3) wants a time of day, Mach a number of ms from now. */
	struct timespec until;

	if (option & MACH_RCV_MSG)
		return mq_receive(receive_name, (char *)m, receive_size < MESSAGE_MOST ? MESSAGE_MOST : receive_size, NULL) < 0
			       ? MACH_RCV_NO_RIGHT
			       : MACH_MSG_SUCCESS;
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += timeout_ms / 1000;
	until.tv_nsec += timeout_ms % 1000 * 1000000l;
	if (until.tv_nsec >= 1000000000) {
		until.tv_nsec -= 1000000000;
		until.tv_sec++;
	}
	if (!(option & (MACH_SEND_TIMEOUT | MACH_SEND_NOTIFY)))
		return mq_send(m->msgh_remote_port, (char *)m, send_size, 0) < 0 ? MACH_SEND_NO_RIGHT : MACH_MSG_SUCCESS;
	if (mq_timedsend(m->msgh_remote_port, (char *)m, send_size, 0, &until) == 0)
		return MACH_MSG_SUCCESS;
	if (option & MACH_SEND_NOTIFY) {
		struct request q = {.what = KEEP_MESSAGE, .port = kept, .n = send_size};

		if (task_cached)
			return MACH_SEND_REFUSED; /* one is being kept: no second one */
		task_cached = 1;
		memcpy(q.bytes, m, send_size);
		mq_send(task_self, (char *)&q, sizeof q, 0);
		return MACH_SEND_CACHED;
	}
	return MACH_SEND_TIMED_OUT;
}

#endif
