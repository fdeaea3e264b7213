# SPDX-License-Identifier: GPL-3.0-or-later
# ipclab explore from the outside: what it finds, says and writes; executions that do not see each other; what it cannot
# do, said; nothing left behind when it is killed.
. "${IPCLAB_SRC:?}/tests/live/lib.sh" || exit 1

unset IPCLAB_LABS IPCLAB_PLAIN
export XDG_STATE_HOME=$dir/state
bugs=$IPCLAB_SRC/tests/explore/bugs correct=$IPCLAB_SRC/tests/explore/correct
build() { "$IPCLAB" cc -w -pthread -o "$dir/$(basename "$1" .c)" "$1" -lrt || exit 1; }
program() { # NAME: from standard input
	cat >"$dir/$1.c"
	build "$dir/$1.c"
}
explore() { run timeout 100 "$IPCLAB" explore "$@"; }
mkdir "$dir/work" && cd "$dir/work" || exit 1

# ---- a failure: found, written, replayed ----
build "$bugs/lost_update.c"
explore --json -o lost.sched -- "$dir/lost_update"
[ $status -eq 3 ] && skip "$err"
check a_failing_schedule_is_1 status_is 1
check json_has_its_schema out_begins '{"schema":"ipclab/explore/v1","schedules":'
check json_names_the_verdict out_has '"verdict":"WRONG"'
check json_names_the_file out_has '"schedule":"lost.sched"'
check json_counts_switches out_has '"switches":1,'
check it_was_forked_before_main out_has '"served":true'
check the_sentence_has_the_line out_has 'was held before store shm1+0 (lost_update.c:7) while P'
check the_file_says_so_too grep -q '^# found by ipclab explore: WRONG: P1 ended with status 1;' lost.sched
check the_bound_below_was_covered grep -q '^# 1 preemption, the fewest with which it fails' lost.sched
explore -o lost.sched -- "$dir/lost_update"
check a_file_is_not_overwritten err_has 'lost.sched is there already; --force overwrites it'
check that_is_usage status_is 2
explore --force -o lost.sched -- "$dir/lost_update"
check in_words_it_begins_with_the_verdict out_begins 'WRONG: P1 ended with status 1; P'
check in_words_it_says_how_to_go_on out_has 'Written to lost.sched: ipclab replay lost.sched'
run timeout 60 "$IPCLAB" replay lost.sched --plain
check the_stage_follows_it out_has ' choices made again.'
check it_is_told_in_words out_has ' stands before store of shm1+0, lost_update.c line 7.'
check and_every_step eval '[ "$(grep -c "^  [0-9]*\. " "$dir/out")" -eq "$(grep -c "^P[0-9]" lost.sched)" ]'
run timeout 60 "$IPCLAB" replay lost.sched --again 100
check it_fails_every_time out_is '100 of 100 executions in this order: WRONG.'
sed '$d' lost.sched >other.sched
run timeout 60 "$IPCLAB" replay other.sched --json
check another_end_is_said err_is 'ipclab: other.sched: all its choices were made, and its WRONG did not come of them: P1 has not ended'
check another_end_is_bad_input status_is 4
printf 'look\n' >look
run sh -c "timeout 60 '$IPCLAB' replay other.sched --plain <look"
check another_end_can_be_looked_at out_has 'P1 lost_update, poised before '
check and_is_no_success status_is 4
sed 's/^set status .*/set status 7/' lost.sched >other.sched
run timeout 60 "$IPCLAB" replay other.sched --quiet
check another_status_is_another_end err_has 'did not come of them: P1 ended with status 1'
sed 's/^set explore.*/set explore WRONG 0:1/' lost.sched >other.sched
run timeout 60 "$IPCLAB" replay other.sched --again 3
check another_order_does_not out_is '0 of 3 executions in this order: WRONG.'
check which_is_a_failure status_is 1
sed '/^set explore/d' lost.sched >other.sched
run "$IPCLAB" replay other.sched --again 3
check without_choices_it_says_so err_has "--again needs its line 'set explore"

