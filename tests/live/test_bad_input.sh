# SPDX-License-Identifier: GPL-3.0-or-later
# What goes wrong outside ipclab: a sentence with the remedy, the exit code of INTERFACES, nothing lost.
source "$IPCLAB_SRC/tests/live/lib.sh"
source "$IPCLAB_SRC/tests/live/watch.sh"
source "$IPCLAB_SRC/tests/live/lab.sh"
can_trace || skip "tracing does not work here: $(head -n 1 "$dir/err")"
targets=$IPCLAB_BUILD/tests/live/targets

# One sentence on standard error, with ipclab's name, and nothing else.
err_is_a_sentence() { [[ $err == "ipclab: "* ]] && ((${#err} > 20)); }

# ---- the command ----
run "$IPCLAB" watch --quiet -- "$dir/missing"
check "a missing program" status_is 127
check "a missing program: its name" err_has "$dir/missing"
run env PATH=/usr/bin:/bin "$IPCLAB" watch --quiet -- no-such-command-anywhere
check "a missing command" status_is 127
echo text >"$dir/plain"
run "$IPCLAB" watch --quiet -- "$dir/plain"
check "a file that is not executable" status_is 126
check "a file that is not executable: a sentence" err_is_a_sentence
run "$IPCLAB" watch --quiet -- "$dir"
check "a folder" status_is 126
check "a folder: says so" err_has "is a folder"
printf '#!/no/such/interpreter\n' >"$dir/script"
chmod +x "$dir/script"
run "$IPCLAB" watch --quiet -- "$dir/script"
check "a script without its interpreter" status_is 127
check "a script without its interpreter: its name" err_has "its interpreter /no/such/interpreter is not there"
printf '#!/bin/sh\r\necho hello\r\n' >"$dir/windows"
chmod +x "$dir/windows"
run "$IPCLAB" explore -- "$dir/windows"
check "a script with the line ends of Windows" status_is 127
check "a script with the line ends of Windows: says so" err_has "ends as on Windows"
sed 's/lib64\/ld-linux-/lib64\/ld-absent/' "$(readlink -f /bin/true)" >"$dir/unloaded"
chmod +x "$dir/unloaded"
run "$IPCLAB" watch --quiet -- "$dir/unloaded"
check "a program without its loader" status_is 127
check "a program without its loader: its name" err_has "its interpreter /lib64/ld-absent"
mkdir -m 700 "$dir/closed"
if [ "$(id -u)" -eq 0 ] && setpriv --reuid=65534 --regid=65534 --clear-groups env "$IPCLAB" --version >/dev/null 2>&1; then
	run setpriv --reuid=65534 --regid=65534 --clear-groups env PATH="$dir/closed" "$IPCLAB" watch --quiet -- no-such-command
	check "a folder of PATH that is closed to us" status_is 127
else
	echo "skipped: a folder of PATH that is closed: not root, or out of uid 65534's reach"
fi
run "$IPCLAB" watch --quiet -o "$dir/never.ipclog" -- "$dir/missing"
check "a missing program, recorded" status_is 127
check "a missing program leaves no recording" test ! -e "$dir/never.ipclog"
run "$IPCLAB" watch --quiet -- ""
check "an empty name" status_is 127
check "an empty name: says so" err_has "is empty"
run "$IPCLAB" watch --quiet --
check "no command" status_is 2
run "$IPCLAB" watch --quiet -o "$dir/none/x.ipclog" -- true
check "a recording where there is no folder" status_is 125
check "a recording where there is no folder: the name" err_has "$dir/none"
echo precious >"$dir/there.ipclog"
run "$IPCLAB" watch --quiet -o "$dir/there.ipclog" -- true
check "a recording that is there already" status_is 2
check "it is left alone" test "$(cat "$dir/there.ipclog")" = precious

# ---- tracing refused ----
run "$targets/no_ptrace" "$IPCLAB" watch --quiet -- true
if [ "$status" -eq 77 ]; then
	echo "skipped: no seccomp filter can be installed here"
else
	check "ptrace forbidden, watch" status_is 125
	check "ptrace forbidden, watch: a sentence" err_is_a_sentence
	check "ptrace forbidden, watch: says what" err_has ptrace
	run "$targets/no_ptrace" "$IPCLAB" lab pipe --plain
	check "ptrace forbidden, lab" status_is 3
	check "ptrace forbidden, lab: says what" err_has ptrace
fi
if command -v strace >/dev/null && strace -f -o /dev/null true 2>/dev/null; then
	run strace -f -o /dev/null "$IPCLAB" watch --quiet -- true
	check "traced already, watch" status_is 125
	check "traced already, watch: by whom" err_has strace
	run strace -f -o /dev/null "$IPCLAB" lab pipe --plain
	check "traced already, lab" status_is 3
	check "traced already, lab: by whom" err_has strace
else
	echo "skipped: no strace here"
fi

# ---- recordings ----
run "$IPCLAB" watch --quiet -o "$dir/good.ipclog" -- "$targets/dup_chain"
check "a recording is made" status_is 0
run "$IPCLAB" replay "$dir/good.ipclog" --json
check "it is read" status_is 0
whole=$(tail -n 1 "$dir/out")
check "it is whole: $whole" test "${whole#*total}" != "$whole"

run "$IPCLAB" replay "$dir/missing.ipclog"
check "no recording" status_is 4
check "no recording: its name" err_has missing.ipclog
run "$IPCLAB" replay "$dir/plain"
check "a foreign file" status_is 4
check "a foreign file: a sentence" err_is_a_sentence
: >"$dir/empty"
run "$IPCLAB" replay "$dir/empty"
check "an empty file" status_is 4
run "$IPCLAB" replay "$dir"
check "a folder as recording" status_is 4
# The version is the number behind the magic, 8 bytes.
cp "$dir/good.ipclog" "$dir/newer"
printf '\377\0\0\0' | dd of="$dir/newer" bs=1 seek=8 conv=notrunc status=none
run "$IPCLAB" replay "$dir/newer"
check "a recording of a newer version" status_is 4
check "a recording of a newer version: says so" err_has newer
# Cut anywhere, what came before is shown.
size=$(stat -c %s "$dir/good.ipclog")
for part in 5000 $((size / 2)) $((size - 3)); do
	head -c "$part" "$dir/good.ipclog" >"$dir/cut"
	run "$IPCLAB" replay "$dir/cut" --json
	check "a recording cut at $part of $size" status_is 0
	check "a recording cut at $part: a total" out_has '"kind":"total"'
	check "a recording cut at $part: says so" err_has "cut"
done
head -c 100 "$dir/good.ipclog" >"$dir/cut"
run "$IPCLAB" replay "$dir/cut" --json
check "a recording cut within its header" status_is 4
# Damaged in the middle: no crash, no wrong status.
for at in 4100 4200 6000 $((size / 2)); do
	cp "$dir/good.ipclog" "$dir/damaged"
	printf '\377\377\377\377\377' | dd of="$dir/damaged" bs=1 seek="$at" conv=notrunc status=none
	run "$IPCLAB" replay "$dir/damaged" --json
	check "a recording damaged at $at" test "$status" -eq 0 -o "$status" -eq 4
done

# ---- at the prompt ----
printf 'frobnicate\nstep P9\nends pipe7\nstep P1 P2 P3\ngoto x\nlook\n' >"$dir/commands.txt"
"$IPCLAB" lab pipe --plain <"$dir/commands.txt" >"$dir/out" 2>"$dir/err"
status=$?
out=$(cat "$dir/out" "$dir/err")
err=
check "an unknown command is named" out_has frobnicate
check "an unknown actor is named" out_has P9
check "an unknown pipe is named" out_has pipe7
check "and the prompt goes on" out_has "P1 producer, poised"
"$IPCLAB" lab pipe --plain <&- >"$dir/out" 2>"$dir/err"
status=$?
out=$(cat "$dir/out")
err=$(cat "$dir/err")
check "closed standard input: it ends" test "$status" -lt 126
"$IPCLAB" lab pipe --plain </dev/null >"$dir/out" 2>"$dir/err"
status=$?
check "empty standard input" status_is 0
run "$IPCLAB" lab no-such-lab --plain
check "an unknown lab" status_is 2
check "an unknown lab: a sentence" err_is_a_sentence
"$IPCLAB" watch --quiet -- sh -c 'echo heard; read x || echo no input' <&- >"$dir/out" 2>"$dir/err"
status=$?
out=$(cat "$dir/out")
check "watch with closed standard input" status_is 0
check "watch with closed standard input: the program runs" out_has heard

# Standard output closed early: as any filter, by SIGPIPE, the program too.
bash -c '"$IPCLAB" watch --json -- sh -c "seq 200000 >&2" 2>/dev/null | head -n 1 >/dev/null; exit ${PIPESTATUS[0]}'
status=$?
check "nobody reads the events: it ends" test "$status" -ne 124

# ---- the disk is full ----
# full_disk: watches a program that writes more events than the disk takes.
full_disk='
	"$IPCLAB" watch --quiet -o "$disk/x.ipclog" -- sh -c "seq 3000 | while read -r n; do echo \$n; done | tail -n 1; exit 7" >"$dir/out" 2>"$dir/err" </dev/null
	echo $? >"$dir/status"
	cp "$disk/x.ipclog" "$dir/full.ipclog"'
export dir IPCLAB disk="$dir/disk"
mkdir "$disk"
if unshare -m sh -c "mount -t tmpfs -o size=1m none '$disk' && $full_disk" 2>/dev/null; then
	status=$(cat "$dir/status")
	out=$(cat "$dir/out")
	err=$(cat "$dir/err")
	check "a full disk: ipclab says that it failed" status_is 125
	check "a full disk: the program's output is whole" out_is 3000
	check "a full disk: a sentence" err_is_a_sentence
	run "$IPCLAB" replay "$dir/full.ipclog" --json
	check "a full disk: the recording is readable up to there" status_is 0
	check "a full disk: and holds something" out_has '"kind":"exit"'
else
	echo "skipped: a small file system cannot be mounted here (needs root)"
fi

# The same for an ordinary user, whom limits of file size stop.
(
	ulimit -f 1024 # KiB
	"$IPCLAB" watch --quiet -o "$dir/limited.ipclog" -- sh -c 'seq 3000 | while read -r n; do echo $n; done | tail -n 1; exit 7' >"$dir/out" 2>"$dir/err" </dev/null
)
status=$?
out=$(cat "$dir/out")
err=$(cat "$dir/err")
check "a limit of file size: ipclab says that it failed" status_is 125
check "a limit of file size: the program's output is whole" out_is 3000
check "a limit of file size: a sentence" err_is_a_sentence
run "$IPCLAB" replay "$dir/limited.ipclog" --json
check "a limit of file size: the recording is readable up to there" status_is 0
finish
