# SPDX-License-Identifier: GPL-3.0-or-later
# ipclab why -p stops nothing: strace, attached to the one that is looked at, is the witness. In a pid namespace of its own a
# lock's owner is named by the number it has there.
source "$IPCLAB_SRC/tests/live/lib.sh"
command -v strace >/dev/null || skip "strace is not installed"
targets=$IPCLAB_BUILD/tests/live/targets
pids=()
trap 'for p in "${pids[@]}"; do kill -9 "$p" 2>/dev/null; done; rm -rf "$dir"' EXIT

# asleep PID: at most 5 s.
asleep() {
	for _ in $(seq 100); do
		[[ $(cut -d' ' -f3 "/proc/$1/stat" 2>/dev/null) == S ]] && return
		sleep 0.05
	done
	return 1
}
runs() { cat /proc/"$1"/task/*/schedstat | cut -d' ' -f3 | tr '\n' ' '; }
same_runs() { [ "$(runs "$hang")" = "$ran" ]; }
silent() { [ ! -s "$dir/trace" ] || ! grep -qvE 'resuming interrupted|<unfinished|<detached|^read\(' "$dir/trace"; }

"$targets/hang_self" </dev/null >/dev/null 2>&1 &
hang=$!
pids+=("$hang")
asleep "$hang"
ran=$(runs "$hang")
run timeout 20 "$IPCLAB" why -p "$hang"
check "it hangs" status_is 1
check "the verdict comes first" out_begins "HANG  1 process, nobody left who could wake it"
check "what was stopped" out_has "stopped nothing."
check "it has not run" same_runs

strace -qq -o "$dir/trace" -p "$hang" &
witness=$!
for _ in $(seq 100); do
	grep -q "^TracerPid:	[1-9]" "/proc/$hang/status" && break
	sleep 0.05
done
sleep 0.2
before=$(wc -l <"$dir/trace")
for _ in 1 2 3; do timeout 20 "$IPCLAB" why -p "$hang" --json >"$dir/json"; done
timeout 20 "$IPCLAB" why -n "$(cat /proc/"$hang"/comm)" >"$dir/named"
nothing_more() { [ "$(wc -l <"$dir/trace")" -eq "$before" ]; }
check "strace saw no signal, no stop, no call" nothing_more
check "and nothing but the read it sleeps in" silent
kill "$witness"
wait "$witness" 2>/dev/null
check "by name as well" grep -q "^HANG" "$dir/named"
json_is_sound() { python3 -c 'import json,sys; d=json.load(open(sys.argv[1])); assert d["verdict"]=="HANG" and d["stopped"]==[] and d["cycles"]==[["P1"]], d' "$dir/json"; }
check "the JSON says so" json_is_sound

if unshare -pf --mount-proc true 2>/dev/null; then
	unshare -pf --mount-proc "$targets/hang_locks" </dev/null >/dev/null 2>&1 &
	outer=$!
	pids+=("$outer")
	asleep "$outer"
	inner=$(cat /proc/"$outer"/task/*/children | tr -d ' ')
	pids+=("$inner")
	sleep 0.4
	run timeout 20 "$IPCLAB" why -p "$inner"
	check "locks in a pid namespace: HANG" out_begins "HANG  3 threads"
	check "owners are found" out_has "is held"
	check "the joined thread is found" out_has "pthread_join"
else
	echo "skipped: no pid namespace is to be had"
fi
finish
