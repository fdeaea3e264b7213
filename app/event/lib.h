/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * event: the vocabulary of what happened, and the append-only log that keeps it.
 * An event, once appended, never changes; a recording is the log in a file. One writer, any
 * number of readers, live through a shared mapping or later from a file. Nothing here knows
 * what an event means: that is world's.
 *
 * file       | what it holds
 * calls.def  | the calls (X-macro, append only)
 * name.c     | names of calls, kinds, observations
 * log.c      | the writer: mapped file or memfd, grown by posix_fallocate, length released last
 * reader.c   | the reader: header and every record checked before anyone sees it
 */
#ifndef EVENT_LIB_H
#define EVENT_LIB_H

#include "base/lib.h"

#define LOG_MAGIC "IPCLAB\x1a\n"
#define LOG_VERSION 1u
#define LOG_DATA 4096u            /* offset of the first record */
#define LOG_SPACE (64ull << 30)   /* address space a log is mapped into */
#define LOG_GROW (1u << 20)       /* bytes the file grows by */
#define LOG_CONTENT_MAX 256u      /* bytes of contents kept of one operation */
#define LOG_RECORD_MAX (16u << 20)

enum call {
#define CALL(name) CALL_##name,
#include "event/calls.def"
#undef CALL
	CALL_COUNT
};

/* Kinds of record. Those below REC_NOTES are events and have a sequence number (their ordinal in
 * the log, from 1); notes carry what helps to read them and change no world. Append only. */
enum rec_kind {
	REC_SPAWN = 1,  /* ev_spawn: a task was born; rec.task is the new one */
	REC_EXEC = 2,   /* ev_exec: execve succeeded; close-on-exec ends are already released */
	REC_END = 3,    /* ev_end: a task is gone (wait status collected) */
	REC_ENTER = 4,  /* ev_enter: the call begins: it takes effect between this and its EXIT */
	REC_EXIT = 5,   /* ev_exit: the call's result */
	REC_SIGNAL = 6, /* ev_signal: a signal is delivered to rec.task */
	REC_OBSERVE = 7,/* ev_observe: the kernel was asked */
	REC_POISED = 8, /* ev_enter: held just before this call; it has not begun ("observe" in JSON) */
	REC_INJECT = 9, /* ev_inject: we did something to a task */
	REC_SEGMENT = 10, /* ev_segment: memory that can be shared, named before it is first used in the log */
	REC_MEMORY = 11,  /* ev_memory: bytes of a shared mapping, as the kernel has them now */
	REC_NAME = 12,    /* ev_name: an object has a name: an address, a path */
	REC_NOTES = 64,
	REC_META = 64,  /* "key\0value\0..." pairs: command, cwd, lab, host, kernel */
	REC_MAPS = 65,  /* note_maps: an address space's executable mappings, as /proc/PID/maps lines */
	REC_SITE = 66,  /* note_site: registers and stack at a call, to be unwound later */
	REC_LINES = 67, /* note_lines: a site, unwound */
	REC_SOURCE = 68,/* note_source: a source file as it was */
	REC_POINTER = 69,/* note_pointer: a word of the program's own data that points at a shared mapping */
	REC_ACTOR = 71, /* note_actor: what rec.task's process runs since its last EXEC, when its program is an interpreter */
	REC_TYPES = 70, /* note_types: C types of a program, and which of its pointers lead to them */
};

