/* SPDX-License-Identifier: 0BSD */
/* A network and a /run that are nobody else's, for a service that wants port 111 and
 * files in /run. No root is needed: in a user namespace of its own every process is
 * root, over what belongs to that namespace. See user_namespaces(7). */
#ifndef PRIVATE_H
#define PRIVATE_H

#include <fcntl.h>
#include <grp.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "rpc.h"

static inline void file_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	if (write(fd, text, strlen(text)) < 0)
		perror(path);
	close(fd);
}

/* Who we are outside is root inside; nobody else is there. */
static inline void one_user(uid_t uid, gid_t gid)
{
	char map[40];

	file_write("/proc/self/setgroups", "deny"); /* else gid_map is refused */
	/* "0 here is uid there, and that is one user": user_namespaces(7) has the form
	 * of these files. */
	snprintf(map, sizeof map, "0 %u 1", uid);
	file_write("/proc/self/uid_map", map);
	snprintf(map, sizeof map, "0 %u 1", gid);
	file_write("/proc/self/gid_map", map);
}

/* In a new network even 127.0.0.1 is down. */
static inline int loopback_up(void)
{
	struct ifreq lo = {.ifr_name = "lo", .ifr_flags = IFF_UP};
	int fd = socket(AF_INET, SOCK_DGRAM, 0), up = ioctl(fd, SIOCSIFFLAGS, &lo);

	close(fd);
	return up;
}

/* 0: there is none to be had. The network comes last: without it, we are still in the one that was. */
static inline int own_network(void)
{
	uid_t uid = geteuid();
	gid_t gid = getegid();

	/* The user namespace first: it is what gives the right to make the others.
	 * unshare(2). */
	if (unshare(CLONE_NEWUSER) < 0)
		return 0;
	one_user(uid, gid);
	return unshare(CLONE_NEWNS) == 0 && mount("none", "/run", "tmpfs", 0, NULL) == 0 &&
	       mkdir("/run/rpcbind", 0755) == 0 && unshare(CLONE_NEWNET) == 0 && loopback_up() == 0;
}

#endif