# ---- verdicts ----
build "$bugs/lock_order.c"
explore -o hang.sched -- "$dir/lock_order"
check a_hang_is_told_by_who_waits out_has 'waits in sem_wait(sem2) at lock_order.c:'
build "$bugs/order_two_stages.c"
explore -o crash.sched -- "$dir/order_two_stages"
check an_assertion_is_a_crash out_has 'was ended by SIGABRT'
check and_what_it_wrote_is_shown out_has "Assertion \`s->first == 1' failed."
build "$correct/sem_counter.c"
explore --preemptions 2 -- "$dir/sem_counter"
check a_bound_is_covered out_has 'No failure: every order with at most 2 preemptions was run.'
check nothing_found_is_0 status_is 0
check and_nothing_is_written test ! -e sem_counter.sched
explore --json --schedules 50 -- "$dir/sem_counter"
check a_limit_is_kept out_has '"schedules":50,"exhausted":false'
explore --json --schedules 400 -- "$dir/sem_counter"
check a_limit_is_kept_with_random_ones out_has '"schedules":400,"exhausted":false'

# ---- time-outs: they may pass while others could go on, and end a wait when nobody can ----
timed() { # NAME CALL: a child sends a byte, CALL waits for it on s[0]; without it the status is 1
	program "$1" <<END
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>
int main(int argc, char **argv)
{
	int s[2];
	char text[8];
	struct timeval limit = {2, 0};
	struct pollfd p = {.events = POLLIN};
	(void)text;
	socketpair(AF_UNIX, SOCK_STREAM, 0, s);
	p.fd = s[0];
	if (strstr(argv[0], "limited"))
		setsockopt(s[0], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
	if (argc == 1 && fork() == 0)
		_exit(write(s[1], "x", 1) != 1);
	if (($2) != 1)
		return argc == 1;
	wait(NULL);
	return argc > 1;
}
END
	explore --force -o "$1.sched" -- "$dir/$1"
	check "$1: its time-out passes first" out_has 'WRONG: P1 ended with status 1'
	run timeout 60 "$IPCLAB" replay "$1.sched" --plain
	check "$1: the stage makes the same choices" out_has "$3"
	run timeout 60 "$IPCLAB" replay "$1.sched" --again 20
	check "$1: it fails every time" out_is '20 of 20 executions in this order: WRONG.'
	explore -- "$dir/$1" alone
	check "$1: it is not stuck when nobody comes" out_begins 'No failure: every order was run.'
}
timed limited_recv 'recv(s[0], text, sizeof text, 0)' 'its time-out passes, limited_recv.c line 20: EAGAIN'
timed limited_read 'read(s[0], text, sizeof text)' 'its time-out passes, limited_read.c line 20: EAGAIN'
timed timed_poll 'poll(&p, 1, 2000)' 'its time-out passes, timed_poll.c line 20: 0'
timed never_waits 'recv(s[0], text, sizeof text, MSG_DONTWAIT)' 'recvfrom, never_waits.c line 20: EAGAIN'

# An alarm is told as an alarm; and let go while it is held, it rings at once, as said on the stage.
cat >"$dir/rings.c" <<'END'
#include <signal.h>
#include <unistd.h>
static void heard(int sig) { (void)sig; (void)!write(1, "rang\n", 5); }
int main(void) { signal(SIGALRM, heard); alarm(600); pause(); return 3; }
END
gcc -o "$dir/rings" "$dir/rings.c"
explore --force -o rings.sched -- "$dir/rings"
run sh -c "printf 'goto 3\nbranch\nlook\nlive\nlook\nquit\n' | timeout 60 '$IPCLAB' replay rings.sched --plain"
check "an alarm is told as one" out_has 'its alarm rings'
check "its signal has a name" out_has 'gets SIGALRM: EINTR'
check "held, it has not rung" out_has 'rings, blocked in pause'
check "let go, it rings at once" out_has 'All have ended'
check "and its handler runs" out_has 'P1 rings, ended with status 3'

# ---- what it makes in the stage is gone with it, so it is the same each time ----
mkdir "$dir/live" && cp "$bugs/../program.h" "$dir" || exit 1
for name in file_lost_update shm_open_race flock_two_files; do
	sed "s/ipclab-explore-shm/ipclab-explore-$$/" "$bugs/$name.c" >"$dir/live/$name.c"
	build "$dir/live/$name.c"
	explore -o $name.sched -- "$dir/$name"
	for i in 1 2; do
		run timeout 60 "$IPCLAB" replay --quiet $name.sched
		check "${name}_fails_in_the_stage_$i" status_is 0
	done
done
check no_file_is_left eval '! ls explore-test* 2>/dev/null'
check no_segment_is_left test ! -e /dev/shm/ipclab-explore-$$
check files_are_stepped grep -q '^P3 write = 4  *file_lost_update.c:15' file_lost_update.sched

# ---- what is claimed ----
program claims <<'END'
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
struct ring { int in, out, buffer[4]; };
static struct ring *ring;
int main(void)
{
	ring = mmap(0, sizeof *ring, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	for (int i = 0; i < 3; i++)
		if (fork() == 0) {
			if (ring->in - ring->out < 2)
				ring->buffer[__atomic_fetch_add(&ring->in, 1, __ATOMIC_SEQ_CST)] = 1;
			_exit(0);
		}
	while (wait(0) > 0)
		;
	return 0;
}
END
explore --invariant 'in - out <= 2' -o claim.sched -- "$dir/claims"
check a_claim_that_does_not_hold out_begins 'INVARIANT: in - out <= 2 does not hold; P'
run timeout 60 "$IPCLAB" replay claim.sched --again 10
check it_is_claimed_again out_is '10 of 10 executions in this order: INVARIANT.'
run timeout 60 "$IPCLAB" replay claim.sched --quiet
check it_does_not_hold_in_the_stage_either status_is 0
sed 's/^set invariant .*/set invariant in - out <= 3/' claim.sched >other.sched
run timeout 60 "$IPCLAB" replay other.sched --quiet
check one_that_holds_there_is_another_end err_is 'ipclab: other.sched: all its choices were made, and in - out <= 3 holds'
explore --invariant 'in - out <= 3 and not (shm1.buffer[1] > 1 or out = 1)' --schedules 200 -- "$dir/claims"
check a_claim_that_holds status_is 0
explore --invariant 'inn < 3' -- "$dir/claims"
check a_typo_is_named err_has "--invariant, column 1: shm1 has no field 'inn' that is a number; struct ring has in, out, buffer"
check a_typo_is_usage status_is 2
explore --invariant 'in < ' -- "$dir/claims"
check half_a_claim_is_named err_has '--invariant, column 6: a number or the name of a field'

# ---- executions do not see each other ----
for name in named_sem fifo queue_sysv queue_posix; do
	build "$correct/$name.c"
	explore --schedules 60 -- "$dir/$name"
	check "${name}_is_fresh_each_time" status_is 0
done
check no_fifo_is_left test ! -e explore-test.fifo
check no_semaphore_is_left test ! -e /dev/shm/sem.ipclab-explore-named
build "$correct/stdin_read.c"
printf 'abc' >three
run sh -c "timeout 60 '$IPCLAB' explore --json -o s.sched -- '$dir/stdin_read' <three"
check its_input_is_ours out_has '"verdict":"WRONG"'
program reads <<'END'
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
int main(void)
{
	int n = 0, *p = mmap(0, 4, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	char c;

	while (read(0, &c, 1) == 1)
		n++;
	if (fork() == 0) {
		++*p;
		_exit(0);
	}
	++*p;
	wait(0);
	return n != 3;
}
END
run sh -c "timeout 60 '$IPCLAB' explore --json -- '$dir/reads' <three"
check each_reads_it_from_its_beginning out_has '"failures":[]'
program makes <<'END'
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
int main(void)
{
	int *p = mmap(0, 4, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (fork() == 0) {
		++*p;
		_exit(0);
	}
	++*p;
	if (open("made.txt", O_WRONLY | O_CREAT | O_EXCL, 0600) < 0)
		return 9;
	wait(0);
	return 0;
}
END
explore -- "$dir/makes"
check a_file_it_made_is_removed status_is 0
check and_none_is_left test ! -e made.txt
: >made.txt
program appends <<'END'
#include <fcntl.h>
int main(void) { return open("made.txt", O_WRONLY | O_APPEND) < 0; }
END
explore -- "$dir/appends"
check a_file_that_was_there_is_named err_has "it opens $dir/work/made.txt for writing, which was there before"
check and_ends_explore status_is 126
explore --reset 'printf 1 >made.txt' -- "$dir/appends"
check with_reset_it_goes status_is 0
explore --reset 'exit 3' -- "$dir/appends"
check a_reset_that_fails_is_named err_has 'the command of --reset failed: exit 3'

# ---- what explore cannot follow ----
program loops <<'END'
#include <sys/mman.h>
int main(void)
{
	volatile int *p = mmap(0, 4, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	for (;;)
		++*p;
}
END
explore -- "$dir/loops"
check one_that_never_ends_is_named err_has 'steps and had not ended: explore runs programs that end'
program writes <<'END'
#include <unistd.h>
int main(void) { while (write(1, "x", 1) == 1); }
END
run timeout -s INT 1 "$IPCLAB" explore -- "$dir/writes"
check stopped_in_the_midst_it_says_so out_begins 'No failure so far: the first execution had not ended.'
if [ -n "${IPCLAB_SOAK:-}" ]; then
	explore -- "$dir/writes"
	check one_that_writes_for_ever_is_named err_has "and none that is another's affair: explore cannot follow a program that never ends"
fi
program forks <<'END'
#include <unistd.h>
int main(void) { for (;;) fork(); }
END
explore -- "$dir/forks"
check one_that_forks_without_end_is_named err_has 'it makes more than 63 processes and threads'
check none_of_it_is_left eval '! pgrep -f "^$dir/forks"'
program connects <<'END'
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
int main(void)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(7)};

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return connect(socket(AF_INET, SOCK_STREAM, 0), (struct sockaddr *)&a, sizeof a) == 0;
}
END
explore -- "$dir/connects"
check a_peer_outside_is_named err_has 'it connects to 127.0.0.1:7, where none of its own processes listens'
program waits <<'END'
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
int main(int argc, char **argv)
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(7)};
	struct sockaddr_un un = {.sun_family = AF_UNIX, .sun_path = "own.sock"};
	struct pollfd p = {.events = POLLIN};
	int s = socket(AF_UNIX, SOCK_STREAM, 0);
	char c;

	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	switch (argv[1][0]) {
	case 'a': return bind(s, (struct sockaddr *)&un, sizeof un) || listen(s, 1) || accept(s, 0, 0) < 0;
	case 'p':
		p.fd = s;
		return bind(s, (struct sockaddr *)&un, sizeof un) || listen(s, 1) || poll(&p, 1, -1) < 0;
	case 'u':
		s = socket(AF_INET, SOCK_DGRAM, 0);
		sendto(s, "x", 1, 0, (struct sockaddr *)&in, sizeof in);
		return recv(s, &c, 1, 0) < 0;
	case 'f': return open("before.fifo", O_RDONLY) < 0;
	case 'k': return kill(1, SIGCONT) < 0;
	case 'o': /* its own client, and then nobody: a HANG */
		bind(s, (struct sockaddr *)&un, sizeof un);
		listen(s, 1);
		if (fork() == 0)
			_exit(connect(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&un, 2 + strlen(un.sun_path)));
		accept(s, 0, 0);
		accept(s, 0, 0);
		return 0;
	case 'g': /* all of its group, itself and nobody else */
		signal(SIGTERM, SIG_IGN);
		if (fork() == 0)
			_exit(0);
		kill(0, SIGTERM);
		wait(0);
		return 0;
	}
	return 9;
}
END
for how in a:"it waits at own.sock for somebody to connect" p:"it waits at own.sock for somebody to connect, or send something" \
	u:"it waits at a socket that it gave no address for somebody to send something" \
	f:"it opens the FIFO $dir/work/before.fifo, which was there before" k:"it sends signal 18 to process 1, which is none of its own"; do
	[ "${how%%:*}" = f ] && mkfifo before.fifo
	explore -- "$dir/waits" "${how%%:*}"
	check "who_is_outside_is_named_${how%%:*}" eval 'grep -q "${how#*:}" "$dir/err" && status_is 126'
done
rm before.fifo
explore -o own.sched -- "$dir/waits" o
check a_client_of_its_own_is_not_outside out_begins 'HANG: '
explore -- "$dir/waits" g
check a_signal_to_its_group_is_its_own_affair status_is 0
gcc -w -o "$dir/plain" "$IPCLAB_SRC/tests/explore/correct/pipe_ping_pong.c" || exit 1
explore -- "$dir/plain"
check without_hooks_it_goes status_is 0
check and_says_what_that_costs out_has 'by exec each time: the program was not made by ipclab cc'
check and_what_it_does_not_see out_has 'Its accesses to shared memory are not seen'
explore -- "$dir/none"
check no_such_command err_has 'no such command'
check is_127 status_is 127
explore
check without_a_command status_is 2

# ---- as somebody without privilege: a user namespace ----
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null && chmod 711 "$dir" && mkdir -m 777 "$dir/theirs" && cd "$dir/theirs" &&
	setpriv --reuid=65534 --regid=65534 --clear-groups env "$IPCLAB" --version >/dev/null 2>&1; then # setpriv itself still may
	run setpriv --reuid=65534 --regid=65534 --clear-groups env XDG_STATE_HOME="$dir/theirs" timeout 60 "$IPCLAB" explore -- "$dir/lost_update"
	check without_privilege_it_finds_the_same out_begins 'WRONG: P1 ended with status 1; P'
	check without_privilege_it_is_forked out_has '(forked before main)'
	run setpriv --reuid=65534 --regid=65534 --clear-groups timeout 60 "$IPCLAB" explore --schedules 60 -- "$dir/named_sem"
	check without_privilege_names_are_apart eval 'status_is 0 || err_has unshare'
else
	echo "skipped: not root, or nobody cannot run $IPCLAB"
fi
cd "$dir/work" || exit 1

# ---- killed ----
# A long search of a program that makes a FIFO here and a named semaphore.
program long <<'END'
#include <fcntl.h>
#include <semaphore.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
static volatile int *p;
static void add(void)
{
	for (int i = 0; i < 8; i++)
		__atomic_fetch_add(p, 1, __ATOMIC_SEQ_CST);
}
int main(void)
{
	char c = 'x';
	int fd;

	p = mmap(0, 4, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (mkfifo("long.fifo", 0600) < 0 || sem_open("/ipclab-explore-long", O_CREAT | O_EXCL, 0600, 1) == SEM_FAILED)
		return 9;
	if (fork() == 0) {
		fd = open("long.fifo", O_WRONLY);
		write(fd, &c, 1);
		add();
		_exit(0);
	}
	fd = open("long.fifo", O_RDONLY);
	read(fd, &c, 1);
	add();
	wait(0);
	return *p != 16;
}
END
left() { pgrep -f "^$dir/long" || test -e long.fifo || test -e /dev/shm/sem.ipclab-explore-long; }
for who in INT TERM HUP KILL worker; do
	setsid "$IPCLAB" explore --schedules 100000000 -- "$dir/long" >"$dir/said" 2>&1 &
	for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do pgrep -f "^$dir/long" >/dev/null && break; sleep 0.1; done
	sleep 0.3
	check "it_explores_before_$who" eval 'pgrep -f "^$dir/long" >/dev/null'
	[ $who = worker ] && kill -KILL "$(pgrep -P $! | head -1)" || kill -$who $!
	wait $! 2>/dev/null
	for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do left >/dev/null || break; sleep 0.1; done
	check "nothing_is_left_after_$who" eval '! left'
	[ $who = INT ] && check it_says_what_is_known_so_far grep -q '^No failure so far: of the orders with' "$dir/said"
	[ $who = worker ] && check the_end_of_the_worker_is_said grep -qF 'the process that explores has ended (signal 9)' "$dir/said"
done
finish