/* rec.flags */
enum {
	EVF_RESTART = 1u << 0, /* EXIT: a handler ran, the call begins again (SA_RESTART) or is redone */
	EVF_THREAD = 1u << 1,  /* SPAWN: shares the creator's thread group */
	EVF_FILES = 1u << 2,   /* SPAWN: shares the creator's descriptor table */
	EVF_VFORK = 1u << 3,   /* SPAWN: the creator waits until the new one execs or ends */
	EVF_LAST = 1u << 4,    /* END: the process is gone with it */
	EVF_CUT = 1u << 5,     /* ENTER: held < size, the rest is in the hash only */
	EVF_UNREAD = 1u << 6,  /* ENTER: arguments in memory could not be read; EXIT of a read: memory it was to fill is not there */
	EVF_ATOMIC = 1u << 7,  /* load, store, update: by a C11 atomic operation */
	EVF_VOLATILE = 1u << 8,/* load, store: of a volatile object */
	EVF_ATTACHED = 1u << 10, /* SPAWN: it ran before we came */
	EVF_GUESSED = 1u << 12, /* ENTER: which call it is, or on what, is inferred: nobody allowed us to ask */
	EVF_FOUND = 1u << 11,  /* ENTER, EXIT: of a call that was found by looking at who sleeps: it began, ended before */
	EVF_TOLD = 1u << 9,    /* POISED, ENTER, EXIT of a C library call (sem_wait, ...) as our runtime tells it;
	                          its futex calls inside are no operations of their own */
};

struct rec {
	u32 len;  /* bytes, this header included, a multiple of 8 */
	u32 crc;  /* crc32c of bytes 8..len */
	u16 kind; /* enum rec_kind */
	u16 call; /* enum call, for ENTER, EXIT, POISED; else 0 */
	u32 task; /* task number: order of birth in this log, from 1; 0: none */
	u64 t_ns; /* since the log was made */
	u32 site; /* note_site.site, 0: none */
	u32 flags;
};

struct ev_spawn {
	u32 creator; /* task number, 0: ipclab */
	i32 pid;     /* thread group id */
	i32 tid;
	u32 pad;
};
struct ev_exec {
	u32 former; /* task number of the thread that called execve; it goes on as rec.task */
	u32 path_len;
	u32 foreign; /* 1: not this machine's native ABI (32-bit): it runs, it is not decoded */
	u32 pad;
	char path[]; /* executable, NUL at the end */
};
struct ev_end {
	i32 status; /* as wait(2) gives it */
	u32 pad;
};

