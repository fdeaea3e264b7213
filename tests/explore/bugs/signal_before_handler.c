/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The signal may come before the handler is there. */
/* explore: WRONG */
#include "../program.h"

static void on(int sig) { (void)sig; }
static void child(int me) { (void)me; signal(SIGUSR1, on); }
static int *go;
static void waits(int me) { child(me); *go = 1; }
int main(void)
{
	pid_t pid;

	go = shared(sizeof *go);
	pid = start(waits, 0);
	if (!*go)
		kill(pid, SIGUSR1);
	return wait_all();
}
