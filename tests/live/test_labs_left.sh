#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Nothing is left behind, whatever way a lab is left at whatever step: quit, ^C, kill -9, in plain mode; q, ^C and
# kill -9 on the screen. No process, no file (FIFO, socket), no shared memory, queue or semaphore, no port. In a namespace
# of our own, so that what others make is not counted. In check every third step one way, in a soak every step every way.
source "${IPCLAB_SRC:?}/tests/live/lib.sh" || exit 1
if [ -z "${IPCLAB_ALONE:-}" ]; then
	unshare -Urimnp --fork --mount-proc true 2>/dev/null || skip "no user namespaces here: what is left could be somebody else's"
	trap - EXIT
	rm -rf "$dir"
	IPCLAB_ALONE=1 exec unshare -Urimnp --fork --mount-proc bash "$0"
fi
export XDG_STATE_HOME=$dir/state XDG_RUNTIME_DIR=$dir/run TERM=xterm
export IPCLAB_LEFT_MARK=$dir
mkdir -p "$dir/run"
mount -t tmpfs none /dev/shm || skip "no /dev/shm of our own"
mkdir "$dir/mqueue" && mount -t mqueue none "$dir/mqueue" 2>/dev/null
trap 'umount -l "$dir/mqueue" 2>/dev/null; rm -rf "$dir"' EXIT
command -v ip >/dev/null && ip link set lo up
command -v script >/dev/null || skip "no script here (apt install bsdutils)"

# left: what is there of ours, one a line; nothing when all is gone.
left() {
	local p
	# Whoever runs ipclab, its engine, guard or keeper, or a lab's program; ours alone are in this namespace.
	for p in $(grep -lz "^IPCLAB_LEFT_MARK=$dir$" /proc/[0-9]*/environ 2>/dev/null | cut -d/ -f3); do
		case $(cat "/proc/$p/comm" 2>/dev/null) in
		"" | bash | grep | cut | cat | ls | sed | tail | awk | sleep | script) ;;
		*) echo "process $p $(cat "/proc/$p/comm" 2>/dev/null)" ;;
		esac
	done
	ls -d "$dir"/run/ipclab-lab-* 2>/dev/null
	ls -A /dev/shm | sed 's/^/shm /'
	ls -A "$dir/mqueue" | sed 's/^/mq /'
	tail -qn +2 /proc/sysvipc/shm /proc/sysvipc/msg /proc/sysvipc/sem | sed 's/^/sysv /'
	tail -qn +2 /proc/net/tcp /proc/net/udp | awk '$4 == "0A" || $4 == "07" { print "port", $2 }'
}

# nothing_left WHAT: within two seconds.
nothing_left() {
	local i there
	for ((i = 0; i < 40; i++)); do
		there=$(left)
		[ -z "$there" ] && return 0
		sleep 0.05
	done
	echo "left: $there"
	return 1
}

# type KEYS: to what reads fd 7, if it still does.
type_keys() {
	(
		trap '' PIPE
		printf "$1" >&7
	) 2>/dev/null
}
keys='\rs\r1\rs\r'

# plain LAB STEP WAY
plain() {
	local i pid
	mkfifo "$dir/in" && : >"$dir/out"
	"$IPCLAB" lab "$1" --plain --step "$2" <"$dir/in" >"$dir/out" 2>&1 &
	pid=$!
	exec 7>"$dir/in"
	type_keys 'do\n1\ndo\nlook\n'
	for ((i = 0; i < 200; i++)); do
		grep -q '^\(Held\|Ended\), at' "$dir/out" && break
		sleep 0.02
	done
	case $3 in
	quit) type_keys 'quit\n' ;;
	INT) kill -INT "$pid" 2>/dev/null && sleep 0.1 && kill -INT "$pid" 2>/dev/null ;;
	KILL) kill -KILL "$pid" 2>/dev/null ;;
	esac
	exec 7>&-
	wait "$pid" 2>/dev/null
	rm -f "$dir/in"
}

# screen LAB STEP WAY
screen() {
	local i pid ours
	mkfifo "$dir/in" && : >"$dir/out"
	script -qfec "stty rows 24 cols 80; exec '$IPCLAB' lab $1 --step $2" "$dir/out" <"$dir/in" >/dev/null 2>&1 &
	pid=$!
	exec 7>"$dir/in"
	for ((i = 0; i < 200; i++)); do
		grep -q 'Stage' "$dir/out" && break
		sleep 0.02
	done
	type_keys "$keys"
	sleep 0.2
	ours=$(pgrep -P "$pid" | head -1)
	case $3 in
	q) type_keys q && sleep 0.2 && type_keys 'y\rq' ;;
	INT) type_keys '\003' && sleep 0.1 && type_keys '\003' ;;
	KILL) # the keeper, and at once what it keeps
		kill -KILL "$ours" $(pgrep -P "$ours") 2>/dev/null ;;
	esac
	for ((i = 0; i < 100; i++)); do
		[ -d "/proc/$ours" ] || break
		sleep 0.02
	done
	exec 7>&-
	kill "$pid" 2>/dev/null
	wait "$pid" 2>/dev/null
	rm -f "$dir/in"
}

run "$IPCLAB" labs
ids=${IPCLAB_LAB:-$(cut -d: -f1 <<<"$out")}
ways=("plain quit" "plain INT" "plain KILL" "screen q" "screen INT" "screen KILL")
turn=0
n=0
check "nothing is there at first" nothing_left
for id in $ids; do
	guide=$(echo "$IPCLAB_SRC"/labs/[0-9]*-"$id"/lab.md)
	steps=$(grep -c '^## ' "$guide")
	for ((step = 1; step <= steps; step++)); do
		for ((w = 0; w < ${#ways[@]}; w++)); do
			[ -n "${IPCLAB_SOAK:-}${IPCLAB_LAB:-}" ] || ((turn % 3 == 0 && w == turn / 3 % ${#ways[@]})) || continue
			read -r how way <<<"${ways[w]}"
			"$how" "$id" "$step" "$way"
			check "$id, step $step, $how, $way: nothing is left" nothing_left
			n=$((n + 1))
		done
		turn=$((turn + 1))
	done
done
echo "left $n times"
umount "$dir/mqueue" 2>/dev/null
finish