/* ENTER and POISED. What fd, fd2, size, arg mean, per call:
 *   read write readv writev preadv2 pwritev2   fd, size = bytes asked (sum of the vector); write, writev on a UDP
 *                         socket: arg as sendto
 *   pipe2                 arg = flags           close fd
 *   close_range           fd = first, fd2 = last (clamped to INT32_MAX), arg = flags
 *   dup fd                dup2 dup3             fd, fd2, arg = flags
 *   fcntl                 fd, arg = cmd, size = third argument
 *   ioctl                 fd, arg = request, size = for FIONBIO the int pointed at
 *   fork vfork clone clone3 unshare             arg = clone flags
 *   execve                contents = path       exit exit_group  fd = status
 *   wait4 waitid          fd = pid asked (waitid: id), arg = options, size = idtype for waitid
 *   poll ppoll            size = nfds, arg = time-out in ns (TIME_NONE: for ever); contents = struct pollfd[]
 *   select pselect6       size = nfds, arg = time-out; contents = struct pollfd[] built from the sets
 *   nanosleep clock_nanosleep                   arg = time-out in ns, from now
 *   kill tkill tgkill     fd = pid or tid, fd2 = signal
 *   splice tee sendfile copy_file_range         fd = in, fd2 = out, size, arg = flags
 *   vmsplice              fd, size, arg = flags
 *   open*                 arg = flags, contents = path (only logged when it may lead to an IPC object), hash = id of the
 *                         FIFO it leads to (bit 63 set; inode and device together), 0: none
 *   load store update     arg = address, size = bytes, fd = memory order (C11 numbers; -1: plain). No fd.
 *   mmap                  (MAP_SHARED only) fd, size = length, arg = prot | flags << 32, hash = offset
 *   munmap                arg = address, size = length (only when our runtime tells of it)
 *   mremap                arg = old address, size = new length, hash = old length
 *   msync                 arg = address, size = length, fd2 = flags
 *   ftruncate             fd, arg = new length (only logged when fd leads to a segment)
 *   memfd_create          arg = flags, contents = name
 *   unlink unlinkat       contents = path (only logged when it is an IPC object's name), hash = id of the FIFO
 *   sem_* pthread_*       arg = address of the object, size = second operand (hook/protocol.h), hash = time-out
 *                         in ns from now (TIME_NONE); sem_open, sem_unlink: contents = name
 *   socket socketpair     arg = domain | type << 16 | protocol << 32 (type without its flags), size = the type's flags
 *   bind connect          fd, contents = struct sockaddr; connect: arg = inode of the socket of that name, 0 unknown
 *        listen  fd, arg = backlog
 *   accept accept4        fd, arg = flags                       shutdown  fd, arg = how
 *   setsockopt            fd, arg = option | level << 32, size = the int given (only options that matter to IPC)
 *   sendto sendmsg        fd, size = bytes, arg = flags | inode of the socket it goes to << 32 (by the name given along; 0 none;
 *                         UINT32_MAX: a name outside), hash, contents = first bytes; fd2 = descriptors sent along (OBS_CARRIES follows)
 *   sendmmsg recvmmsg     fd, size = messages, arg = as sendmsg, hash = bytes, or room, of them all
 *   recvfrom recvmsg      fd, size = room, arg = flags
 *   eventfd eventfd2      size = first value, arg = flags      timerfd_create  arg = flags, size = clock
 *   signalfd signalfd4    fd, arg = flags, size = signal mask   timerfd_settime  fd, arg = ns until first, size = interval ns
 *   pidfd_open            fd = pid, arg = flags                 pidfd_send_signal  fd, fd2 = signal
 *   epoll_create1         arg = flags                           epoll_ctl  fd = epoll, fd2 = the other, arg = op, size = events
 *   epoll_wait epoll_pwait epoll_pwait2  fd, size = maxevents, arg = time-out in ns
 *   mq_open               contents = name, arg = O_ flags, size = maxmsg | msgsize << 32 (0: not given)
 *   mq_unlink             contents = name                       mq_notify  fd, arg = 1 asks, 0 takes back
 *   mq_timedsend          fd, size = bytes, arg = time-out in ns from now, fd2 = priority, hash, contents
 *   mq_timedreceive       fd, size = room, arg = time-out       mq_getsetattr  fd, arg = new flags (or TIME_NONE)
 *   msgget semget shmget  arg = key | flags << 32, size = semaphores, or bytes
 *   msgsnd                fd = id, size = bytes, arg = type, fd2 = flags, hash, contents
 *   msgrcv                fd = id, size = room, arg = type (as i64), fd2 = flags
 *   semop semtimedop      fd = id, size = operations, arg = time-out, contents = struct sembuf[]
 *   msgctl semctl shmctl  fd = id, arg = cmd, fd2 = semnum, size = value (SETVAL), msg_qbytes (IPC_SET); contents = u16[] (SETALL)
 *   shmat                 fd = id, arg = address asked, size = flags    shmdt  arg = address
 *   flock                 fd, arg = operation
 *   fcntl F_SETLK, F_SETLKW, F_OFD_SETLK, F_OFD_SETLKW   fd, arg = cmd, size = l_type, contents = i64 start, i64 end
 *                         (absolute, end = INT64_MAX: to the end of the file)
 *   mknod mknodat         contents = path, arg = mode (FIFOs only); EXIT: arg = id of the FIFO
 *   rt_sigaction          fd = signal, arg = 0 default, 1 ignored, 2 handler, size = sa_flags
 *   rt_sigprocmask        arg = new mask as it will stand
 *   rt_sigqueueinfo rt_tgsigqueueinfo  fd = pid or tid, fd2 = signal
 *   rt_sigtimedwait       size = mask, arg = time-out
 *   alarm setitimer timer_settime      arg = ns until it rings (0: off), size = interval ns, fd = which
 *   futex                 (not private, and not inside a C library call we are told of) arg = address, fd = operation
 *                         with its flags, size = value, hash = time-out in ns from now
 */
