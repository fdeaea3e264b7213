/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Less common calls on TCP and UDP, over IPv4 and IPv6 of the loopback: urgent bytes, halves that are shut, a time-out of receiving,
 * a full queue of connections, a reset, groups with several members, datagrams that are dropped. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MEMBERS = 3 };

union name {
	struct sockaddr any;
	struct sockaddr_in four;
	struct sockaddr_in6 six;
};

static int family;

static void say(const char *what, long n)
{
	printf("%s: %s %ld%s%s\n", family == AF_INET ? "IPv4" : "IPv6", what, n, n < 0 ? " " : "", n < 0 ? strerrorname_np(errno) : "");
	fflush(stdout);
}

static void must(const char *what, long n)
{
	if (n < 0) {
		say(what, n);
		exit(1);
	}
}

static socklen_t length(void)
{
	return family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
}

static union name loopback(in_port_t port)
{
	if (family == AF_INET)
		return (union name){.four = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = port}};
	return (union name){.six = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT, .sin6_port = port}};
}

static in_port_t port_of(int fd)
{
	union name n;
	socklen_t len = sizeof n;

	must("getsockname", getsockname(fd, &n.any, &len));
	return family == AF_INET ? n.four.sin_port : n.six.sin6_port;
}

static int bound(int type)
{
	union name n = loopback(0);
	int fd = socket(family, type, 0);

	must("bind", bind(fd, &n.any, length()));
	return fd;
}

static void connected(int end[2])
{
	int listener = bound(SOCK_STREAM);
	union name n;

	must("listen", listen(listener, 1));
	n = loopback(port_of(listener));
	end[0] = socket(family, SOCK_STREAM, 0);
	must("connect", connect(end[0], &n.any, length()));
	end[1] = accept(listener, NULL, NULL);
	must("accept", end[1]);
	close(listener);
}

static void urgent(void)
{
	struct pollfd p;
	char text[16];
	int end[2];

	connected(end);
	say("send before", send(end[0], "abc", 3, 0));
	say("send urgent", send(end[0], "!", 1, MSG_OOB));
	say("send behind", send(end[0], "de", 2, 0));
	p = (struct pollfd){end[1], POLLPRI, 0};
	say("poll", poll(&p, 1, 5000));
	say("sockatmark", sockatmark(end[1]));
	say("receive before", recv(end[1], text, sizeof text, 0));
	say("sockatmark", sockatmark(end[1]));
	say("receive urgent", recv(end[1], text, sizeof text, MSG_OOB));
	say("again", recv(end[1], text, sizeof text, MSG_OOB));
	p.events = POLLIN;
	poll(&p, 1, 5000);
	say("receive behind", recv(end[1], text, sizeof text, 0));
	close(end[0]);
	say("end", recv(end[1], text, sizeof text, 0));
	close(end[1]);
}

static void halves(void)
{
	struct timeval limit = {.tv_usec = 20000};
	char text[16];
	int end[2];

	connected(end);
	say("send", send(end[0], "abc", 3, 0));
	say("shutdown", shutdown(end[0], SHUT_WR));
	say("send behind it", send(end[0], "d", 1, MSG_NOSIGNAL));
	say("receive", recv(end[1], text, sizeof text, MSG_WAITALL));
	say("end", recv(end[1], text, sizeof text, 0));
	say("the other way", send(end[1], "efgh", 4, 0));
	say("receive", recv(end[0], text, sizeof text, 0));
	say("time-out", setsockopt(end[0], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit));
	say("receive in time", recv(end[0], text, sizeof text, 0));
	say("shutdown", shutdown(end[0], SHUT_RD));
	say("nothing any more", recv(end[0], text, sizeof text, 0));
	say("accept in time", setsockopt(end[1], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit));
	close(end[0]);
	close(end[1]);
}

static void full(void)
{
	int listener = bound(SOCK_STREAM), client[4], flags = SOCK_STREAM | SOCK_NONBLOCK;
	struct linger l = {1, 0};
	union name n;
	char c;

	must("listen", listen(listener, 1));
	n = loopback(port_of(listener));
	for (int i = 0; i < 4; i++) {
		struct pollfd p;
		client[i] = socket(family, flags, 0);
		say("connect", connect(client[i], &n.any, length()));
		p = (struct pollfd){client[i], POLLOUT, 0};
		say("connected", poll(&p, 1, i < 2 ? 5000 : 20)); /* one more than the backlog */
	}
	for (int i = 0; i < 2; i++) {
		int got = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
		say("accepted", got >= 0);
		setsockopt(client[i], SOL_SOCKET, SO_LINGER, &l, sizeof l);
		close(client[i]);
		poll(&(struct pollfd){got, POLLIN, 0}, 1, 5000);
		say("reset", recv(got, &c, 1, 0));
		close(got);
	}
	for (int i = 2; i < 4; i++)
		close(client[i]);
	close(listener);
	client[0] = socket(family, SOCK_STREAM, 0);
	say("refused", connect(client[0], &n.any, length()));
	close(client[0]);
}

