#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# watch -p: processes that run already go on unharmed, however ipclab ends: by itself, by ^C, by SIGKILL
# at a moment of chance. Output and status are those without us. And what it says when it may not.
. "${IPCLAB_SRC:?}/tests/live/lib.sh" || exit 1

rounds=6
[ -z "${IPCLAB_SOAK:-}" ] || rounds=50

# A pipeline of four, busy for a second or so; its sum is known without us.
busy() {
	bash -c 'for ((i = 0; i < 30; i++)); do seq 1 4000; sleep 0.01; done | tr 0-9 a-j | cat | sort -S 8M | sha256sum' 2>&1
	echo "status $?"
}

wanted=$(busy)

# one_round HOW SECONDS: attaches to a fresh pipeline, ends ipclab so after that time.
one_round() {
	local how=$1 pause=$2 got
	busy >"$dir/got" &
	local shell=$!
	sleep "0.0$((RANDOM % 10))"
	"$IPCLAB" watch --quiet -p "$shell" >"$dir/said" 2>&1 &
	local watcher=$!
	sleep "$pause"
	kill -0 "$shell" 2>/dev/null && kill -"$how" "$watcher" 2>/dev/null
	wait "$watcher" 2>/dev/null
	[ $? -ne 137 ] || killed=$((killed + 1))
	wait "$shell"
	got=$(cat "$dir/got")
	[ "$got" = "$wanted" ] || { echo "got $got, wanted $wanted ($how after $pause s)"; cat "$dir/said"; return 1; }
}

# Any moment from its first on, while it attaches too; and it was there to be killed.
pipeline_is_killed() {
	local killed=0
	for ((n = 0; n < rounds; n++)); do
		one_round KILL "$(printf '0.%03d' $((n % 3 ? RANDOM % 600 : RANDOM % 40)))" || return 1
	done
	[ $killed -gt $((rounds * 3 / 4)) ] || { echo "killed in $killed of $rounds rounds only"; return 1; }
}

pipeline_is_let_go() {
	for ((n = 0; n < rounds / 2; n++)); do
		one_round INT "0.$((RANDOM % 900 + 100))" || return 1
	done
}

# It ends while it is watched: the totals say that the world could explain what it saw.
pipeline_ends_watched() {
	busy >"$dir/got" &
	local shell=$!
	"$IPCLAB" watch --json -p "$shell" >"$dir/events" 2>"$dir/said" || { cat "$dir/said"; return 1; }
	wait "$shell"
	[ "$(cat "$dir/got")" = "$wanted" ] || { cat "$dir/got"; return 1; }
	tail -n 1 "$dir/events" | grep -q '"drift":0,"unknown":0}' || { tail -n 1 "$dir/events"; return 1; }
	[ "$(grep -c '"kind":"spawn"' "$dir/events")" -ge 5 ] || { echo "not all of it was seen"; return 1; }
}

# A server with clients that never stop asking; ipclab is killed again and again.
server_is_killed() {
	command -v python3 >/dev/null || { echo "skipped: no python3"; return 0; }
	local port=$((20000 + RANDOM % 20000)) server bad=0
	mkdir -p "$dir/www"
	seq 1 20000 >"$dir/www/numbers"
	python3 -m http.server --bind 127.0.0.1 --directory "$dir/www" "$port" >/dev/null 2>&1 &
	server=$!
	python3 - "$port" "$dir/www/numbers" "$rounds" >"$dir/clients" 2>&1 <<'PY' &
import sys, time, urllib.request
port, path, rounds = sys.argv[1:]
want = open(path, 'rb').read()
for i in range(200):
    try:
        urllib.request.urlopen(f'http://127.0.0.1:{port}/numbers').read()
        break
    except OSError:
        time.sleep(0.05)
end, n, bad = time.time() + 0.3 * int(rounds) + 0.5, 0, 0
while time.time() < end:
    n += 1
    try:
        bad += urllib.request.urlopen(f'http://127.0.0.1:{port}/numbers', timeout=10).read() != want
    except Exception as e:
        print(e)
        bad += 1
print('asked', n > 5, 'bad', bad)
PY
	local clients=$!
	sleep 0.5
	for ((n = 0; n < rounds; n++)); do
		"$IPCLAB" watch --quiet -p "$server" >"$dir/said" 2>&1 &
		local watcher=$!
		sleep "$(printf '0.%03d' $((n % 3 ? RANDOM % 400 : RANDOM % 40)))"
		kill -KILL "$watcher" 2>/dev/null || bad=1
		wait "$watcher" 2>/dev/null
		[ $? -eq 137 ] || { echo "it ended by itself" >>"$dir/said"; bad=1; }
	done
	wait "$clients"
	kill -0 "$server" || { echo "the server is gone"; bad=1; }
	kill "$server"
	wait "$server" 2>/dev/null
	grep -q '^asked True bad 0$' "$dir/clients" || bad=1
	[ $bad -eq 0 ] || { cat "$dir/clients" "$dir/said"; return 1; }
}

