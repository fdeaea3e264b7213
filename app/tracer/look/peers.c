/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pairs of connected sockets of our network namespace: Unix ones by sock_diag(7), TCP ones over the addresses of
 * /proc/net/tcp and tcp6 (proc_net(5)), where the other end has them the other way round. */
#include <arpa/inet.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tracer/look/private.h"

static void add_peer(struct scan *s, u64 from, u64 to)
{
	*vec_push(&s->peers) = (struct peer){from, to};
}

/* ---- Unix ---- */

static void take_unix(struct scan *s, const struct nlmsghdr *h)
{
	const struct unix_diag_msg *m = NLMSG_DATA(h);
	int rest = (int)(h->nlmsg_len - NLMSG_LENGTH(sizeof *m));

	for (const struct rtattr *a = (const struct rtattr *)(m + 1); RTA_OK(a, rest); a = RTA_NEXT(a, rest))
		if (a->rta_type == UNIX_DIAG_PEER && RTA_PAYLOAD(a) >= 4)
			add_peer(s, m->udiag_ino, *(const u32 *)RTA_DATA(a));
}

static void unix_read(struct scan *s)
{
	struct {
		struct nlmsghdr h;
		struct unix_diag_req r;
	} ask = {{sizeof ask, SOCK_DIAG_BY_FAMILY, NLM_F_REQUEST | NLM_F_DUMP, 1, 0},
		{.sdiag_family = AF_UNIX, .udiag_states = ~0u, .udiag_show = UDIAG_SHOW_PEER}};
	int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
	_Alignas(struct nlmsghdr) char text[32768];
	bool more = fd >= 0 && send(fd, &ask, sizeof ask, 0) == (ssize_t)sizeof ask;

	while (more) {
		ssize_t got = recv(fd, text, sizeof text, 0);
		const struct nlmsghdr *h = (const struct nlmsghdr *)text;
		more = got > 0;
		for (; more && NLMSG_OK(h, (size_t)got); h = NLMSG_NEXT(h, got)) {
			more = h->nlmsg_type != NLMSG_DONE && h->nlmsg_type != NLMSG_ERROR;
			if (more && h->nlmsg_len >= NLMSG_LENGTH(sizeof(struct unix_diag_msg)))
				take_unix(s, h);
		}
	}
	if (fd >= 0)
		close(fd);
}

/* ---- TCP ---- */

struct tcp_line {
	char local[48], remote[48];
	u64 ino;
};

static void tcp_read(struct scan *s, const char *path)
{
	VEC(struct tcp_line) lines = {0};
	struct tcp_line l;
	unsigned long long ino;
	char text[512];
	unsigned state;
	FILE *f = fopen(path, "re");

	while (f && fgets(text, sizeof text, f))
		if (sscanf(text, " %*d: %47s %47s %x %*s %*s %*s %*u %*u %llu", l.local, l.remote, &state, &ino) == 4 && ino &&
		    state != 10 /* TCP_LISTEN */) {
			l.ino = ino;
			*vec_push(&lines) = l;
		}
	if (f)
		fclose(f);
	for (size_t i = 0; i < lines.n && lines.n < 4096; i++)
		for (size_t k = 0; k < lines.n; k++)
			if (!strcmp(lines.at[i].local, lines.at[k].remote) && !strcmp(lines.at[i].remote, lines.at[k].local))
				add_peer(s, lines.at[i].ino, lines.at[k].ino);
	free(lines.at);
}

void peers_read(struct scan *s)
{
	unix_read(s);
	tcp_read(s, "/proc/net/tcp");
	tcp_read(s, "/proc/net/tcp6");
}
