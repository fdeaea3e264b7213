/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records of sockets, after logbuild.h. */
#ifndef SOCKETBUILD_H
#define SOCKETBUILD_H

#include <sys/socket.h>

#include "logbuild.h"

#define UNIX_KIND(type) ((u64)AF_UNIX | (u64)(type) << 16)

/* A pair with these descriptors and inodes. */
static inline void lb_pair(u32 task, u32 type, i32 a, i32 b, u64 ino)
{
	lb_enter(task, CALL_socketpair, 0, 0, 0, UNIX_KIND(type));
	lb_exit_flags(task, CALL_socketpair, 0, 0, a, b, ino, ino + 1);
}

static inline void lb_socket(u32 task, u32 type, u64 flags, i32 fd, u64 ino)
{
	lb_enter(task, CALL_socket, 0, 0, flags, UNIX_KIND(type));
	lb_exit_flags(task, CALL_socket, 0, fd, 0, 0, ino, 0);
}

static inline void lb_listener(u32 task, i32 fd, u64 ino, u64 backlog)
{
	lb_socket(task, SOCK_STREAM, 0, fd, ino);
	lb_call(task, CALL_bind, fd, 0, 0, 0, 0);
	lb_call(task, CALL_listen, fd, 0, 0, backlog, 0);
}

static inline void lb_connect(u32 task, i32 fd, u64 listener, i64 ret)
{
	lb_enter(task, CALL_connect, fd, 0, 0, listener);
	lb_exit_flags(task, CALL_connect, 0, ret, 0, 0, ret ? 0 : listener, 0);
}

static inline void lb_accept(u32 task, i32 fd, i64 ret, u64 ino, u64 peer)
{
	lb_enter(task, CALL_accept, fd, 0, 0, 0);
	lb_exit_flags(task, CALL_accept, 0, ret, 0, 0, ino, peer);
}

static inline void lb_send(u32 task, i32 fd, u64 size, u64 to, u64 flags, i64 ret)
{
	lb_call(task, CALL_sendto, fd, 0, size, to << 32 | flags, ret);
}

static inline void lb_recv(u32 task, i32 fd, u64 size, u64 flags, i64 ret)
{
	lb_call(task, CALL_recvfrom, fd, 0, size, flags, ret);
}

static inline void lb_see_socket(u64 ino, u64 readable)
{
	lb_observe(0, OBS_SOCKET, ino, 0, 0, readable, 0);
}

static inline const struct w_socket *lb_sock(u32 task, i32 fd)
{
	const struct w_fd *d = lb_fd(task, fd);
	const struct w_file *f = d ? world_file(lb.w, d->file) : NULL;

	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(f->kind, OBJ_SOCKET);
	return world_socket(lb.w, f->object);
}

static inline i64 lb_fill(u32 task, i32 fd)
{
	return world_flow(lb.w, lb_sock(task, fd)->in)->fill;
}

#endif
