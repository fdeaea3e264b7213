# SPDX-License-Identifier: GPL-3.0-or-later
# Plain mode: scripts through `ipclab lab pipe --plain`, to the word.
. "${IPCLAB_SRC:?}/tests/live/lib.sh" || exit 1

unset IPCLAB_LABS IPCLAB_PLAIN
# Nothing but 0, 1 and 2: a pipe inherited from the test's caller would be pipe1.
for fd in /proc/self/fd/*; do
	fd=${fd##*/}
	[ "$fd" -gt 2 ] && [ "$fd" -ne 255 ] && eval "exec $fd>&-"
done

# script LINES ARGUMENTS...: the lines through the lab.
script() {
	printf '%b\n' "$1" >"$dir/script"
	shift
	timeout 60 "$IPCLAB" lab "$@" >"$dir/out" 2>"$dir/err" <"$dir/script"
	status=$?
	out=$(cat "$dir/out")
	err=$(cat "$dir/err")
}
# line FILE TEXT: the number of the first line that has the text.
line() {
	grep -nF "$2" "$IPCLAB_SRC/labs/01-pipe/$1" | head -1 | cut -d: -f1
}
pipe_line=$(line main.c 'pipe(fds) ==')
fork_line=$(line main.c 'fork()) {')
wait_line=$(line main.c 'wait(NULL)')
read_line=$(line consumer.c 'read(fds[0]')
last_close=$(line producer.c 'close(fds[1])')

script look pipe --plain
if [[ $err == *ptrace* || $status -eq 3 ]]; then
	skip "$err"
fi
check look_names_actor_call_and_line out_is "Held, at event 1. 1 process.
P1 producer, poised before pipe, main.c line $pipe_line."
check script_that_ran_is_done status_is 0
check script_is_silent_on_stderr err_is ''

# PICTURES.md, PLAIN: five bytes written and read, P2 waits, P1 about to close its write end.
story='step P1\nstep P1\nstep P2\nstep P1'
for byte in h e l l o; do story+='\nstep P1\nstep P2'; done
script "$story\nlook" pipe --plain
check five_bytes_and_a_reader_that_waits eval '[ "$(tail -3 "$dir/out")" = "P1 producer, poised before close of fd 4, producer.c line $last_close.
P2 consumer, blocked in read of fd 3, consumer.c line $read_line.
pipe1, empty. Can write: P1 fd 4, P2 fd 4. Can read: P2 fd 3." ]'

script "$story\nquit" pipe --plain
lines=$(wc -l <"$dir/out")
script "$story\nstep P1\nwhy P2\nlook" pipe --plain
out=$(tail -n +$((lines + 1)) "$dir/out" | sed 's/^Event [0-9]*\./Event N./; s/at event [0-9]*/at event N/')
check the_forgotten_close out_is "Event N. P1 closed fd 4, producer.c line $last_close. Result 0.
Now P1 is poised before wait, main.c line $wait_line.
P1's call would block: no child has ended.
P2 is still blocked in read of fd 3, consumer.c line $read_line.
P2 waits in read of fd 3 at consumer.c line $read_line.
pipe1 is empty and can still be written to by P2 itself.
P2 holds write end fd 4, inherited at fork, main.c line $fork_line, never closed.
Nobody is left who could wake it.
Held, at event N. 2 processes, 1 pipe.
P1 producer, poised before wait, main.c line $wait_line.
P2 consumer, blocked in read of fd 3, consumer.c line $read_line.
pipe1, empty. Can write: P2 fd 4. Can read: P2 fd 3."

script 'play\nlook' pipe --plain -- tidy
check closed_in_time_it_ends out_has 'No process is left, 2 ended.'
check end_of_file_is_told out_has 'P2 read end of file from pipe1, fd 3,'
check output_is_told out_has 'P2 wrote "end of file after 5 bytes\n" to its terminal'
check collected_child_has_its_status out_has 'P1 collected P2, which ended with status 0'

script 'play\nstep\noutput' pipe --plain
check nobody_can_move_is_said out_has 'Nobody can move.'
check nothing_written_is_said out_has 'Nothing was written to the terminal.'
script 'live\noutput' pipe --plain -- tidy
check live_runs_to_the_end out_has 'All have ended, after'
check output_is_shown eval '[ "$(tail -1 "$dir/out")" = "end of file after 5 bytes" ]'
script 'live\nwhy P2' pipe --plain
check live_stops_when_nobody_can_move out_has 'Nobody can move any more, after'
check and_why_is_known out_has 'pipe1 is empty and can still be written to by P2 itself.'