# A sleep that was stopped and went on is restart_syscall(2) to the kernel: to us it is still that sleep.
sleep_broken_off() {
	sleep 300 &
	local it=$!
	sleep 0.1
	kill -STOP "$it" && sleep 0.1 && kill -CONT "$it" && sleep 0.1
	"$IPCLAB" why -p "$it" >"$dir/why" 2>&1
	timeout -s INT 0.5 "$IPCLAB" watch --plain -p "$it" >"$dir/said" 2>&1
	kill "$it"
	wait "$it" 2>/dev/null
	grep -q 'waits in sleep(300 s): 300 s have not passed' "$dir/why" && grep -q 'sleep' "$dir/said" &&
		! grep -q 'does not follow' "$dir/said" || { cat "$dir/why" "$dir/said"; return 1; }
}

# Calls that the kernel never restarts by itself sleep on, and get what they wait for.
sleepers_sleep_on() {
	command -v python3 >/dev/null || { echo "skipped: no python3"; return 0; }
	python3 - >"$dir/got" 2>&1 <<'PY' &
import ctypes, os, signal, time, threading
signal.alarm(20)  # a reader that waits in vain is red, not a hang
libc = ctypes.CDLL(None, use_errno=True)
r, w = os.pipe()
e = libc.epoll_create1(0)
event = (ctypes.c_uint8 * 12)(1)  # EPOLLIN
libc.epoll_ctl(e, 1, r, event)
threading.Timer(1.0, lambda: os.write(w, b'x')).start()
print('epoll', libc.epoll_wait(e, event, 1, 5000), ctypes.get_errno())
t = time.monotonic()
libc.usleep(1000000)
print('slept', round(time.monotonic() - t, 1))
def slow_reader():
    time.sleep(1)
    left = 1000001
    while left:
        left -= len(os.read(r, 65536))
threading.Thread(target=slow_reader).start()
print('wrote', os.write(w, b'y' * 1000000))
PY
	local it=$!
	sleep 0.4
	# attached to in each of the three, each time anew
	for pause in 0.9 1.1 3; do
		timeout -s INT "$pause" "$IPCLAB" watch --quiet -p "$it" >"$dir/said" 2>&1
	done
	wait "$it" || return 1
	grep -q "^epoll 1 0" "$dir/got" && grep -q '^slept 1.[012]' "$dir/got" && grep -q '^wrote 1000000' "$dir/got" ||
		{ cat "$dir/got"; return 1; }
}

# A child's end means nothing to a process without a handler for SIGCHLD; one that is traced gets it all the same, and its
# epoll_wait would come back with EINTR.
child_ends_unheard() {
	command -v python3 >/dev/null || { echo "skipped: no python3"; return 0; }
	python3 -c 'import ctypes, os, time
libc = ctypes.CDLL(None, use_errno=True)
e = libc.epoll_create1(0)
event = (ctypes.c_uint8 * 12)()
for i in range(6):
    if os.fork() == 0:
        time.sleep(0.2)
        os._exit(0)
    print(libc.epoll_wait(e, event, 1, 400), end=" ")' >"$dir/got" &
	local it=$!
	sleep 0.3
	"$IPCLAB" watch --quiet -p "$it" >"$dir/said" 2>&1
	wait "$it"
	[ "$(cat "$dir/got")" = "0 0 0 0 0 0 " ] || { cat "$dir/got"; return 1; }
}