/* Accepted when its client is gone already, it has its listener's name and no peer's: the next client connects to the listener. */
static void too_late(void)
{
	int listener = bound(SOCK_STREAM), client = socket(family, SOCK_STREAM, 0), late, next;
	struct linger l = {1, 0};
	union name n;
	char c;

	must("listen", listen(listener, 4));
	n = loopback(port_of(listener));
	must("connect", connect(client, &n.any, length()));
	setsockopt(client, SOL_SOCKET, SO_LINGER, &l, sizeof l);
	close(client);
	late = accept(listener, NULL, NULL);
	say("accepted late", late >= 0);
	say("it is gone", recv(late, &c, 1, 0));
	client = socket(family, SOCK_STREAM | SOCK_NONBLOCK, 0);
	say("the next one", connect(client, &n.any, length()));
	next = accept(listener, NULL, NULL);
	say("send", send(next, "x", 1, 0));
	poll(&(struct pollfd){client, POLLIN, 0}, 1, 5000);
	say("receive", recv(client, &c, 1, 0));
	close(late);
	close(next);
	close(client);
	close(listener);
}

static long join(int fd, int option, int option6)
{
	struct ip_mreq four = {.imr_interface.s_addr = htonl(INADDR_LOOPBACK)};
	struct ipv6_mreq six = {.ipv6mr_interface = if_nametoindex("lo")};

	inet_pton(AF_INET, "239.255.7.3", &four.imr_multiaddr);
	inet_pton(AF_INET6, "ff01::7:3", &six.ipv6mr_multiaddr);
	if (family == AF_INET)
		return setsockopt(fd, IPPROTO_IP, option, &four, sizeof four);
	return setsockopt(fd, IPPROTO_IPV6, option6, &six, sizeof six);
}

static int member(in_port_t port)
{
	union name n = {.six = {.sin6_family = AF_INET6, .sin6_port = port}};
	int fd = socket(family, SOCK_DGRAM, 0), one = 1, zero = 0;

	if (family == AF_INET)
		n = (union name){.four = {.sin_family = AF_INET, .sin_port = port}};
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	if (family == AF_INET)
		setsockopt(fd, IPPROTO_IP, IP_MULTICAST_ALL, &zero, sizeof zero);
	else
		setsockopt(fd, IPPROTO_IPV6, IPV6_MULTICAST_ALL, &zero, sizeof zero);
	must("bind", bind(fd, &n.any, length()));
	return fd;
}

static long group_send(int fd, in_port_t port)
{
	union name n = {.six = {.sin6_family = AF_INET6, .sin6_port = port, .sin6_scope_id = if_nametoindex("lo")}};

	inet_pton(AF_INET6, "ff01::7:3", &n.six.sin6_addr);
	if (family == AF_INET) {
		n = (union name){.four = {.sin_family = AF_INET, .sin_port = port}};
		inet_pton(AF_INET, "239.255.7.3", &n.four.sin_addr);
	}
	return sendto(fd, "to all", 6, 0, &n.any, length());
}

static void group(void)
{
	struct in_addr lo = {htonl(INADDR_LOOPBACK)};
	int index = (int)if_nametoindex("lo"), fd[MEMBERS], sender = socket(family, SOCK_DGRAM, 0);
	in_port_t port;
	char text[16];
	long sent;

	fd[0] = member(0);
	port = port_of(fd[0]);
	for (int i = 1; i < MEMBERS; i++)
		fd[i] = member(port);
	for (int i = 0; i < MEMBERS; i++)
		say("join", join(fd[i], IP_ADD_MEMBERSHIP, IPV6_ADD_MEMBERSHIP));
	if (family == AF_INET)
		setsockopt(sender, IPPROTO_IP, IP_MULTICAST_IF, &lo, sizeof lo);
	else
		setsockopt(sender, IPPROTO_IPV6, IPV6_MULTICAST_IF, &index, sizeof index);
	sent = group_send(sender, port);
	say("send to all", sent);
	for (int i = 0; i < MEMBERS; i++)
		say("member receives", recv(fd[i], text, sizeof text, sent < 0 ? MSG_DONTWAIT : 0)); /* no route here */
	say("leave", join(fd[0], IP_DROP_MEMBERSHIP, IPV6_DROP_MEMBERSHIP));
	say("send to all", group_send(sender, port));
	for (int i = 0; i < MEMBERS; i++)
		say(i ? "member receives" : "who left", recv(fd[i], text, sizeof text, i && sent >= 0 ? 0 : MSG_DONTWAIT));
	for (int i = 0; i < MEMBERS; i++)
		close(fd[i]);
	close(sender);
}

static void dropped(void)
{
	int small = 1, fd = bound(SOCK_DGRAM), sender = socket(family, SOCK_DGRAM, 0);
	char text[1000] = {0};
	union name n = loopback(port_of(fd));
	long sent = 0, got = 0;

	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
	for (int i = 0; i < 20; i++)
		sent += sendto(sender, text, sizeof text, 0, &n.any, length()) == sizeof text;
	while (recv(fd, text, sizeof text, MSG_DONTWAIT) > 0)
		got++;
	say("sent", sent);
	say("came", got);
	close(fd);
	close(sender);
}

int main(void)
{
	static const int families[] = {AF_INET, AF_INET6};

	for (int i = 0; i < 2; i++) {
		family = families[i];
		urgent();
		halves();
		full();
		too_late();
		group();
		dropped();
	}
	return 0;
}