# ---- who moves ----
script 'continue' pipe --plain
check continue_stops_when_one_blocks eval '[ "$(tail -1 "$dir/out")" = "Stopped here: P2 is blocked." ]'
script 'step\nstep\nall\nlook' pipe --plain
check all_moves_everybody_once eval '[ "$(grep -c "^Event" "$dir/out")" = 4 ]'
script 'step\nstep\nstep P2\nstep P2' pipe --plain
check who_cannot_is_told_why_and_who_can eval '[ "$(tail -3 "$dir/out" | tr "\n" " ")" = "P2 consumer cannot move: it is blocked in read of fd 3, consumer.c line $read_line: pipe1 is empty. P1 can. Type step P1. " ]'
check that_is_no_mistake_of_the_script status_is 0
script 'STEP\ns p1\nSelect CONSUMER\nselect' pipe --plain
check words_in_any_case_and_short eval '[ "$(tail -1 "$dir/out")" = "Selected: P2 consumer, poised before read of fd 3, consumer.c line $read_line." ]'

# ---- looking back ----
script 'step\nstep\nback\nlook' pipe --plain
check back_is_before_the_fork eval '[ "$(tail -3 "$dir/out")" = "Looking back, at event 2 of 3. 1 process, 1 pipe.
P1 producer, poised before fork, main.c line $fork_line.
pipe1, empty. Can write: P1 fd 4. Can read: P1 fd 3." ]'
script 'step\nstep\nback 2\nstep\nlook\nstep\nstep\nlook' pipe --plain
check step_goes_forward_through_the_past out_has 'Looking back, at event 2 of 3. 1 process'
check the_end_of_the_past_is_said out_has 'This is now. The next step moves real processes.'
check then_a_step_is_real out_has 'Held, at event 4. 2 processes'
script 'step\nstep\nlook\nback 5\nforward 5\nlook' pipe --plain
check there_and_back_is_the_same eval '[ "$(grep --no-group-separator -A3 "^Held, at event 3. 2" "$dir/out" | sort | uniq -c | grep -vc "^ *2 ")" = 0 ]'
script 'step\nstep\ngoto 2\nfirst\nnow\ngoto 9' pipe --plain
check unknown_event_is_named err_is 'ipclab: script:6: there is no event 9; there are 1 to 3'
script 'step\nback\nsignal P1 TERM' pipe --plain
check the_past_cannot_be_touched out_has 'You are looking back, which moves nobody. Type now first.'

# ---- answers ----
script 'step\nchanges' pipe --plain
check changes_are_facts eval '[ "$(tail -n +3 "$dir/out" | tr "\n" " ")" = "P1: was poised before pipe, main.c line $pipe_line; now poised before fork, main.c line $fork_line. pipe1, new: empty. Can write pipe1, new: P1 fd 4. Can read pipe1, new: P1 fd 3. " ]'
script 'look\nagain\nagain' pipe --plain
check again_says_it_again eval '[ "$(sort "$dir/out" | uniq -c | grep -c "^ *3 ")" = 2 ]'
script 'step\nstep\nends' pipe --plain
check ends_tell_how_they_were_come_by eval '[[ $(tr "\n" " " <"$dir/out") == *"P2 can write, through fd 4, inherited at fork, main.c line $fork_line; first made at main.c line $pipe_line."* ]]'
script 'step\nstep\nevents 2' pipe --plain
check last_events eval '[ "$(tail -2 "$dir/out" | cut -d, -f1)" = "Event 3. P2 consumer is born
Event 3. P1 returned from fork" ]'
script 'source' pipe --plain
check source_line_is_marked out_has "Line $pipe_line, here:   if (pipe(fds) == -1) {"
script 'signal P1 kill\nlook' pipe --plain
check a_signal_ends_it out_has 'P1 producer, killed by SIGKILL'
script 'play\nlook\nwhy\nends\nevents 50\nchanges\nhelp\nsource' pipe --plain
check no_line_beyond_78_columns eval '! grep -qE "^.{79}" "$dir/out"'
check no_byte_but_printing_ones eval '! LC_ALL=C grep -q "[^ -~]" "$dir/out"'
script 'play\nlook\nwhy' pipe --plain --width 40
check width_is_obeyed eval '! grep -qE "^.{41}" "$dir/out"'
run "$IPCLAB" lab pipe --plain --width 5
check odd_width_is_a_usage_error status_is 2