#define TIME_NONE UINT64_MAX
#define OPENED_FILE (1ull << 62)
struct ev_enter {
	i32 fd, fd2;
	u64 size;
	u64 arg;
	u64 hash;  /* of all `size` bytes written; 0 for calls that write nothing */
	u32 held;  /* bytes in contents[] */
	u32 space; /* msg*, sem*, shm*: inode of the caller's ipc namespace where that is not ours; else 0 */
	u8 contents[];
};

/* EXIT. ret is what the program sees (-errno on failure).
 *   pipe pipe2   fd, fd2 = the two ends, arg = inode of the pipe, arg2 = capacity in bytes
 *   open*        fd = ret; arg = inode if it is a pipe, OPENED_FILE for a file that is followed, else 0; arg2 = O_ flags
 *   dup, dup2, dup3, fcntl F_DUPFD*: ret is the new fd
 *   wait4        fd = wait status when ret > 0
 *   waitid       fd = pid of the child, fd2 = CLD_EXITED, ... (-1: not told)
 *   poll, select contents (ev_enter of the ENTER) carry what was asked; arg = number ready
 *   load         arg = value loaded (up to 8 bytes, little endian; more: REC_MEMORY before)
 *   store update arg = value that stands there afterwards, arg2 = value before. An access has no exit stop of
 *                its own: its EXIT is logged at the task's next stop, or when the set is settled
 *   mmap         ret = address (or -errno), arg = inode, arg2 = device of the segment
 *   ftruncate    arg = inode, arg2 = device      memfd_create: likewise
 *   sem_open     arg = address   (its inode is known from the mapping that it made)
 *   sem_getvalue arg = value
 *   socket       arg = inode            socketpair  fd, fd2, arg, arg2 = both inodes
 *   accept       ret = new fd, arg = its inode, arg2 = inode of the peer (0 unknown or outside)
 *   connect      arg = inode of the socket it is connected to now (Unix: the listener's, until accept; 0 outside)
 *   send*        arg = inode of the socket the message went to (datagrams; 0: outside, or connected)
 *   sendmmsg recvmmsg  arg = bytes moved in all
 *   recv*        arg = inode of the sender's socket (0 unknown), arg2 = MSG_ flags that came back; descriptors that
 *                came along: OBS_FD with how = received, just behind
 *   read of an eventfd     arg = the count that came (ENTER of a write: arg = the count given); of a timerfd: how often it expired
 *   eventfd signalfd timerfd_create pidfd_open epoll_create  ret = fd, arg = an id that is unique in this log
 *   mq_open      ret = fd, arg = inode, arg2 = device; fd = maxmsg, fd2 = msgsize as they are
 *   mq_timedreceive, msgrcv  arg = priority, or type, of what was received (OBS_UNKNOWN: the caller did not ask), arg2 = its hash
 *   msgget semget shmget     ret = id      shmat  ret = address, arg = inode, arg2 = device of the segment
 *   epoll_wait   arg = number ready
 */
struct ev_exit {
	i64 ret;
	i32 fd, fd2;
	u64 arg, arg2;
};

struct ev_signal {
	i32 sig;
	i32 code;       /* si_code */
	i32 sender_pid; /* si_pid, 0 if none */
	u32 handled;    /* 1: a handler will run; 0: default action or ignored */
};

