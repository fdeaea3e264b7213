/* By index: ip_mreqn, bound to the group itself, a sender that is connected, epoll. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

static int index_of(struct in_addr address)
{
	struct ifaddrs *all, *at;
	int index = 0;

	if (getifaddrs(&all) < 0)
		exit(1);
	for (at = all; at; at = at->ifa_next)
		if (at->ifa_addr && at->ifa_addr->sa_family == AF_INET && ((struct sockaddr_in *)(void *)at->ifa_addr)->sin_addr.s_addr == address.s_addr)
			index = (int)if_nametoindex(at->ifa_name);
	freeifaddrs(all);
	return index;
}

static int tick(const struct sockaddr_in *group, struct ip_mreqn m)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	char *line = NULL;
	size_t room = 0;
	ssize_t n;

	m.imr_multiaddr.s_addr = 0;
	if (setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &m, sizeof m) < 0 || connect(fd, (const struct sockaddr *)group, sizeof *group) < 0)
		return 1;
	while ((n = getline(&line, &room, stdin)) > 0)
		if (send(fd, line, (size_t)(line[n - 1] == '\n' ? n - 1 : n), 0) < 0)
			return 1;
	free(line);
	return 0;
}

static int listener(const struct sockaddr_in *group, const struct ip_mreqn *m)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), one = 1, ep = epoll_create1(0);
	struct epoll_event e = {.events = EPOLLIN, .data.fd = fd}, in = {.events = EPOLLIN, .data.fd = 0};
	char buf[256];

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	if (bind(fd, (const struct sockaddr *)group, sizeof *group) < 0 || setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, m, sizeof *m) < 0)
		return 1;
	epoll_ctl(ep, EPOLL_CTL_ADD, fd, &e);
	epoll_ctl(ep, EPOLL_CTL_ADD, 0, &in);
	while (epoll_wait(ep, &e, 1, -1) == 1) {
		ssize_t n = read(e.data.fd, buf, sizeof buf - 1);

		if (e.data.fd == fd) {
			dprintf(1, "%.*s\n", (int)n, buf);
		} else if (n <= 0) {
			return 0;
		} else {
			buf[n] = 0;
			setsockopt(fd, IPPROTO_IP, strstr(buf, "leave") ? IP_DROP_MEMBERSHIP : IP_ADD_MEMBERSHIP, m, sizeof *m);
		}
	}
	return 1;
}

int main(int argc, char **argv)
{
	struct sockaddr_in group = {.sin_family = AF_INET};
	struct ip_mreqn m = {0};

	if (argc != 5)
		return 2;
	group.sin_addr.s_addr = inet_addr(argv[2]);
	group.sin_port = htons((unsigned short)atoi(argv[3]));
	m.imr_multiaddr = group.sin_addr;
	m.imr_ifindex = index_of((struct in_addr){inet_addr(argv[4])});
	return argv[1][0] == 't' ? tick(&group, m) : listener(&group, &m);
}
