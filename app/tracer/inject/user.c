/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who one is: setgroups, setgid and setuid of a service that gives up root. In a user namespace that maps one user they
 * fail, though nothing is given up there; they are answered with 0 and not made (tracer_options.one_user). */
#include <sys/syscall.h>

#include "tracer/private.h"

static u16 of_user(long nr)
{
	switch (nr) {
	case SYS_setgroups: return CALL_setgroups;
	case SYS_setgid: return CALL_setgid;
	case SYS_setuid: return CALL_setuid;
	default: return CALL_none;
	}
}

bool inject_is_user(const struct tracer *t, long nr)
{
	return t->opt.one_user && of_user(nr) != CALL_none;
}

bool inject_user(struct tracer *t, struct tracee *x, struct err *err)
{
	return !inject_instead(x, 0) || inject_note(t, x, INJ_ANSWERED, of_user(x->call_nr), err);
}
