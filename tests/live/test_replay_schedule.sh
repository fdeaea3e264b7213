# SPDX-License-Identifier: GPL-3.0-or-later
# Schedules from the outside: written and branched from at the prompt, replayed as they are, edited,
# mistyped, for another build.
. "${IPCLAB_SRC:?}/tests/live/lib.sh" || exit 1

unset IPCLAB_LABS IPCLAB_PLAIN
export XDG_STATE_HOME=$dir/state
cp "$IPCLAB_BUILD/tests/live/targets/relay" "$dir" || exit 1
cd "$dir" || exit 1

# script LINES ARGUMENTS...: the lines through ipclab.
script() {
	printf '%b\n' "$1" >"$dir/script"
	shift
	timeout 60 "$IPCLAB" "$@" >"$dir/out" 2>"$dir/err" <"$dir/script"
	status=$?
	out=$(cat "$dir/out")
	err=$(cat "$dir/err")
}
# edit SED: run.sched, edited, as edited.sched.
edit() { sed "$1" run.sched >edited.sched; }

# A hand-written line need not say more than who moves.
printf 'command: ./relay 3\nP1\nP1 pipe2   # two pipes\nP1\n' >hand.sched
script 'step P1 2\nall\nall\nall\nschedule run.sched\nschedule run.sched\nback 3\nschedule ! old.sched\nbranch\nline P2' \
	replay hand.sched --plain
if [[ $err == *ptrace* || $status -eq 3 ]]; then
	skip "$err"
fi
check by_hand_it_runs status_is 0
check by_hand_it_says_how_far out_has '3 choices made again.'
check choices_are_counted out_has ' choices in run.sched.'
check a_file_is_not_overwritten out_has 'run.sched is there already; schedule ! run.sched overwrites it'
check branch_says_where_it_is out_has 'Fresh processes, brought to event '
kept=$(echo "$dir"/state/ipclab/kept/relay-*.ipclog)
check branch_says_what_it_kept test -s "$kept"
check branch_goes_on out_has 'Now P2 is '
check a_schedule_is_of_here eval '[ "$(grep -c ^P old.sched)" -eq $(($(grep -c ^P run.sched) - 3)) ]'
check it_is_readable grep -q '^P2 close pipe1 = 0 .*relay\.c:' run.sched
check command_and_build_stand_in_it grep -q '^command: ./relay 3$' run.sched
check the_kept_run_is_whole eval 'run "$IPCLAB" replay --quiet "$kept"; status_is 0'

script look replay run.sched --plain
check replayed_it_stands_there out_has 'P2 relay, poised before '
n=$(grep -c ^P run.sched)
check replayed_all_of_it out_has "$n choices made again."
run "$IPCLAB" replay run.sched --json
check as_json_there_is_a_total out_has '{"kind":"total",'
check as_json_nothing_drifts out_has '"drift":0'
check as_json_it_succeeds status_is 0
run "$IPCLAB" replay run.sched --quiet
check quiet_says_nothing out_is ''

edit 's/P1 clone/P1 clon/'
run "$IPCLAB" replay edited.sched --plain
line=$(grep -n 'P1 clon ' edited.sched | head -1 | cut -d: -f1)
check a_typo_is_named err_has "edited.sched:$line:4: there is no call 'clon'; nearest: clone"
check a_typo_is_bad_input status_is 4

edit '0,/^P2 close pipe1 /s//P2 write pipe1 /'
line=$(grep -n '^P2 write pipe1 ' edited.sched | head -1 | cut -d: -f1)
run "$IPCLAB" replay edited.sched --plain
check a_misfit_is_named err_has "edited.sched:$line: P2 is to write pipe1, but it is held before close(3) of pipe1, relay.c:"
check a_misfit_is_bad_input status_is 4
run "$IPCLAB" replay edited.sched --json
check a_misfit_as_json_has_its_events out_has '{"kind":"total",'
check a_misfit_as_json_is_bad_input status_is 4

edit 's/^build: ..../build: 0000/'
script look replay edited.sched --plain
check another_build_is_said out_has 'This schedule is of another build of the program; every line of it'
check another_build_goes_on status_is 0
edit 's/^build: ..../build: 0000/; 0,/^P2 close pipe1 /s//P2 write pipe1 /'
run "$IPCLAB" replay edited.sched --plain
check another_build_that_does_not_fit err_has 'another build'

edit '0,/^P1 pipe2 = 0/s//P1 pipe2 = 9/'
line=$(grep -n '^P1 pipe2 = 9' edited.sched | cut -d: -f1)
script look replay edited.sched --plain
check another_result_is_said out_has "line $line: the result was 9, now 0"

edit '$d'
script look replay edited.sched --plain
check one_choice_less out_has "$((n - 1)) choices made again."

head -c 5000 relay >binary.sched
run "$IPCLAB" replay binary.sched --plain
check binary_is_no_text err_is 'ipclab: binary.sched:1:1: a byte 0x7f: this is no text'
echo P1 >nothing.sched
run "$IPCLAB" replay nothing.sched --plain
check what_is_run_must_be_said err_has "nothing.sched does not say what is run"
printf 'lab: pipe\nset program forgot\nP1\nP1\n' >lab.sched
script 'look\nschedule again.sched' replay lab.sched --plain
check a_lab_is_replayed out_has 'P2 consumer, poised before read of fd 3, forgot.c line '
check a_lab_is_written_as_one grep -q '^lab: pipe$' again.sched
printf 'lab: pipe\nset size 4\n' >lab.sched
run "$IPCLAB" replay lab.sched --plain
check an_unknown_setting_is_named err_has "lab pipe has no setting 'size'"

printf 'lab: bounded-buffer\nset program sizes\nset size 4\n' >lab.sched
script 'schedule set.sched' replay lab.sched --plain
check a_parameter_is_an_argument grep -q '^set arguments 4 ' set.sched
printf 'lab: bounded-buffer\nset size 99\n' >lab.sched
run "$IPCLAB" replay lab.sched --plain
check a_parameter_has_its_range err_has "lab.sched: size is a number from 1 to 16, not '99'"

# ---- time-outs of what is private to a process: choices that the program was not built for ----
cp "$IPCLAB_BUILD/tests/live/targets/private_times" "$dir" || exit 1
script 'step\nstep\nstep\nstep\npass\npass\nschedule times.sched' watch --held --plain -- ./private_times
check it_is_said_to_wait out_has 'P1.1 is blocked in futex'
check its_time_passes out_has '20 ms pass for P1.1 in futex.'
check that_such_stop_is_a_setting grep -q '^set times yes$' times.sched
run "$IPCLAB" replay times.sched --plain
check and_they_pass_again out_has "$(grep -c '^P' times.sched) choices made again."
sed '/^set times/d' times.sched >other.sched
run "$IPCLAB" replay other.sched --plain
check without_it_they_do_not status_is 4

finish
