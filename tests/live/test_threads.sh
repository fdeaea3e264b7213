#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# watch --held and --threads: threads stepped at each access to a global, by its name; without --threads at their calls
# only, and that is said.
. "${IPCLAB_SRC:?}/tests/live/lib.sh" || exit 1
export XDG_STATE_HOME=$dir/state
unset IPCLAB_CC IPCLAB_PLAIN
command -v gcc >/dev/null || skip "no gcc here"
cd "$dir" || exit 1
cat >lost.c <<'END'
#include <pthread.h>
#include <stdio.h>
static struct { int id, of[3]; } table[2];
static int count;
static void *up(void *x)
{
	for (int i = 0; i < 2; i++)
		count++;
	table[1].of[2] = 7;
	return x;
}
int main(void)
{
	pthread_t a, b;
	pthread_create(&a, 0, up, 0);
	pthread_create(&b, 0, up, 0);
	pthread_join(a, 0);
	pthread_join(b, 0);
	printf("%d\n", count);
	return 0;
}
END
"$IPCLAB" cc -o lost lost.c || exit 99
gcc -g -o plain lost.c || exit 99

# at_prompt LINES OPTIONS...: the lines to a program that is held.
at_prompt() {
	printf '%b\n' "$1" >script
	shift
	timeout 60 "$IPCLAB" watch --held --plain "$@" -- ./lost >out 2>err <script
	status=$?
	out=$(cat out)
	err=$(cat err)
}
at_prompt 'step P1 3\nstep P1.1\nstep P1.2\nlook\nstep P1.1\nstep P1.2\nstep P1.1 3\nschedule run.sched' --threads
[[ $err == *ptrace* ]] && skip "$err"
check held_it_ends_well status_is 0
check a_global_has_its_name out_has 'P1.1 loaded 0 from count, lost.c line 8.'
check the_race_is_said out_has 'Race at count: P1.1 is to store, P1.2 to store, not both atomic.'
check an_update_is_lost out_has 'P1.2 stored 1 into count, where 1 was'
check a_member_has_its_path out_has 'poised before store of table[1].of[2]'
check the_schedule_says_threads grep -q '^set threads yes$' run.sched
run "$IPCLAB" replay run.sched --json
check replayed_with_threads out_has '"drift":0'
check replayed_all_of_it status_is 0
at_prompt 'step P1 3\nlook'
check without_it_threads_run_to_their_end out_lacks 'count'

run "$IPCLAB" watch --plain --threads -- ./lost
check free_its_accesses_are_told err_has 'into count'
check free_nothing_is_missing eval '[[ $err != *"With --threads"* ]]'
run "$IPCLAB" watch --plain -- ./lost
check free_without_it_that_is_said err_has 'Threads were followed at their calls only.'
run "$IPCLAB" watch --plain --threads -- ./plain
check in_vain_is_said err_has 'no program built by ipclab cc ran, so --threads had nothing to follow'
check in_vain_it_runs status_is 0
for wrong in '--held --json -- ./lost' '--held --quiet -- ./lost' '--held -p 1' '--threads -p 1'; do
	run "$IPCLAB" watch $wrong
	check "refused: $wrong" status_is 2
done
finish