enum observation {
	OBS_STATE = 1,   /* rec.task: a = enum obs_state, b = call it is inside of (enum call); rec.site: of that call */
	OBS_ENDING = 2,  /* rec.task: about to end, ends still open; a = status */
	OBS_FD = 3,      /* rec.task's process has a descriptor we did not see being made: see obs_fd_* */
	OBS_PIPE = 4,    /* a = inode, b = bytes (FIONREAD), c = capacity, d = POLLOUT of a write end 0/1, 2 not asked;
	                    e = slots in use, or OBS_UNKNOWN; b = OBS_UNKNOWN: a splice of somebody outside keeps its lock */
	OBS_SETTLED = 5, /* every task is poised, blocked, stopped or gone; a = 1 when all was asked. Ends a moment */
	OBS_MODE = 6,    /* a = enum obs_mode from here on */
	OBS_FD_GONE = 7, /* rec.task's process no longer has fd a (learnt late) */
	OBS_UNKNOWN_CALL = 8, /* rec.task made IPC call number a (kernel's number) that no rule covers */
	OBS_HOLD = 9,    /* rec.task waits its turn at the exit of its own call */
	OBS_CHOICE = 10, /* somebody chose: rec.task moves next. a = enum choice_made, b = signal number;
	                    CHOSE_TYPE: task 0, b = bytes here (1..24) | more follow << 32, c d e = the bytes */
	OBS_UNMAP = 11,  /* rec.task's process no longer has a mapping at a, b bytes (learnt from maps, or told) */
	OBS_FAULT = 12,  /* the SIGBUS or SIGSEGV just logged for rec.task is about address a, b = si_code */
	OBS_HOOKED = 13, /* rec.task's process has our runtime in it: a = flags (1: --threads) */
	OBS_SEGMENT = 14,/* a = inode, b = device, c = size now (a change nobody we watch made, or a resize) */
	OBS_SOCKET = 16, /* a = inode, b = state as TCP names it (TCP_ESTABLISHED, ...; Unix likewise), c = peer's inode (0 unknown),
	                    d = readable: bytes of a stream, messages of datagrams (0 or 1 = empty or not for UDP),
	                    e = drops (datagrams); TCP: what is on its way to this socket, OUTQ | OUTQNSD << 32 of its peer's
	                    (OBS_UNKNOWN: outside); listening: connections that may wait at most */
	OBS_QUEUE = 17,  /* a = OBJ kind's id (mq: inode; SysV: id | namespace << 32), b = 1 mq, 2 msg, | OBS_OUTSIDE; c = messages
	                    (OBS_UNKNOWN: it was removed), d = bytes (OBS_UNKNOWN: not asked), e = most: messages | bytes each << 32
	                    (mq), msg_qbytes (msg). A queue is first told so, before the record of the call that meets it */
	OBS_SEMS = 18,   /* SysV set a: semaphore b (| OBS_OUTSIDE) has value c (OBS_UNKNOWN: the set was removed), d waiting for
	                    more, e waiting for zero (OBS_UNKNOWN: not asked). Likewise told before the call that meets it */
	OBS_COUNTER = 19,/* id a (eventfd, timerfd, signalfd, pidfd): value or readiness c */
	OBS_LOCK = 20,/* file a (inode and device in one: mask of its OBS_FD) has c flock, d POSIX, e OFD locks; b of processes not watched */
	OBS_SIGNALS = 21,/* rec.task: a = pending mask, b = blocked mask */
	OBS_ATTACHED = 22,/* rec.task's process was running before we came (watch -p): a = timers of timer_create it has, b = pid of its parent, c = mask of the signals
	                    that it has handlers for, d = of those it ignores. Again when something of that became sure */
	OBS_CARRIES = 23, /* rec.task's open sendmsg or sendmmsg sends descriptors along (SCM_RIGHTS): a = how many of them here (1..8),
	                    b c d e = two numbers each, low half first. Just behind its ENTER */
	OBS_REACHES = 24, /* rec.task's open send is a datagram that more than one may receive (multicast, SO_REUSEPORT): a = how
	                    many of ours are named here (1..4), b c d e = inodes of their sockets. Just behind its ENTER */
	OBS_CUT = 25, /* our coming (watch -p), or a signal that means nothing to it, which nobody untraced gets, cut rec.task's write to its fd a short: b of c bytes were moved */
	OBS_UNMET = 31, /* rec.task was attached to and is not followed yet (a = 1): it may be in a transfer that a stop would cut short;
	                  a = 0: from here on it is */
	OBS_LIMIT = 32, /* rec.task's open call ends when its socket's time-out (SO_RCVTIMEO, SO_SNDTIMEO) of a ns has passed, which is a choice */
	OBS_ENDS = 26, /* a = inode, b = ENDS_*: all of /proc was looked through for who has it: d = 1 others than those watched, 0 nobody
	                  else; c = device (segments), or 1: it has or may have SO_RCVTIMEO or SO_SNDTIMEO (sockets); e = inode
	                  of the other end (sockets), 0 unknown */
	OBS_LOCK_HELD = 27, /* rec.task's process has a lock on the file of its fd a: b = 1 flock, 2 POSIX, 3 OFD | exclusive << 8, c = first
	                  byte, d = last */
	OBS_WATCH = 28,  /* rec.task's process: its fd a, an epoll, waits for fd b; c = events */
	OBS_TIMER = 29,  /* rec.task's process: its fd a, a timerfd, rings in b ns; 0: it is not set */
	OBS_PIDFD = 30,  /* rec.task's process: its fd a is a pidfd of process b */
	OBS_SYNC = 15,   /* an object of the C library at address a in rec.task's process, as its words stand: b = call
	                    family (CALL_sem_wait, CALL_pthread_mutex_lock, ...), c = value, owner's tid, or count;
	                    only of objects without our runtime. d: of a mutex OBS_SYNC_*; of a barrier how many are needed;
	                    of a rwlock the tid of who holds it for writing */
};
enum { OBS_SYNC_ROBUST = 1, OBS_SYNC_OWNER_GONE = 2 };
enum { ENDS_PIPE = 1, ENDS_SOCKET, ENDS_SEGMENT, ENDS_QUEUE };
enum choice_made { CHOSE_STEP = 1, CHOSE_TIME = 2, CHOSE_SIGNAL = 3, CHOSE_TYPE = 4 };
enum obs_state { OBS_RUNNING = 1, OBS_BLOCKED = 2, OBS_STOPPED = 3 };
enum obs_mode { OBS_HELD = 1, OBS_FREE = 2 };
#define OBS_UNKNOWN UINT64_MAX
#define OBS_OUTSIDE (1ull << 32) /* OBS_QUEUE, OBS_SEMS: a process that is not watched has used it, or can */
/* OBS_FD: a = fd | access << 32 (1 read, 2 write) | cloexec << 40 | how << 48 (enum fd_how of world);
 * b = inode; c = file status flags (O_NONBLOCK, O_DIRECT, ...); d = 1 + an fd of the same process that is the same open
 * file, 0: none known; e = kind: 1 pipe, 2 terminal, 3 other, 4 a segment named before (b = its inode), 5.. enum seen_kind of
 * tracer: 5 socket (c's upper half: domain | type << 16; d's: protocol), 6 mq, 7 eventfd, 8 signalfd, 9 timerfd, 10 pidfd, 11 epoll.
 * A pipe or socket first seen this way may have ends outside. a's bit 56: the grader gave it that pipe as a standard stream. */
