#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# review, report and the ladder of plain mode, on real processes.
source "${IPCLAB_SRC:?}/tests/live/lib.sh" || exit 1
export XDG_STATE_HOME=$dir/state

# script COMMAND...: with $dir/script as standard input
script() { run bash -c '"$IPCLAB" "$@" <"$0"' "$dir/script" "$@"; }
# due LAB QUESTION SECONDS: is due for so long.
due() {
	python3 - "$XDG_STATE_HOME/ipclab/progress.db" "$1" "$2" "$3" <<'END'
import sqlite3, sys, time
db = sqlite3.connect(sys.argv[1])
db.execute("INSERT INTO review VALUES (?, ?, 0, ?) ON CONFLICT DO UPDATE SET due = excluded.due",
           (sys.argv[2], sys.argv[3], int(time.time()) - int(sys.argv[4])))
db.commit()
END
}

run "$IPCLAB" review --json
check "nothing is due" out_has '"due":['
run "$IPCLAB" report pipe
check "nothing to report: status" test "$status" = 4
check "nothing to report: what to do" err_has "Begin with: ipclab lab pipe"

printf '%s\n' 'guide 3' do 1 do quit >"$dir/script"
script lab pipe --plain
check "a prediction in a lab" out_has "You said 1. What happened is 3"
run "$IPCLAB" review --json
check "it is not due yet" test "$(grep -c '"lab"' <<<"$out")" = 0
run "$IPCLAB" report pipe
check "report: the step" out_has "3  One pipe, two processes: "
check "report: what was said" out_has "wrong. You said 1. What happened is 3: wait."
check "report: the picture" out_has "pipe1"
run "$IPCLAB" report pipe -o "$dir/r.html"
check "report: HTML by name" grep -q '<h1>Ordinary pipes</h1>' "$dir/r.html"
printf 'mine\n' >"$dir/r.md"
run "$IPCLAB" report pipe -o "$dir/r.md"
check "report: a file is not overwritten" grep -qx mine "$dir/r.md"
check "report: and that is said" err_has "--force overwrites it"
run "$IPCLAB" report pipe -o "$dir/r.md" --force
check "report: --force" grep -q '^# Ordinary pipes' "$dir/r.md"

if command -v python3 >/dev/null; then
	due pipe after-fork 20
	due mailboxes capacity 10
	due rpc waits 5
	run "$IPCLAB" review --json
	check "three are due" test "$(grep -c '"lab"' <<<"$out")" = 3
	printf '%s\n' 3 do 99 do 2 do >"$dir/script"
	script review --plain --width 200
	check "review: the question" out_has "Question. P1 put the byte in itself"
	check "review: settled by running it" out_has "You said 3. So it is: wait."
	check "review: another size" out_has "This time room is "
	room=$(sed -n 's/^This time room is \([0-9]*\) and name is .*/\1/p' <<<"$out")
	check "review: what is true is that size's" out_has "You said 99. What happened is $room."
	name=$(sed -n 's/^This time room is [0-9]* and name is \([^.]*\)\..*/\1/p' <<<"$out")
	check "review: a name of an object" out_has "mq_open of \"$name\""
	who=$(sed -n 's/^Here P1 is called \([a-z]*\), P2 \([a-z]*\)\.$/\1 \2/p' <<<"$out" | head -n 1)
	check "review: other names of processes" test "$(wc -w <<<"$who")" = 2
	check "review: they are called so" out_has "P1 ${who% *}, poised before read of fd 3"
	check "review: both" out_has "P2 ${who#* }, poised before read of fd 3"
	check "review: a name that the text says stays" out_has "P1 client, poised before recv"
	check "review: not the lab's size" test "$room" != 4
	run "$IPCLAB" review --json
	check "review: none is due now" test "$(grep -c '"lab"' <<<"$out")" = 0
	due mailboxes capacity 10
	printf 'quit\n' >"$dir/script"
	script review --plain
	check "review: left" out_lacks "That was the review"
	run "$IPCLAB" review --json
	check "review: it is still due" out_has '"capacity"'
fi

printf '%s\n' 'guide 2' do ladder quit >"$dir/script"
script lab rpc-failures --plain --width 200
check "ladder: the reply that was lost" out_has "3. P2 to P3: reply 100, xid 7; 28 bytes. P3 took it, and did not pass it on: it is lost on the way."
check "ladder: time" out_has "4. P1 has waited 500 ms, and nothing came."
check "ladder: how often" out_has "xid 7: P2 took 1 call, sent 1 reply."
check "ladder: wire and host" out_has "100 as an int of this machine is "
finish