# ---- scripts ----
script '# a comment\n\n   \nlook' pipe --plain
check comments_and_empty_lines_are_passed_over eval '[ "$(wc -l <"$dir/out")" = 2 ]'
script 'look\nstp\nlook' pipe --plain
check unknown_command_gets_line_and_nearest err_is 'ipclab: script:2: there is no command stp; nearest: step or set'
check unknown_command_is_usage status_is 2
check and_the_script_goes_on eval '[ "$(grep -c ^Held "$dir/out")" = 2 ]'
script 'step P9\nlook' pipe --plain
check unknown_actor_names_who_is_here err_is 'ipclab: script:1: there is no P9 here; who is here: P1'
check unknown_actor_is_usage status_is 2
script 'look around' pipe --plain
check too_many_words_are_refused status_is 2
script '\033[2Jboo' pipe --plain
check a_script_cannot_steer_the_terminal eval '! grep -q "$(printf "\033")" "$dir/err"'
timeout 20 "$IPCLAB" lab pipe --plain >"$dir/out" 2>"$dir/err" <&-
status=$? out=$(cat "$dir/out") err=$(cat "$dir/err")
check closed_stdin_is_an_empty_script status_is 0
check and_prints_nothing out_is ''
printf 'look' | timeout 20 "$IPCLAB" lab pipe --plain >"$dir/out" 2>"$dir/err"
out=$(cat "$dir/out")
check last_line_needs_no_newline out_has 'Held, at event 1.'
# By an argument of its own: other tests may be running the same program.
script 'step\nstep\nstep' pipe --plain -- "mark-$$"
check nothing_is_left_running eval '! pgrep -f "01-pipe/pipe mark-$$" >/dev/null'

# ---- which lab ----
script look 01 --plain
check a_number_finds_a_lab out_has 'P1 producer'
run "$IPCLAB" lab pip
check unknown_lab_gets_the_nearest err_has "ipclab: there is no lab 'pip'; nearest: pipe,"
check unknown_lab_is_usage status_is 2
run "$IPCLAB" labs --json
check labs_as_json out_has '{"id":"pipe","title":"Ordinary pipes","minutes":25,"steps":'

# ---- a lab of one's own: time and a terminal ----
mkdir -p "$dir/labs/02-nap"
cat >"$dir/labs/02-nap/nap.c" <<'C'
#include <stdio.h>
#include <unistd.h>
int main(void)
{
	char name[20];
	usleep(500000);
	if (fgets(name, sizeof name, stdin))
		printf("hello %s", name);
	return 3;
}
C
"${CC:-cc}" -g -O0 -o "$dir/labs/02-nap/nap" "$dir/labs/02-nap/nap.c" || exit 1
printf -- '---\ntitle: Nap\nprograms: [{name: nap}]\n---\n' >"$dir/labs/02-nap/lab.md"
export IPCLAB_LABS=$dir/labs
script 'step\nstep\npass P1\nlook\nsend Ada\nplay\noutput' nap --plain
check a_sleep_waits_to_be_let_pass out_has 'P1 waits for 500 ms to pass. pass P1 lets them pass.'
check time_passes_when_asked out_has 'P1 has slept 500 ms'
check reading_a_terminal_waits out_has 'blocked in read of fd 0'
check what_is_typed_arrives eval '[ "$(tail -1 "$dir/out")" = "hello Ada" ]'
check its_status_is_told out_has 'P1 ended with status 3.'
script 'play' nap --plain
check play_lets_time_pass_when_nobody_can_move out_has '500 ms pass for P1 in sleep of 500 ms.'

# bad TEXT EXPECTED: a front matter that is wrong, and where.
bad() {
	printf '%b' "$1" >"$dir/labs/02-nap/lab.md"
	run "$IPCLAB" labs
	check "front_matter: $2" err_is "ipclab: $dir/labs/02-nap/lab.md:$2"
	check "front_matter_exit: $2" status_is 4
}
bad 'title\n' '1:1: a lab begins with its front matter, between two lines ---'
bad '---\ntitle: x\nprograms: [{name: nap}]\nminute: 3\n---\n' "4:1: 'minute' is no key here; there is title, minutes, core, needs, programs, actors, memory, parameters, exercises, slides"
bad '---\ntitle: x\n' '1:1: the front matter does not end (a line ---)'
bad '---\ntitle: x\nminutes: soon\nprograms: [{name: nap}]\n---\n' '3:10: minutes is a whole number from 1 to 999'
bad '---\ntitle: x\nprograms: [{name: ../nap}]\n---\n' "3:19: a program's name is that of a file in the lab's folder"
bad '---\ntitle: [\n---\n' '3:1: this is not YAML: did not find expected node content'
bad '---\nprograms: [{name: nap}]\n---\n' '2:1: title is missing or no text'

# One that is broken keeps nobody from the others.
mkdir -p "$dir/labs/03-good"
printf -- '---\ntitle: Good\nprograms: [{name: nap}]\n---\n' >"$dir/labs/03-good/lab.md"
run "$IPCLAB" labs
check the_good_lab_is_listed_beside_a_broken_one out_is 'good: Good'
check the_broken_one_is_named err_is "ipclab: $dir/labs/02-nap/lab.md:2:1: title is missing or no text"
check and_is_an_input_error status_is 4
run "$IPCLAB" labs --json
check as_json_too out_has '[{"id":"good","title":"Good"'
run "$IPCLAB" lab nap --plain
check the_broken_one_says_why_when_opened err_has '02-nap/lab.md:2:1: title is missing'
check and_cannot_be_opened status_is 4
run "$IPCLAB"
check home_in_words_lists_the_good_one out_has 'good: Good'
check home_in_words_is_an_input_error status_is 4

finish