struct ev_observe {
	u32 what; /* enum observation */
	u32 pad;
	u64 a, b, c, d, e;
};

enum injection { INJ_TIMEOUT = 1, INJ_SIGNAL = 2, INJ_SHORT = 3, INJ_AGAIN = 4, INJ_SMALL_PIPE = 5, INJ_LOST = 6, INJ_STAYS_SMALL = 7,
	INJ_ANSWERED = 8, INJ_ALARM_HELD = 9, INJ_ALARM = 10 };
struct ev_inject {
	u32 what; /* enum injection */
	u32 pad;
	u64 a; /* INJ_TIMEOUT: ns that passed; INJ_SIGNAL: signal number; INJ_SHORT: bytes it asked for (the ENTER behind it
	          has what is left); INJ_AGAIN: the call (enum call) that got EAGAIN and was not made; INJ_SMALL_PIPE: bytes;
	          INJ_STAYS_SMALL: bytes that a pipe was to hold; INJ_LOST: bytes of the datagram that was not sent, though its sender is told so;
	          INJ_ANSWERED: the call (enum call) that was answered with 0 and not made;
	          INJ_ALARM_HELD: the alarm of its process was set to ring after so many ns (0: off), and rings when that is chosen;
	          INJ_ALARM: it rings, after so many ns */
};

