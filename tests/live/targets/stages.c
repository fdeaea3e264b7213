/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One scene each for a drawing of the stage, by the first argument: poll, select, multicast, vfork, clone3, exec, shm,
 * datagram, seqpacket. */
#include <arpa/inet.h>
#include <linux/sched.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/select.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

/* A child writes to the last of the three after the parent has begun to wait. */
static int wait_for_several(int by_select)
{
	int pipes[2], pair[2], event = eventfd(0, 0);
	struct pollfd fds[3];
	fd_set set;

	if (pipe(pipes) < 0 || socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0)
		return 1;
	if (fork() == 0) {
		usleep(1000);
		_exit(write(pair[1], "go", 2) != 2);
	}
	if (by_select) {
		FD_ZERO(&set);
		FD_SET(pipes[0], &set);
		FD_SET(event, &set);
		FD_SET(pair[0], &set);
		select(pair[0] + 1, &set, NULL, NULL, NULL);
	} else {
		fds[0] = (struct pollfd){pipes[0], POLLIN, 0};
		fds[1] = (struct pollfd){event, POLLIN, 0};
		fds[2] = (struct pollfd){pair[0], POLLIN, 0};
		poll(fds, 3, -1);
	}
	return wait(NULL) < 0;
}

/* Two in a group, and one who sends to it twice before they take. */
static int multicast(void)
{
	struct sockaddr_in group = {.sin_family = AF_INET, .sin_port = htons(7007), .sin_addr.s_addr = inet_addr("239.1.2.3")};
	struct ip_mreq mreq = {.imr_multiaddr = group.sin_addr, .imr_interface.s_addr = htonl(INADDR_LOOPBACK)};
	int one = 1, take[2], send = socket(AF_INET, SOCK_DGRAM, 0);
	char got[8];

	setsockopt(send, IPPROTO_IP, IP_MULTICAST_IF, &mreq.imr_interface, sizeof mreq.imr_interface);
	for (int i = 0; i < 2; i++) {
		take[i] = socket(AF_INET, SOCK_DGRAM, 0);
		setsockopt(take[i], SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
		if (bind(take[i], (struct sockaddr *)&group, sizeof group) < 0 ||
			setsockopt(take[i], IPPROTO_IP, IP_ADD_MEMBERSHIP, &mreq, sizeof mreq) < 0)
			return 1;
	}
	if (fork() == 0) {
		close(take[0]);
		close(take[1]);
		sendto(send, "hello", 5, 0, (struct sockaddr *)&group, sizeof group);
		_exit(sendto(send, "again", 5, 0, (struct sockaddr *)&group, sizeof group) != 5);
	}
	close(send);
	wait(NULL);
	return recv(take[0], got, sizeof got, 0) != 5 || recv(take[1], got, sizeof got, 0) != 5;
}

static int by_vfork(char *self)
{
	pid_t pid = vfork();

	if (pid == 0) {
		execl(self, self, "leaf", (char *)NULL);
		_exit(9);
	}
	return wait(NULL) < 0;
}

static int by_clone3(void)
{
	struct clone_args args = {.exit_signal = SIGCHLD};
	long pid = syscall(SYS_clone3, &args, sizeof args);

	if (pid == 0) {
		pause();
		_exit(0);
	}
	usleep(1000);
	kill((pid_t)pid, SIGTERM);
	return wait(NULL) < 0;
}

static void *replace(void *self)
{
	usleep(1000);
	execl(self, self, "leaf", (char *)NULL);
	return NULL;
}

static int exec_from_a_thread(char *self)
{
	pthread_t thread;
	int pipes[2];
	char got;

	if (pipe(pipes) < 0)
		return 1;
	pthread_create(&thread, NULL, replace, self);
	return read(pipes[0], &got, 1) != 1;
}

static int shared_memory(void)
{
	int id = shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0600);
	char *at = shmat(id, NULL, 0);

	if (at == (void *)-1)
		return 1;
	if (fork() == 0) {
		strcpy(at, "hello");
		_exit(shmdt(at));
	}
	wait(NULL);
	shmdt(at);
	return shmctl(id, IPC_RMID, NULL);
}

/* A post box with a name and two who send to it; one of them gets its answer. */
static int datagram(void)
{
	struct sockaddr_un box = {.sun_family = AF_UNIX, .sun_path = "\0box"};
	int take = socket(AF_UNIX, SOCK_DGRAM, 0);
	char got[8];

	if (bind(take, (struct sockaddr *)&box, offsetof(struct sockaddr_un, sun_path) + 4) < 0)
		return 1;
	for (int i = 0; i < 2; i++)
		if (fork() == 0) {
			int send = socket(AF_UNIX, SOCK_DGRAM, 0);

			close(take);
			_exit(sendto(send, i ? "two" : "one", 3, 0, (struct sockaddr *)&box,
				      offsetof(struct sockaddr_un, sun_path) + 4) != 3);
		}
	wait(NULL);
	wait(NULL);
	return recv(take, got, sizeof got, 0) != 3 || recv(take, got, 2, 0) != 2;
}

static int seqpacket(void)
{
	int pair[2];
	char got[8];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) < 0)
		return 1;
	if (fork() == 0) {
		close(pair[0]);
		_exit(send(pair[1], "first", 5, 0) != 5 || send(pair[1], "second", 6, 0) != 6);
	}
	close(pair[1]);
	wait(NULL);
	return read(pair[0], got, sizeof got) != 5 || read(pair[0], got, sizeof got) != 6;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (!strcmp(what, "poll") || !strcmp(what, "select"))
		return wait_for_several(what[0] == 's');
	if (!strcmp(what, "multicast"))
		return multicast();
	if (!strcmp(what, "vfork"))
		return by_vfork(argv[0]);
	if (!strcmp(what, "clone3"))
		return by_clone3();
	if (!strcmp(what, "exec"))
		return exec_from_a_thread(argv[0]);
	if (!strcmp(what, "shm"))
		return shared_memory();
	if (!strcmp(what, "datagram"))
		return datagram();
	if (!strcmp(what, "seqpacket"))
		return seqpacket();
	return strcmp(what, "leaf") != 0;
}
