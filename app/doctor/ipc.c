/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Message queues, System V IPC, shared memory: one of each is made, used and removed. */
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "doctor/private.h"

enum { MQUEUE_MAGIC = 0x19800202, TMPFS_MAGIC = 0x01021994 };

static const char *queue_remedy(int sys)
{
	struct rlimit limit = {0};

	getrlimit(RLIMIT_MSGQUEUE, &limit);
	if (sys == ENOSYS)
		return filter_remedy() ? filter_remedy() : "a kernel with CONFIG_POSIX_MQUEUE";
	if (sys == EMFILE || sys == ENOMEM)
		return limit.rlim_max > limit.rlim_cur ? "ulimit -q unlimited"
						       : "sudo prlimit --pid $$ --msgqueue=819200";
	if (sys == ENOSPC)
		return "sudo sysctl fs.mqueue.queues_max=256";
	return filter_remedy();
}

void probe_mq(struct finding *f, const char *arg)
{
	struct mq_attr attr = {.mq_maxmsg = 10, .mq_msgsize = 64};
	char name[64], got[64];
	ssize_t n = -1;
	mqd_t q;
	int sys;

	(void)arg;
	snprintf(name, sizeof name, "/ipclab-doctor-%d", (int)getpid());
	q = mq_open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600, &attr);
	sys = errno;
	if (q < 0) {
		mq_unlink(name); /* under Landlock it is refused and left behind all the same */
		finding_no(f, queue_remedy(sys), "mq_open of 10 messages of 64 bytes: %s",
			strerror(sys));
		return;
	}
	if (mq_send(q, "ipclab", 6, 0) == 0)
		n = mq_receive(q, got, sizeof got, NULL);
	sys = errno;
	mq_unlink(name);
	if (n == 6)
		finding_yes(f, "made a queue, sent and received a message");
	else
		finding_no(f, filter_remedy(), "sending to a queue: %s", strerror(sys));
}

void probe_mqueue_mount(struct finding *f, const char *arg)
{
	struct statfs fs;

	(void)arg;
	if (statfs("/dev/mqueue", &fs) == 0 && fs.f_type == MQUEUE_MAGIC)
		finding_yes(f, "an mqueue file system is at /dev/mqueue");
	else
		finding_no(f, "sudo mkdir -p /dev/mqueue && sudo mount -t mqueue none /dev/mqueue",
			"no mqueue file system at /dev/mqueue");
}

/* Tries one of the three; what was made is gone again on return. NULL: it works. */
static const char *sysv_fault(void)
{
	struct {
		long type;
		char text[8];
	} message = {1, "ipclab"};
	struct sembuf up = {0, 1, 0};
	int id = msgget(IPC_PRIVATE, 0600), ok;

	if (id < 0)
		return "msgget";
	ok = msgsnd(id, &message, sizeof message.text, IPC_NOWAIT) == 0 &&
	     msgrcv(id, &message, sizeof message.text, 1, IPC_NOWAIT) == 8;
	msgctl(id, IPC_RMID, NULL);
	if (!ok)
		return "msgsnd";
	id = semget(IPC_PRIVATE, 1, 0600);
	if (id < 0)
		return "semget";
	ok = semop(id, &up, 1) == 0;
	semctl(id, 0, IPC_RMID);
	if (!ok)
		return "semop";
	id = shmget(IPC_PRIVATE, 4096, 0600);
	if (id < 0)
		return "shmget";
	ok = shmat(id, NULL, 0) != (void *)-1;
	shmctl(id, IPC_RMID, NULL);
	return ok ? NULL : "shmat";
}

void probe_sysv(struct finding *f, const char *arg)
{
	const char *fault = sysv_fault();
	int sys = errno;

	(void)arg;
	if (!fault)
		finding_yes(f, "made and used a queue, a semaphore, a segment");
	else
		finding_no(f,
			sys == ENOSYS && !is_filtered() ? "a kernel with CONFIG_SYSVIPC"
			: sys == ENOSPC                 ? "ipcs -a, then ipcrm what nobody uses"
							: filter_remedy(),
			"%s: %s", fault, strerror(sys));
}

static bool shm_use(const char *name, const char **fault)
{
	int fd = shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0600);
	char *page;

	*fault = "shm_open";
	if (fd < 0)
		return false;
	*fault = "ftruncate of a shared object";
	if (ftruncate(fd, 65536) < 0)
		return false;
	/* posix_fallocate, not a store: on a full /dev/shm a store is SIGBUS. */
	*fault = "room for 64 kB in /dev/shm";
	errno = posix_fallocate(fd, 0, 65536);
	if (errno)
		return false;
	*fault = "mmap of a shared object";
	page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (page == MAP_FAILED)
		return false;
	page[0] = 1;
	return true;
}

void probe_shm(struct finding *f, const char *arg)
{
	struct statfs fs = {0};
	const char *fault;
	char name[64];
	bool ok;
	int sys;

	(void)arg;
	snprintf(name, sizeof name, "/ipclab-doctor-%d", (int)getpid());
	ok = shm_use(name, &fault);
	sys = errno;
	shm_unlink(name);
	if (!ok)
		finding_no(f,
			sys == ENOENT || sys == ENOTDIR || sys == EACCES
				? "sudo mount -t tmpfs -o mode=1777 shm /dev/shm"
			: sys == ENOSPC ? "ls -l /dev/shm, then remove what nobody uses"
			: sys == EROFS  ? "sudo mount -o remount,rw /dev/shm"
			: sys == EFBIG  ? "ulimit -f unlimited"
					: filter_remedy(),
			"%s: %s", fault, strerror(sys));
	else if (statfs("/dev/shm", &fs) == 0 && fs.f_type == TMPFS_MAGIC)
		finding_yes(f, "made and mapped an object; a tmpfs of %llu MB, %llu MB free",
			(unsigned long long)fs.f_blocks * (unsigned long long)fs.f_bsize >> 20,
			(unsigned long long)fs.f_bavail * (unsigned long long)fs.f_bsize >> 20);
	else
		finding_yes(f, "made and mapped an object; /dev/shm is no tmpfs, so its pages go "
			       "to a disk");
}
