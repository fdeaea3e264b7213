#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Programs of shared memory that are not as one would like them: without debug information, optimised, without hooks,
# linked with -flto, a GiB large, cut short while another process uses it. Each is stepped, and what is not seen is said.
. "${IPCLAB_SRC:?}/tests/live/lib.sh" || exit 1
export XDG_STATE_HOME=$dir/state
unset IPCLAB_CC IPCLAB_PLAIN
command -v gcc >/dev/null || skip "no gcc here"
cd "$dir" || exit 1
cat >pair.c <<'END'
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
enum state { IDLE, BUSY };
struct pair { int first; enum state state; unsigned low : 3, high : 5; };
int main(void)
{
	struct pair *p = mmap(0, sizeof *p, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (fork() == 0) {
		p->first = 1;
		p->state = BUSY;
		p->high = 3;
		return 0;
	}
	wait(0);
	printf("%d\n", p->first);
	return 0;
}
END
cat >shrink.c <<'END'
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
int main(void)
{
	int fd = memfd_create("page", 0), status;
	if (ftruncate(fd, 8192))
		return 1;
	int *p = mmap(0, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (fork() == 0) {
		p[1024] = 1;
		p[1024] = 2; /* the page is gone when it comes to this */
		return 0;
	}
	p[0] = 5;
	if (ftruncate(fd, 4096))
		return 1;
	wait(&status);
	printf("%d %d\n", p[0], status);
	return 0;
}
END
# held PROGRAM LINES
held() {
	printf '%b\n' "$2" >script
	timeout 60 "$IPCLAB" watch --held --plain -- "$1" >out 2>err <script
	status=$?
	out=$(cat out)
	err=$(cat err)
}
all='step P1 2\nstep P2\nlook\nstep P2\nstep P2\nplay'
"$IPCLAB" cc -o pair pair.c && "$IPCLAB" cc -g0 -o nodebug pair.c && "$IPCLAB" cc -O2 -o quick pair.c &&
	"$IPCLAB" cc -O2 -flto -o lto pair.c && gcc -g -o plain pair.c && "$IPCLAB" cc -D_GNU_SOURCE -o shrink shrink.c || exit 99
held ./pair "$all"
[[ $err == *ptrace* ]] && skip "$err"
check held_it_ends_well status_is 0
check a_field_has_its_name out_has 'P2 stored 1 into first, where 0 was, pair.c line 11.'
check a_value_is_of_its_enum out_has 'P2 stored BUSY (1) into state'
check a_bit_field_is_a_part out_has 'P2 stored 24 into 1 byte of low, where 0 was'
check all_is_seen out_lacks 'not seen'
held ./nodebug "$all"
check no_debug_information_is_said out_has 'Its C type is not known: nodebug was built without debug information: compile'
check no_debug_information_is_stepped out_has 'P2 stored 1 into 4 bytes at shm1 plus 0, where 0 was.'
for p in quick lto; do
	held ./$p "$all"
	check "$p: it is stepped" out_has 'P2 stored 1 into first, where 0 was, pair.c line '
	check "$p: it ends well" status_is 0
done
held ./plain 'step P1 2\nlook\nplay'
check without_hooks_that_is_said out_has 'Loads and stores are not seen of those not built by ipclab cc: P1, P2.'
check without_hooks_the_bytes_are_seen out_has 'first: 1.'
held "$IPCLAB_BUILD/tests/live/targets/mem_large" 'play\nlook'
check a_gib_is_stepped out_has 'P1 stored '
check a_gib_stays_small out_has '"ab'
check a_gib_ends_well status_is 0
held ./shrink 'step P1 4\nstep P2\nstep P1 2\nwhy P2\nstep P2\nlook\nplay'
check cut_short_is_told out_has 'P1 made shm1 "page" 4096 bytes long'
check the_store_did_not_happen out_has "P2's store of"
check the_signal_is_told out_has 'P2 gets SIGBUS'
check where_it_touched_is_told out_has 'P2 touched byte 4096 of shm1, which has 4096 bytes.'
check the_rest_goes_on out_has '"5 '
finish