# Large writes to a slow reader, attached to again and again: nobody may see one cut short by our coming. Between our look
# and the interruption lies a moment (meet.c): where it strikes, it is said. Before each write the writer sleeps or computes
# for so long, in us.
large_writes() { # sleep|compute US
	local n it short=0 attached=0
	: >"$dir/said"
	for ((n = 0; n < rounds / 2; n++)); do
		python3 -c 'import os, sys, time, signal
signal.alarm(60)
r, w = os.pipe()
size, times = 400000, 60
how, pause = sys.argv[1], int(sys.argv[2]) / 1e6
if os.fork() == 0:
    os.close(w)
    while os.read(r, 65536):
        time.sleep(0.0007)
    os._exit(0)
os.close(r)
short = 0
for i in range(times):
    if how == "sleep":
        time.sleep(pause)
    end = time.monotonic() + pause
    while how == "compute" and time.monotonic() < end:
        pass
    n = os.write(w, b"y" * size)
    short += n != size
    if n != size: os.write(w, b"y" * (size - n))
print(short)' "$@" >"$dir/got" 2>&1 &
		it=$!
		while kill -0 "$it" 2>/dev/null; do
			timeout -s INT 0.2 "$IPCLAB" watch --json -p "$it" 2>&1 | grep '"what":"cut-short"' >>"$dir/said"
			attached=$((attached + 1))
		done
		wait "$it" || { cat "$dir/got"; return 1; }
		short=$((short + $(cat "$dir/got")))
	done
	echo "$short of $((60 * n)) large writes were cut short, $attached times attached, said of $(wc -l <"$dir/said")"
	[ "$attached" -ge $((2 * n)) ] && [ "$short" -le $((n / 12)) ] && [ "$(wc -l <"$dir/said")" -ge "$short" ]
}

large_writes_are_whole() {
	command -v python3 >/dev/null || { echo "skipped: no python3"; return 0; }
	large_writes sleep 300 && large_writes compute 3000
}

# Who sleeps in a large write when we come, and for long, is left there: that is said, and so is when it is followed.
left_in_a_write() {
	command -v python3 >/dev/null || { echo "skipped: no python3"; return 0; }
	rm -f "$dir/ready"
	python3 -c 'import os, sys, time, threading
r, w = os.pipe()
def reader():
    time.sleep(2)
    left = 300000
    while left: left -= len(os.read(r, 65536))
threading.Thread(target=reader).start()
open(sys.argv[1], "w").close()
print(os.write(w, b"y" * 300000), flush=True)
time.sleep(0.6)' "$dir/ready" >"$dir/got" &
	local it=$!
	for ((n = 0; n < 100; n++)); do [ -e "$dir/ready" ] && break; sleep 0.05; done # a python3 of a loaded machine
	sleep 0.3
	timeout 10 "$IPCLAB" watch -p "$it" >"$dir/said" 2>&1
	wait "$it"
	grep -q '^\^C lets go unharmed. Killed by SIGKILL, ipclab may leave a call with EINTR.$' "$dir/said" || { cat "$dir/said"; return 1; }
	grep -q '^300000$' "$dir/got" && grep -q 'P1 may be in the middle of a large write' "$dir/said" &&
		grep -q 'P1 is followed from here on' "$dir/said" || { cat "$dir/got" "$dir/said"; return 1; }
}

# Without the filter every call stops: those that it leaves out are no operations here either.
no_more_is_told_than_with_the_filter() {
	bash -c 'for ((i = 0; i < 5; i++)); do sleep 0.2; date >/dev/null; done' &
	local it=$!
	sleep 0.1
	"$IPCLAB" watch -p $it >"$dir/said" 2>&1
	wait $it
	grep -q '/usr/bin/date\|/bin/date' "$dir/said" && ! grep 'mapped memory\|futex' "$dir/said"
}

