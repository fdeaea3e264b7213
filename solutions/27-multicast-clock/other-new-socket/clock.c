/* Who leaves closes the socket, who joins makes another one; SO_REUSEPORT, MCAST_JOIN_GROUP, select. */
#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <unistd.h>

static struct addrinfo *group;
static in_addr_t interface;

static unsigned interface_index(void)
{
	struct ifaddrs *list;

	if (getifaddrs(&list) == 0)
		for (struct ifaddrs *i = list; i; i = i->ifa_next) {
			struct sockaddr_in a;

			if (!i->ifa_addr || i->ifa_addr->sa_family != AF_INET)
				continue;
			memcpy(&a, i->ifa_addr, sizeof a);
			if (a.sin_addr.s_addr == interface)
				return if_nametoindex(i->ifa_name);
		}
	return 0;
}

static int joined(void)
{
	struct group_req r = {.gr_interface = interface_index()};
	int fd = socket(AF_INET, SOCK_DGRAM, 0), yes = 1;

	memcpy(&r.gr_group, group->ai_addr, group->ai_addrlen);
	setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &yes, sizeof yes);
	if (bind(fd, group->ai_addr, group->ai_addrlen) != 0 || setsockopt(fd, IPPROTO_IP, MCAST_JOIN_GROUP, &r, sizeof r) != 0) {
		perror("join");
		exit(1);
	}
	return fd;
}

static void listener(void)
{
	int fd = joined();
	char buf[200];

	for (;;) {
		fd_set set;
		ssize_t n;

		FD_ZERO(&set);
		FD_SET(0, &set);
		if (fd > 0)
			FD_SET(fd, &set);
		if (select((fd > 0 ? fd : 0) + 1, &set, NULL, NULL, NULL) < 0)
			exit(1);
		if (fd > 0 && FD_ISSET(fd, &set) && (n = recv(fd, buf, sizeof buf, 0)) >= 0) {
			fwrite(buf, 1, (size_t)n, stdout);
			putchar('\n');
		}
		if (!FD_ISSET(0, &set))
			continue;
		if ((n = read(0, buf, sizeof buf)) <= 0)
			exit(0);
		if (buf[0] == 'l' && fd > 0) {
			close(fd);
			fd = -1;
		} else if (buf[0] == 'j' && fd < 0) {
			fd = joined();
		}
	}
}

int main(int argc, char **argv)
{
	struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_DGRAM};
	char line[128];
	int fd;

	if (argc != 5 || getaddrinfo(argv[2], argv[3], &hints, &group) != 0)
		return 2;
	interface = inet_addr(argv[4]);
	if (strcmp(argv[1], "listen") == 0)
		listener();
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &interface, sizeof interface);
	while (scanf(" %99[^\n]", line) == 1)
		if (sendto(fd, line, strlen(line), 0, group->ai_addr, group->ai_addrlen) == -1)
			return 1;
	return 0;
}