enum segment_kind {
	SEGMENT_ANONYMOUS = 1, /* mmap(MAP_SHARED | MAP_ANONYMOUS) */
	SEGMENT_MEMFD,
	SEGMENT_POSIX,         /* shm_open: a name in /dev/shm */
	SEGMENT_FILE,          /* a mapped file */
	SEGMENT_SYSV,
	SEGMENT_PRIVATE,       /* --threads: a process's own .data, .bss and heap; ino = pid, offset = address */
};
struct ev_segment { /* identity is (ino, dev) while it lives */
	u64 ino, dev;
	u64 size;     /* bytes: st_size, or of the mapping for anonymous memory */
	u32 kind;     /* enum segment_kind */
	u32 name_len; /* NUL included; 0: no name */
	char name[];  /* "/OS" for shm_open, the path of a file, the name given to memfd_create */
};
enum { MEMORY_FIRST = 1u, MEMORY_CHANGED = 2u, MEMORY_STORED = 4u };
struct ev_memory {
	u64 addr;  /* in rec.task's process, inside a mapping the log knows */
	u32 len;
	u32 flags; /* MEMORY_FIRST: how it was when first looked at; MEMORY_CHANGED: differs from what the log
	              tells so far (code without our runtime, the kernel, or a process that is not watched);
	              MEMORY_STORED: what an access of more than 8 bytes put there, before its EXIT */
	u8 bytes[];
};

enum named { NAMED_LOCAL = 1, NAMED_PEER = 2, NAMED_PATH = 3 };
struct ev_name {
	u64 ino;      /* of the socket, FIFO, queue or file */
	u32 what;     /* enum named: a socket's own address, its peer's; the path or queue name */
	u32 len;      /* NUL included */
	char text[];  /* "127.0.0.1:12000", "[::1]:80", "/tmp/s", "@abstract", "/queue" */
};

/* Of a command line nothing is kept but this one name: the script, module or main class. */
struct note_actor {
	u32 len;     /* NUL included; 1: it runs none (an interactive shell, -c) */
	char text[]; /* "pool.py", "http.server", "Main" */
};
struct note_pointer { /* rec.task's process */
	u32 map, pad;
	u64 at;    /* address of the word, in .data or .bss of the program or a library (runtime address) */
	u64 value; /* what it holds: an address inside a shared mapping */
};
/* C types, so that a recording needs neither the program nor libdw. Behind the head stand types_n note_type,
 * fields_n note_field, enums_n note_enum, targets_n note_target, then text: names, each from its
 * offset to the next NUL. A type is made of earlier ones only; a pointer may lead to any. */
struct note_types {
	u32 map;   /* whose */
	u32 debug; /* enum debug_state of source */
	u32 name;  /* of the executable */
	u32 types_n, fields_n, enums_n, targets_n;
	u32 text_len;
	u8 bytes[];
};
enum note_shape { SHAPE_SCALAR, SHAPE_FIELDS, SHAPE_ARRAY, SHAPE_POINTER, SHAPE_ENUM };
struct note_type {
	u8 kind;      /* enum type_kind of source */
	u8 shape;     /* enum note_shape */
	u8 flags;     /* NOTE_ATOMIC ... */
	u8 pad;
	u32 name;
	u64 size, count;
	u32 of;       /* array, pointer: 1 + number of the type; 0: void, unknown */
	u32 first, n; /* fields or enumerators */
	u32 pad2;
};
enum { NOTE_ATOMIC = 1u, NOTE_VOLATILE = 2u, NOTE_UNSIGNED = 4u };
struct note_field {
	u64 offset;
	u32 name, type;
	u32 bit, bits;
};
struct note_enum {
	i64 value;
	u32 name, pad;
};
struct note_target { /* struct target of source */
	u64 value;
	u32 site, task, name;
	u32 type;  /* 1 + number; 0 none */
	u32 flags; /* NOTE_OWN, NOTE_LOST */
	u32 pad;
};
enum { NOTE_OWN = 1u, NOTE_LOST = 2u };
struct note_maps {
	u32 map; /* number of this address-space picture, from 1 */
	u32 text_len;
	char text[]; /* lines of /proc/PID/maps, executable ones and their files' first mapping */
};
struct note_site {
	u32 site, map;
	u32 stack_len;
	u32 pad;
	u64 sp;       /* address of stack[0] */
	u64 regs[17]; /* DWARF order of x86-64: rax rdx rcx rbx rsi rdi rbp rsp r8..r15 rip */
	u8 stack[];
};
struct note_lines {
	u32 site, frames; /* frames, innermost first: "file\0line\0function\0" each */
	u32 shown;        /* which frame is the innermost in the program's own files; UINT32_MAX: none */
	u32 text_len;
	char text[];
};
struct note_source {
	u64 hash;
	u32 name_len, text_len; /* name\0 then text */
	char bytes[];
};

