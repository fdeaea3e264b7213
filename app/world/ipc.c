/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Calls and open files of the objects of world/ipc.h, each to its family's rule. A family adds a row here and keeps
 * its rules in a file of its own. */
#include "world/private.h"

static const struct ipc_rule *const call_rules[CALL_COUNT] = {
	[CALL_none] = NULL,
	[CALL_mknod] = &fifo_rule_make,
	[CALL_mknodat] = &fifo_rule_make,
	[CALL_eventfd] = &counter_rule_make,
	[CALL_eventfd2] = &counter_rule_make,
	[CALL_signalfd] = &counter_rule_make,
	[CALL_signalfd4] = &counter_rule_make,
	[CALL_timerfd_create] = &counter_rule_make,
	[CALL_timerfd_settime] = &counter_rule_set,
	[CALL_pidfd_open] = &counter_rule_make,
	[CALL_epoll_create] = &counter_rule_make,
	[CALL_epoll_create1] = &counter_rule_make,
	[CALL_epoll_ctl] = &counter_rule_ctl,
	[CALL_rt_sigaction] = &signal_rule_action,
	[CALL_alarm] = &signal_rule_timer,
	[CALL_setitimer] = &signal_rule_timer,
	[CALL_timer_create] = &signal_rule_timer,
	[CALL_timer_settime] = &signal_rule_timer,
	[CALL_timer_delete] = &signal_rule_timer,
	[CALL_kill] = &signal_rule_send,
	[CALL_rt_sigqueueinfo] = &signal_rule_send,
	[CALL_pause] = &signal_rule_wait,
	[CALL_rt_sigsuspend] = &signal_rule_wait,
	[CALL_rt_sigtimedwait] = &signal_rule_wait,
	[CALL_flock] = &lock_rule,
	[CALL_fcntl] = &lock_rule,
	[CALL_socket] = &socket_rule_make,
	[CALL_socketpair] = &socket_rule_make,
	[CALL_bind] = &socket_rule_option,
	[CALL_setsockopt] = &socket_rule_option,
	[CALL_listen] = &socket_rule_listen,
	[CALL_accept] = &socket_rule_accept,
	[CALL_accept4] = &socket_rule_accept,
	[CALL_connect] = &socket_rule_connect,
	[CALL_shutdown] = &socket_rule_shutdown,
	[CALL_sendto] = &socket_rule_send,
	[CALL_sendmsg] = &socket_rule_send,
	[CALL_sendmmsg] = &socket_rule_send,
	[CALL_recvfrom] = &socket_rule_receive,
	[CALL_recvmsg] = &socket_rule_receive,
	[CALL_recvmmsg] = &socket_rule_receive,
	[CALL_mq_open] = &queue_rule_open,
	[CALL_mq_unlink] = &queue_rule_unlink,
	[CALL_mq_timedsend] = &queue_rule_mq,
	[CALL_mq_timedreceive] = &queue_rule_mq,
	[CALL_mq_notify] = &queue_rule_attr,
	[CALL_mq_getsetattr] = &queue_rule_attr,
	[CALL_msgget] = &queue_rule_get,
	[CALL_msgsnd] = &queue_rule_msg,
	[CALL_msgrcv] = &queue_rule_msg,
	[CALL_msgctl] = &queue_rule_control,
	[CALL_semget] = &sysv_rule_semget,
	[CALL_semop] = &sysv_rule_semop,
	[CALL_semtimedop] = &sysv_rule_semop,
	[CALL_semctl] = &sysv_rule_semctl,
	[CALL_shmget] = &sysv_rule_shmget,
	[CALL_shmat] = &sysv_rule_shmat,
	[CALL_shmctl] = &sysv_rule_shmctl,
};

static const struct ipc_file_rule *const file_rules[] = {
	[OBJ_FILE] = &lock_file_rule,
	[OBJ_EVENTFD] = &counter_file_rule,
	[OBJ_SIGNALFD] = &counter_file_rule,
	[OBJ_TIMERFD] = &counter_file_rule,
	[OBJ_PIDFD] = &counter_file_rule,
	[OBJ_EPOLL] = &counter_file_rule,
	[OBJ_SOCKET] = &socket_file_rule,
	[OBJ_MQ] = &queue_file_rule,
};

const struct ipc_file_rule *ipc_file_rule(u32 object_kind)
{
	return object_kind < ARRAY_LEN(file_rules) ? file_rules[object_kind] : NULL;
}

/* read and write belong to the kind of open file they are made on. */
static const struct ipc_rule *rule_of(const struct world *w, u32 task)
{
	const struct w_op *op = &w->task[task].op;
	const struct ipc_file_rule *file;
	u32 leads_to = op->file, fd;

	if (op->call < CALL_COUNT && call_rules[op->call])
		return call_rules[op->call];
	if (!op->open && !leads_to && (fd = call_find_fd(w, task, op->fd))) /* poised */
		leads_to = w->fd[fd].file;
	file = leads_to ? ipc_file_rule(w->file[leads_to].kind) : NULL;
	if (!file)
		return NULL;
	switch (call_class(op->call)) {
	case CLASS_READ: return file->read;
	case CLASS_WRITE: return file->write;
	default: return NULL;
	}
}

bool ipc_has_rule(unsigned call)
{
	return call < CALL_COUNT && call_rules[call];
}

void ipc_found(struct world *w, u32 task, const struct ev_enter *ev)
{
	const struct ipc_rule *rule = rule_of(w, task);

	if (rule && rule->found)
		rule->found(w, task, ev);
}

int ipc_outlook(const struct world *w, u32 task)
{
	const struct ipc_rule *rule = rule_of(w, task);

	return rule && rule->outlook ? (int)rule->outlook(w, task) : OUTLOOK_COUNT;
}

bool ipc_wait_of(const struct world *w, u32 task, struct ipc_wait *wait)
{
	const struct ipc_rule *rule = rule_of(w, task);

	*wait = (struct ipc_wait){.reason = WHY_OTHER, .timeout = TIME_NONE, .open_ended = true};
	return rule && rule->wait && rule->wait(w, task, wait);
}

void ipc_enter(struct world *w, u32 task, const struct ev_enter *ev)
{
	const struct ipc_rule *rule = rule_of(w, task);

	if (rule && rule->enter)
		rule->enter(w, task, ev);
}

void ipc_exit(struct world *w, u32 task, const struct ev_exit *ev, u32 rec_flags)
{
	const struct ipc_rule *rule = rule_of(w, task);

	if (!rule)
		return;
	if (rec_flags & EVF_RESTART)
		ipc_drop(w, task);
	else if (rule->exit)
		rule->exit(w, task, ev);
	flow_op_nothing(w, task);
}

void ipc_drop(struct world *w, u32 task)
{
	const struct ipc_rule *rule = rule_of(w, task);

	if (rule && rule->drop)
		rule->drop(w, task);
	flow_op_nothing(w, task);
}

void ipc_lost(struct world *w, u32 task)
{
	const struct ipc_rule *rule = rule_of(w, task);

	if (rule && rule->lost)
		rule->lost(w, task);
	else if (rule && rule->drop)
		rule->drop(w, task);
	flow_op_lost(w, task);
}
