/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Signals: kill, sigqueue with a value, pause, sigsuspend, sigwait, alarm, interval timers, timer_create; one that is ignored,
 * one that is blocked and comes later, one that ends a process. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t came, value;

static void handler(int sig, siginfo_t *info, void *context)
{
	(void)context;
	came = sig;
	value = info->si_code == SI_QUEUE ? info->si_value.sival_int : 0;
}

static void say(const char *what, long n)
{
	printf("%s %ld%s%s\n", what, n, n < 0 ? " " : "", n < 0 ? strerrorname_np(errno) : "");
	fflush(stdout);
}

static void handle(int sig)
{
	struct sigaction act = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO};

	sigaction(sig, &act, NULL);
}

/* A child that sends its parent a signal, in a while: the parent blocks it until it waits. */
static pid_t child_sends(int sig, int with)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(with ? sigqueue(getppid(), sig, (union sigval){.sival_int = with}) : kill(getppid(), sig));
	return pid;
}

static void suspended(void)
{
	sigset_t usr, none;
	pid_t pid;

	sigemptyset(&none);
	sigemptyset(&usr);
	sigaddset(&usr, SIGUSR1);
	sigaddset(&usr, SIGRTMIN);
	sigprocmask(SIG_BLOCK, &usr, NULL);
	pid = child_sends(SIGUSR1, 0);
	say("sigsuspend", sigsuspend(&none));
	say("signal", came);
	waitpid(pid, NULL, 0);
	pid = child_sends(SIGRTMIN, 42);
	say("sigwaitinfo", sigwaitinfo(&usr, NULL) - SIGRTMIN);
	waitpid(pid, NULL, 0);
	pid = child_sends(SIGRTMIN, 43);
	waitpid(pid, NULL, 0);
	sigprocmask(SIG_UNBLOCK, &usr, NULL);
	say("value", value);
}

static void timers(void)
{
	/* Again and again: whoever is held before its pause meets the next one. */
	struct itimerval often = {.it_value = {0, 20000}, .it_interval = {0, 20000}}, never = {0};
	struct itimerspec also = {.it_value = {0, 20000000}, .it_interval = {0, 20000000}};
	struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR2};
	timer_t timer;

	came = 0;
	setitimer(ITIMER_REAL, &often, NULL);
	say("pause", pause());
	setitimer(ITIMER_REAL, &never, NULL);
	say("alarm", came == SIGALRM);
	say("alarm", (long)alarm(100));
	say("of seconds", (long)alarm(0));
	timer_create(CLOCK_MONOTONIC, &event, &timer);
	timer_settime(timer, 0, &also, NULL);
	say("pause", pause());
	timer_delete(timer);
	say("timer", came == SIGUSR2);
}

static void dispositions(void)
{
	int status = 0;
	pid_t pid;

	signal(SIGUSR1, SIG_IGN);
	came = 0;
	pid = child_sends(SIGUSR1, 0);
	waitpid(pid, &status, 0);
	say("ignored", came);
	pid = fork();
	if (pid == 0) {
		pause();
		_exit(1);
	}
	kill(pid, SIGTERM);
	waitpid(pid, &status, 0);
	say("ended by", WTERMSIG(status));
	say("nobody", kill(pid, 0));
	raise(SIGUSR2);
	say("raised", came == SIGUSR2);
}

int main(void)
{
	handle(SIGUSR1);
	handle(SIGUSR2);
	handle(SIGALRM);
	handle(SIGRTMIN);
	suspended();
	timers();
	dispositions();
	return 0;
}