const char *call_name(unsigned call);           /* "read"; "?" when unknown */
unsigned call_by_name(const char *name);        /* CALL_none when unknown */
const char *rec_kind_name(unsigned kind);       /* JSON kinds of INTERFACES.md; NULL for notes */
static inline bool rec_is_event(const struct rec *r) { return r->kind < REC_NOTES; }
static inline const void *rec_body(const struct rec *r) { return r + 1; }

/* ---- the writer ---- */
struct log;

/* A log in a file of that name (made with O_EXCL unless `overwrite`), or in a memfd when path is
 * NULL. The descriptor is close-on-exec. Owner: the caller; log_close frees. */
struct log *log_create(const char *path, bool overwrite, struct err *);
/* The memfd or file, to be handed to a reader in another process. Stays the log's. */
int log_fd(const struct log *);
/* Room for a record with `body` bytes of body: fill *rec's kind, call, task, site, flags and the
 * body, then log_commit. t_ns is set here. NULL when the disk is full or the log was closed: err
 * says so once, everything before stays readable. */
struct rec *log_begin(struct log *, size_t body, struct err *);
/* Checksum, length, publish: from now on readers see it. */
void log_commit(struct log *, struct rec *);
/* True after log_begin has failed: no room, or a limit of the process; nothing more will be written. */
bool log_has_stopped(const struct log *);
u64 log_events(const struct log *); /* events so far */
u64 log_bytes(const struct log *);
/* Gives back the memory of what lies more than `keep` bytes behind (memfd logs of a batch watch). */
void log_forget(struct log *, u64 keep);
void log_close(struct log *); /* cuts the file to its length, marks it complete; NULL is fine */

/* ---- the reader ---- */
struct log_reader;

/* Opens a finished or growing log. Errors (EXIT_INPUT): not a recording, a newer version, another
 * machine's byte order, unreadable. A torn tail is no error: see log_reader_torn. */
struct log_reader *log_reader_open(const char *path, struct err *);
struct log_reader *log_reader_open_fd(int fd, struct err *); /* dups nothing: fd becomes the reader's */
void log_reader_close(struct log_reader *);
/* The record at byte offset *pos (LOG_DATA to begin), checked; advances *pos. NULL at the end of
 * what is published so far, or at a record that is damaged (then log_reader_torn is true). The
 * pointer is valid until close. */
const struct rec *log_reader_next(struct log_reader *, u64 *pos);
/* The record that starts at pos, already seen once (not checked again). */
const struct rec *log_reader_at(const struct log_reader *, u64 pos);
bool log_reader_torn(const struct log_reader *); /* the tail was cut or damaged; what came before is good */
bool log_reader_complete(const struct log_reader *); /* the writer closed it */
/* Body size checks of the vocabulary: true when the body is as long as its kind demands. Used by
 * log_reader_next, and by the fuzz target. */
bool rec_is_sound(const struct rec *);

#endif
