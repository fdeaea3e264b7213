/* A thread for each client, from the request on. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int running;

static int private_port(int connection)
{
	long room[CMSG_SPACE(sizeof(int)) / sizeof(long)] = {0};
	struct cmsghdr *header = (struct cmsghdr *)room;
	struct iovec nothing_much = {"", 1};
	struct msghdr m = {.msg_iov = &nothing_much, .msg_iovlen = 1, .msg_control = room, .msg_controllen = sizeof room};
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) < 0)
		return -1;
	header->cmsg_len = CMSG_LEN(sizeof(int));
	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	memcpy(CMSG_DATA(header), ends, sizeof(int));
	sendmsg(connection, &m, 0);
	close(ends[0]);
	return ends[1];
}

static void *client(void *arg)
{
	int connection = (int)(long)arg, port;
	char who[64] = "", line[64];
	long sum = 0;
	ssize_t n = recv(connection, who, sizeof who - 1, 0);

	port = n > 0 ? private_port(connection) : -1;
	close(connection);
	who[strcspn(who, "\n")] = '\0';
	while (port >= 0 && (n = recv(port, line, sizeof line - 1, 0)) > 0) {
		line[n] = '\0';
		sum += atol(line);
		send(port, line, (size_t)sprintf(line, "%ld\n", sum), MSG_NOSIGNAL);
	}
	close(port);
	pthread_mutex_lock(&lock);
	printf("%s has gone: %ld\n", who + strlen("connect "), sum);
	running--;
	pthread_cond_signal(&changed);
	pthread_mutex_unlock(&lock);
	return NULL;
}

int main(int argc, char **argv)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	pthread_t thread;

	if (argc != 3)
		return 2;
	setlinebuf(stdout);
	strcpy(a.sun_path, argv[1]);
	if (bind(fd, (struct sockaddr *)&a, sizeof a) || listen(fd, 5))
		return 1;
	for (int n = atoi(argv[2]); n; n--) {
		int connection = accept(fd, NULL, NULL);

		pthread_mutex_lock(&lock);
		running++;
		pthread_mutex_unlock(&lock);
		if (pthread_create(&thread, NULL, client, (void *)(long)connection))
			return 1;
		pthread_detach(thread);
	}
	pthread_mutex_lock(&lock);
	while (running)
		pthread_cond_wait(&changed, &lock);
	pthread_mutex_unlock(&lock);
	unlink(argv[1]);
	return 0;
}
