# SPDX-License-Identifier: GPL-3.0-or-later
# watch --json and its recordings: INTERFACES.md, "watch --json: one event a line".
. "${IPCLAB_SRC:?}/tests/live/lib.sh" || exit 1

for fd in /proc/self/fd/*; do
	fd=${fd##*/}
	[ "$fd" -gt 2 ] && [ "$fd" -ne 255 ] && eval "exec $fd>&-"
done
pipe=$IPCLAB_BUILD/labs/01-pipe/pipe
line() {
	grep -nF "$2" "$IPCLAB_SRC/labs/01-pipe/$1" | head -1 | cut -d: -f1
}
# What every line of events must look like: the keys that INTERFACES.md names, in its order, then others.
event='^\{"seq":[0-9]+,"t_ns":[0-9]+(,"actor":"P[0-9]+(\.[0-9]+)?")?,"kind":"(enter|exit|access|spawn|exec|end|signal|observe|inject)"'
event+='(,"call":"[a-z0-9_?]+")?(,"fd":-?[0-9]+)?(,"object":"pipe[0-9]+")?(,"size":[0-9]+)?(,"ret":-?[0-9]+)?(,"at":"[^"]+:[0-9]+")?'
event+='(,"[a-z_0-9]+":("[^"]*"|-?[0-9]+|true|false|\[[0-9,]+\]))*\}$'
total='^\{"kind":"total","events":[0-9]+,"settled":[0-9]+,"explained":[0-9]+,"drift":0,"unknown":[0-9]+\}$'

run "$IPCLAB" watch --json -- "$pipe" tidy
[[ $err == *ptrace* ]] && skip "$err"
check program_output_goes_to_stderr err_is 'end of file after 5 bytes'
check status_is_the_programs status_is 0
check every_event_has_the_keys_in_order eval '[ "$(sed "\$d" "$dir/out" | grep -vcE "$event")" = 0 ]'
check last_line_is_the_total eval 'tail -1 "$dir/out" | grep -qE "$total"'
check sequence_has_no_gap eval '[ "$(sed "\$d" "$dir/out" | sed "s/.*\"seq\":\([0-9]*\),.*/\1/")" = "$(seq $(($(wc -l <"$dir/out") - 1)))" ]'
check total_counts_the_events eval 'tail -1 "$dir/out" | grep -q "\"events\":$(($(wc -l <"$dir/out") - 1)),"'
check a_write_names_fd_object_size_and_result eval 'grep -q "\"actor\":\"P1\",\"kind\":\"exit\",\"call\":\"write\",\"fd\":4,\"object\":\"pipe1\",\"size\":1,\"ret\":1}" "$dir/out"'
check end_of_file_is_a_read_of_0 eval 'grep -q "\"actor\":\"P2\",\"kind\":\"exit\",\"call\":\"read\",\"fd\":3,\"object\":\"pipe1\",\"size\":1,\"ret\":0}" "$dir/out"'
check close_names_the_pipe eval 'grep -q "\"kind\":\"exit\",\"call\":\"close\",\"fd\":4,\"object\":\"pipe1\",\"ret\":0" "$dir/out"'
check lines_only_when_asked out_lacks '"at":'

run "$IPCLAB" watch --json --lines -- "$pipe" tidy
check pipe_has_its_line eval 'grep -qF "\"ret\":0,\"at\":\"main.c:$(line main.c "pipe(fds) ==")\"" "$dir/out"'
check lines_keep_the_order_of_keys eval '[ "$(sed "\$d" "$dir/out" | grep -vcE "$event")" = 0 ]'

# ---- exit codes ----
run "$IPCLAB" watch --json -- sh -c 'exit 7'
check status_passes_through status_is 7
run "$IPCLAB" watch --quiet -- sh -c 'kill -9 $$'
check signal_is_128_and_its_number status_is 137
run "$IPCLAB" watch --json -- "$dir/nothing"
check no_such_command status_is 127
run "$IPCLAB" watch --json -- "$IPCLAB_SRC/COPYING"
check not_a_program status_is 126
run "$IPCLAB" watch --json
check no_command_is_usage status_is 2
run "$IPCLAB" watch --json --contents -- true
check contents_without_a_file_is_usage status_is 2

# ---- quiet and words ----
run "$IPCLAB" watch --quiet -- sh -c 'echo out; echo err >&2'
check quiet_adds_nothing_to_stdout out_is out
check quiet_adds_nothing_to_stderr err_is err
run "$IPCLAB" watch --plain -- sh -c 'seq 3 | sort -r | head -1'
check words_leave_stdout_alone out_is 3
check words_tell_what_was_written err_has 'wrote 6 bytes, "1\n2\n3\n", to pipe1'
check words_end_with_what_was_counted err_has 'results were explained'
check words_keep_to_78_columns eval '! grep -qE "^.{79}" "$dir/err"'