# A process that is not watched splices into the pipe that ours reads, and keeps its lock for 1.5 s: whoever asks about the pipe
# sleeps as long. We do not, say so, and leave nobody behind.
splice_outside() {
	local targets=$IPCLAB_BUILD/tests/live/targets took
	[ "$("$targets/splice_outside" "$IPCLAB" watch -- sh -c 'sleep 0.3; sleep 0.3; cat' 2>"$dir/said")" = hello ] &&
		grep -q '^What pipe1 holds is not known' "$dir/said" || { cat "$dir/said"; return 1; }
	"$targets/splice_outside" sh -c 'sleep 0.7; sleep 0.9; cat' >"$dir/got" &
	local it=$! child
	sleep 0.3
	child=$(pgrep -P $it -x sh)
	took=$(date +%s%N)
	timeout -s INT 0.4 "$IPCLAB" watch -p "$child" >"$dir/said" 2>&1
	timeout 5 "$IPCLAB" why -p "$child" >"$dir/why" 2>&1
	took=$((($(date +%s%N) - took) / 1000000))
	wait $it || { echo "status $?"; return 1; }
	[ "$(cat "$dir/got")" = hello ] && grep -q '^What pipe1 holds is not known' "$dir/said" && [ $took -lt 1100 ] && [ -s "$dir/why" ] ||
		{ cat "$dir/got" "$dir/said" "$dir/why"; echo "took $took ms"; return 1; }
	sleep 0.3
	local stat parent name left=0 # not those of others' ipclabs that run, nor whose end nobody has collected yet
	while read -r stat parent name; do
		[ "$name" = ipclab-ask ] && [ "${stat:0:1}" != Z ] && [ "$parent" = 1 ] && left=1
	done < <(ps -eo stat=,ppid=,comm=)
	[ $left = 0 ] || { echo "a helper is left"; return 1; }
}

refused() { # CODE WORDS PID
	local code=0
	"$IPCLAB" watch --quiet -p "$3" >"$dir/out" 2>&1 || code=$?
	[ "$code" = "$1" ] && grep -q -- "$2" "$dir/out" && return
	echo "exit code $code, said: $(cat "$dir/out")"
	return 1
}

refusals() {
	refused 2 "there is no process 4194000" 4194000 || return 1
	refused 2 "not 'x'" x || return 1
	[ ! -d /proc/2 ] || ! grep -q kthreadd /proc/2/comm || refused 2 "thread of the kernel" 2 || return 1
	bash -c 'sleep 0.1 & exec sleep 5' &
	local parent=$!
	sleep 0.3
	local dead
	dead=$(ps -o pid= --ppid $parent)
	refused 2 "has ended already" "${dead// /}" || return 1
	"$IPCLAB" watch --quiet -p $parent &
	local watcher=$!
	sleep 0.5
	refused 3 "traces it already" $parent || return 1
	kill -INT $watcher
	wait $watcher || { echo "^C: exit code $?"; return 1; }
	kill $parent
	wait $parent 2>/dev/null
	if [ "$(id -u)" -eq 0 ] && command -v setpriv >/dev/null; then
		sleep 5 &
		local foreign=$! code=0
		chmod 755 "$dir"
		setpriv --reuid=65534 --regid=65534 --clear-groups "$IPCLAB" watch --quiet -p $foreign >"$dir/out" 2>&1 || code=$?
		kill $foreign
		[ $code = 3 ] && grep -q "it belongs to user root" "$dir/out" || { echo "foreign: $code"; cat "$dir/out"; return 1; }
	fi
	local code=0
	"$IPCLAB" watch -p 1 -- true >"$dir/out" 2>&1 || code=$?
	[ $code = 2 ] && grep -q "not both" "$dir/out"
}

check "a pipeline goes on when ipclab is killed ($rounds times)" pipeline_is_killed
check "a pipeline goes on when ipclab is told to stop" pipeline_is_let_go
check "a pipeline that ends while it is watched" pipeline_ends_watched
check "a server goes on answering when ipclab is killed ($rounds times)" server_is_killed
check "calls that are never restarted sleep on" sleepers_sleep_on
check "a sleep that was broken off is still that sleep" sleep_broken_off
check "a child that ends unheard" child_ends_unheard
check "large writes come back whole" large_writes_are_whole
check "who is in a large write is left there, and that is said" left_in_a_write
check "no more is told than with the filter" no_more_is_told_than_with_the_filter
check "a splice outside keeps nobody waiting" splice_outside
check "what cannot be attached to, and why" refusals
finish
