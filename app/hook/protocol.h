/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * hook: the small runtime linked into programs under study (ipclab cc) so that their accesses to
 * shared memory, and their calls of the C library's semaphores, mutexes and so on, become stops.
 * It includes nothing of app but this page, which the tracer reads too. One system call that no
 * kernel implements carries everything; behind our filter it stops, else it returns -ENOSYS.
 *
 *   HOOK_ASK     asked once, in the constructor, and again after exec (a1: where the instruction that reads for
 *                HOOK_VALUE is; the call follows it directly. Faults of it are the tracer's): HOOK_HERE | HOOK_* flags when
 *                ipclab is there, anything else when it is not: then no further call is ever made.
 *   HOOK_ACCESS  just before a load, store or update (atomic read-modify-write):
 *                a1 address, a2 bytes, a3 enum hook_access | HOOK_ATOMIC | HOOK_VOLATILE | order << 16,
 *                a4 program counter in the program (the return address of the __tsan_ hook),
 *                a5 with HOOK_VALUE: the aligned 8 bytes that it lies in, read just before the call
 *   HOOK_BEGIN   just before a call of the C library: a1 enum hook_op, a2 object's address,
 *                a3 second operand, a4 time-out in ns from now (HOOK_LATE | ns since then when it has
 *                passed; HOOK_NO_TIME), a5 program counter. Answer HOOK_ENDLESS: make the real call
 *                with a time-out that never comes; HOOK_AFRESH: with one that far from this answer.
 *   HOOK_END     just after it: a1 enum hook_op, a2 result (value, or -errno), a3 what sem_open returned
 *   HOOK_MAPPED  a mapping was made or ended that the filter does not see: a1 address, a2 bytes,
 *                a3 1 made (shared), 0 ended
 *
 * Explored (HOOK_EXPLORE was answered), a page is shared with the explorer (struct hook_page). Accesses and
 * calls that cannot block are noted there and go on, without a stop, until page.until of them are noted; what
 * would block stops first, by HOOK_BEGIN. No HOOK_END but sem_open's.
 *   HOOK_PAGE    where the page is: answered by the process and descriptor to open it by, pid << 32 | fd;
 *                a1: instead, the errno with which that failed
 *   HOOK_READY   the fork server, before main: a fork follows, and in its child the program
 *   HOOK_PARK    pthread_cond_wait has given its mutex away: waits here until it is signalled and has it again
 *
 * Second operand: sem_init value | pshared << 32; sem_open: oflag | value << 32 (the name is the
 * object); mutex_init: type | pshared << 8 | robust << 9 | protocol << 10; cond_wait: the mutex;
 * cond_init, rwlock_init, spin_init: pshared; barrier_init: count | pshared << 32; sem_unlink: the name is the
 * object; join: 0 (the object is the thread's pthread_t).
 */
#ifndef HOOK_PROTOCOL_H
#define HOOK_PROTOCOL_H

#define HOOK_CALL 0x49504cL /* no kernel's call number, on any architecture */

enum hook_what { HOOK_ASK = 1, HOOK_ACCESS, HOOK_BEGIN, HOOK_END, HOOK_MAPPED, HOOK_PAGE, HOOK_READY, HOOK_PARK };

#define HOOK_HERE    0x1bc1ab00L /* the answer to HOOK_ASK; its low byte holds flags */
#define HOOK_THREADS 0x01L       /* --threads: once a second thread exists, .data, .bss and heap stop too */
#define HOOK_VALUES  0x08L       /* accesses are told with HOOK_VALUE */
#define HOOK_EXPLORE 0x02L
#define HOOK_SERVE   0x04L       /* with HOOK_EXPLORE: begin as a fork server */
#define HOOK_EXPIRED 0x7bL       /* answer to HOOK_BEGIN, HOOK_PARK when explored: its time has passed */
#define HOOK_INTERRUPTED 0x7aL   /* likewise: a signal came while it waited, and breaks it off */
#define HOOK_RESTART 0x79L       /* likewise: but it goes on waiting */
#define HOOK_RESULT  0x1bc10000L /* likewise: it is done, with this result in the low 16 bits (0xffff: -1) */
#define HOOK_ENDLESS 0x7eL       /* answer to HOOK_BEGIN */
#define HOOK_AFRESH  0x7dL       /* likewise */
#define HOOK_LATE    (1UL << 63)
#define HOOK_NO_TIME (~0UL)

enum hook_access { HOOK_LOAD = 1, HOOK_STORE = 2, HOOK_UPDATE = 3 };
#define HOOK_ATOMIC   0x100L
#define HOOK_VOLATILE 0x200L
#define HOOK_VALUE    0x400L

enum hook_op { /* append only; the tracer has one row for each */
	HOOK_SEM_INIT = 1, HOOK_SEM_DESTROY, HOOK_SEM_OPEN, HOOK_SEM_CLOSE, HOOK_SEM_UNLINK, HOOK_SEM_WAIT,
	HOOK_SEM_TRYWAIT, HOOK_SEM_TIMEDWAIT, HOOK_SEM_POST, HOOK_SEM_GETVALUE,
	HOOK_MUTEX_INIT, HOOK_MUTEX_DESTROY, HOOK_MUTEX_LOCK, HOOK_MUTEX_TRYLOCK, HOOK_MUTEX_TIMEDLOCK,
	HOOK_MUTEX_UNLOCK, HOOK_MUTEX_CONSISTENT,
	HOOK_COND_INIT, HOOK_COND_DESTROY, HOOK_COND_WAIT, HOOK_COND_TIMEDWAIT, HOOK_COND_SIGNAL, HOOK_COND_BROADCAST,
	HOOK_BARRIER_INIT, HOOK_BARRIER_DESTROY, HOOK_BARRIER_WAIT,
	HOOK_RWLOCK_INIT, HOOK_RWLOCK_DESTROY, HOOK_RWLOCK_RDLOCK, HOOK_RWLOCK_TRYRDLOCK, HOOK_RWLOCK_TIMEDRDLOCK,
	HOOK_RWLOCK_WRLOCK, HOOK_RWLOCK_TRYWRLOCK, HOOK_RWLOCK_TIMEDWRLOCK, HOOK_RWLOCK_UNLOCK,
	HOOK_SPIN_INIT, HOOK_SPIN_DESTROY, HOOK_SPIN_LOCK, HOOK_SPIN_TRYLOCK, HOOK_SPIN_UNLOCK,
	HOOK_JOIN,
	HOOK_OP_COUNT
};

/* ---- explored ---- */
enum { HOOK_RECORDS = 2048, HOOK_TASKS = 64, HOOK_PERIOD = 4, HOOK_ROUNDS = 3 };
struct hook_record { /* an access, or a call that did not block, in the order in which they were made */
	unsigned long addr, pc, value; /* value: up to 8 bytes of what stood there just before */
	unsigned int size;
	unsigned short how; /* enum hook_access | HOOK_ATOMIC | HOOK_VOLATILE; 0: a call */
	unsigned short op;  /* enum hook_op */
};
struct hook_spin { /* what a task read last: the same again and again? */
	unsigned int n, match[HOOK_PERIOD + 1];
	unsigned long keys[8];
};
struct hook_page {
	unsigned int n;      /* records noted */
	unsigned int until;  /* stop before the one that would be the until-th; at most HOOK_RECORDS */
	unsigned int task;   /* who runs: the explorer's number */
	unsigned int patience; /* so many accesses are made without asking whether they are a spin's */
	unsigned int period; /* out: it stopped because the last `period` records come again and again; else 0 */
	unsigned int pad;
	struct hook_spin spins[HOOK_TASKS];
	struct hook_record records[HOOK_RECORDS];
};

#endif