# ---- recordings ----
log=$dir/a.ipclog
run "$IPCLAB" watch --json --lines -o "$log" -- "$pipe" tidy
check recording_prints_too out_has '"kind":"total"'
recorded=$(cat "$dir/out")
run "$IPCLAB" replay --json --lines "$log"
check replay_prints_the_same out_is "$recorded"
check replay_says_nothing_else err_is ''
cp "$pipe" "$dir/other" && "$IPCLAB" watch --quiet -o "$dir/b.ipclog" -- "$dir/other" tidy >"$dir/ignored" 2>&1
rm "$dir/other"
run "$IPCLAB" replay --json --lines "$dir/b.ipclog"
check lines_outlive_the_program out_has "\"at\":\"main.c:$(line main.c 'pipe(fds) ==')\""
run "$IPCLAB" replay --quiet "$log"
check quiet_replay_is_done status_is 0
check quiet_replay_is_quiet out_is ''
check bytes_are_not_recorded_unasked eval '! "$IPCLAB" replay "$log" <<<"events 500" | grep -q "\"h\""'
"$IPCLAB" watch --quiet --contents -o "$dir/c.ipclog" -- "$pipe" tidy >"$dir/ignored" 2>&1
out=$(printf 'now\nevents 500\n' | "$IPCLAB" replay "$dir/c.ipclog" 2>&1)
check bytes_are_recorded_when_asked out_has 'P1 wrote 1 byte, "h", to pipe1'

SECRET=s3cr3t-in-environ "$IPCLAB" watch --quiet --contents -o "$dir/s.ipclog" -- "$pipe" tidy >"$dir/ignored" 2>&1
check strings_of_the_environment_are_not_recorded eval '! grep -qa s3cr3t "$dir/s.ipclog"'

# A recording in the shell.
replay() {
	printf '%b\n' "$1" | "$IPCLAB" replay "$dir/c.ipclog" >"$dir/out" 2>"$dir/err"
	status=$?
	out=$(cat "$dir/out") err=$(cat "$dir/err")
}
replay 'look\nstep P1\nstep\nnow\nlook\nstep\nlive\nsignal P1 TERM\nrestart'
check a_recording_begins_at_its_first_event out_has 'Recorded, at event 1 of'
check and_ends out_has 'This is the end of the recording.'
check nothing_of_it_runs_free out_has 'Only real processes run free. This is a recording.'
check nobody_of_it_gets_a_signal out_has 'This is a recording: its processes are not here any more.'
check it_cannot_be_restarted out_has 'it cannot be restarted'
check that_is_no_mistake status_is 0

run "$IPCLAB" watch --quiet -o "$log" -- true
check existing_file_is_refused status_is 2
check and_the_remedy_is_named err_is "ipclab: $log is there already; --force overwrites it"
run "$IPCLAB" watch --quiet --force -o "$log" -- true
check force_overwrites status_is 0
run "$IPCLAB" watch --quiet -o "$dir/no/such/x.ipclog" -- true
check no_such_folder_is_ours status_is 125

# ---- recordings that are damaged ----
run "$IPCLAB" replay --json "$dir/none.ipclog"
check missing_recording_is_bad_input status_is 4
printf 'not a recording at all' >"$dir/foreign"
run "$IPCLAB" replay --json "$dir/foreign"
check foreign_file_is_bad_input status_is 4
check foreign_file_is_called_so err_has "$dir/foreign"
size=$(stat -c %s "$dir/c.ipclog")
head -c $((4096 + (size - 4096) / 8)) "$dir/c.ipclog" >"$dir/torn.ipclog"
run "$IPCLAB" replay --json "$dir/torn.ipclog"
check torn_tail_is_no_error status_is 0
check torn_tail_is_said err_has 'is cut off or damaged'
check what_came_before_is_there out_has '"kind":"spawn"'
cp "$dir/c.ipclog" "$dir/newer.ipclog"
printf '\377' | dd of="$dir/newer.ipclog" bs=1 seek=8 conv=notrunc 2>"$dir/ignored"
run "$IPCLAB" replay --json "$dir/newer.ipclog"
check newer_version_is_bad_input status_is 4
check newer_version_is_called_so err_has 'version'
run "$IPCLAB" replay --json "$dir/x.sched"
check missing_schedule_is_bad_input status_is 4
check missing_schedule_is_named err_has 'x.sched'

# ---- a full disk: the program goes on, the recording ends, and that is our failure ----
mkdir "$dir/small"
if [ "$(id -u)" -eq 0 ] && mount -t tmpfs -o size=1200k none "$dir/small" 2>"$dir/ignored"; then
	trap 'umount "$dir/small"; rm -rf "$dir"' EXIT
	run "$IPCLAB" watch --quiet --contents -o "$dir/small/x.ipclog" -- sh -c 'i=0; while [ $i -lt 12000 ]; do i=$((i+1)); echo $i; done | tail -1'
	check full_disk_lets_the_program_go_on out_is 12000
	check full_disk_is_said_once eval '[ "$(wc -l <"$dir/err")" = 1 ]'
	check full_disk_is_said_with_the_file err_has "$dir/small/x.ipclog"
	check full_disk_is_our_failure status_is 125
	run "$IPCLAB" replay --json "$dir/small/x.ipclog"
	check what_fitted_can_be_read out_has '"kind":"spawn"'
else
	echo "skipped: a full disk (only root can make a small file system here)"
fi

finish
