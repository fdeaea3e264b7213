# SPDX-License-Identifier: GPL-3.0-or-later
# ipclab why asked for what is not there, cannot be looked at, or goes while it is looked at.
source "$IPCLAB_SRC/tests/live/lib.sh"
hang=$IPCLAB_BUILD/tests/why/hangs/wait_for_who_waits
started=()
trap 'for p in "${started[@]}"; do kill -9 -- "-$p" 2>/dev/null; done; rm -rf "$dir"' EXIT
trap 'exit 1' TERM INT

# begin COMMAND...: in a session of its own, which ends with us; its pid in $began. Its output is nobody's wait.
begin() {
	setsid "$@" </dev/null >/dev/null 2>&1 &
	began=$!
	started+=("$began")
}

why() { run timeout 20 "$IPCLAB" why "$@"; }
said() { [ -n "$err" ] && [ "$(wc -l <<<"$err")" -le 4 ]; }
# refused NAME STATUS WORD: that status, and a sentence with that word.
refused() {
	check "$1: status $2" status_is "$2"
	check "$1: says $3" err_has "$3"
	check "$1: in few lines" said
}
status_among() {
	for s in "$@"; do [ "$status" -eq "$s" ] && return; done
	return 1
}
# until_asleep PID: at most 5 s.
not_hang() { ! grep -q "^HANG" "$dir/out"; }
until_asleep() {
	for _ in $(seq 100); do
		[[ $(cut -d' ' -f3 "/proc/$1/stat" 2>/dev/null) == S ]] && return
		sleep 0.05
	done
}

why -p 4194304
refused "no such pid" 2 4194304
for word in abc 0 -1 12x 99999999999999999999 ''; do
	why -p "$word"
	check "pid '$word': usage" status_is 2
	check "pid '$word': said" said
done
why -n no-such-name-here
refused "no such name" 2 no-such-name-here
why -p 1 -- true
check "a pid and a command: usage" status_is 2
why -- "$dir/nothing"
check "no such command: 127" status_is 127
why -- "$dir"
check "a folder as command: 126" status_is 126
for time in abc -1s 5y ''; do
	why --within "$time" -- true
	check "--within '$time': usage" status_is 2
done
why --
refused "-- without a command" 2 "needs a command"
why --within 1s
check "--within without a command: usage" status_is 2
why --no-such
check "an unknown option: usage" status_is 2

# A zombie: its parent is a sleep that never asks for it.
begin bash -c 'sleep 0.01 & echo $! >"$0"; exec sleep 100' "$dir/zombie"
sleep 0.3
zombie=$(cat "$dir/zombie")
why -p "$zombie"
refused "a zombie" 2 "has ended already"

if [ -d /proc/2 ] && [ ! -s /proc/2/cmdline ]; then
	why -p 2
	refused "a kernel thread" 2 "kernel"
else
	echo "skipped: a kernel thread: pid 2 is none here"
fi

# Somebody else's.
if [ "$(id -u)" -eq 0 ] && setpriv --reuid=65534 --regid=65534 --clear-groups test -x "$IPCLAB"; then
	begin "$hang"
	until_asleep "$began"
	run timeout 20 setpriv --reuid=65534 --regid=65534 --clear-groups "$IPCLAB" why -p "$began"
	check "a foreign user's process: looked at with a word, or refused" status_among 0 1 3
	check "a foreign user's process: says what would help" grep -qE "sudo|root|user" "$dir/out" "$dir/err"
	check "a foreign user's process: no HANG is claimed of what was not seen" not_hang
else
	echo "skipped: a foreign user's process: not root, or out of uid 65534's reach"
fi

# Root is not sent to sudo: one of a user namespace, whom the kernel forbids what is outside of it.
if unshare -rU true 2>/dev/null; then
	begin sleep 100
	run timeout 20 unshare -rU "$IPCLAB" watch -p "$began"
	refused "watch -p, forbidden even to root" 3 "cannot attach"
	check "watch -p, forbidden even to root: no word of sudo" eval '[[ $err != *sudo* ]]'
else
	echo "skipped: watch -p, forbidden even to root: no user namespace can be made here"
fi

# Another pid namespace, seen from outside.
if unshare -rpf true 2>/dev/null; then
	begin unshare -rpf --kill-child "$hang"
	sleep 0.3
	inner=$(pgrep -P "$began" | head -1)
	until_asleep "$inner"
	why -p "$inner"
	check "another pid namespace: HANG all the same, or said" test "$status" -eq 1 -o -n "$(grep -i namespace "$dir/out" "$dir/err")"
	run timeout 20 unshare -rpf --mount-proc "$IPCLAB" why -p "$inner"
	refused "a pid of outside, asked from within a namespace" 2 "$inner"
else
	echo "skipped: another pid namespace: none can be made here"
fi

# One that waits for us: bash waits for ipclab, which works.
bash -c '"$0" why -p $$ --json; :' "$IPCLAB" >"$dir/out" 2>"$dir/err"
check "who waits for ipclab itself is no HANG" test -z "$(grep HANG "$dir/out")"

# Stopped by a signal.
begin sleep 100
sleep 0.1
kill -STOP "$began"
why -p "$began" --json
check "a stopped process: no HANG" out_lacks '"HANG"'
check "a stopped process: an answer" status_is 0

# They die while they are looked at.
crashed=0
for i in $(seq ${IPCLAB_SOAK:+3}40); do
	sh -c 'true | cat; sleep 0.0'"$((RANDOM % 3))"' | cat' &
	target=$!
	timeout 20 "$IPCLAB" why -p $target >"$dir/out" 2>"$dir/err"
	status=$?
	status_among 0 1 2 || { crashed=$((crashed + 1)); cat "$dir/err"; echo "status $status"; }
	[ -s "$dir/out" ] || [ -s "$dir/err" ] || crashed=$((crashed + 1))
	wait $target
done
check "processes that die while they are looked at: an answer each time" test $crashed -eq 0
finish
