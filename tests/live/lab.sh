# SPDX-License-Identifier: GPL-3.0-or-later
# For the tests of a lab in plain mode, after lib.sh: started beside the test, marked by a variable
# of its environment, so that everything of it can be found again whatever dies.

mark=IPCLAB_TEST_MARK=$$.$RANDOM

# lab_start: the lab `pipe`, reading commands from the descriptor $to.
lab_start() {
	rm -f "$dir/commands"
	mkfifo "$dir/commands"
	env "$mark" "${lab_prefix[@]}" "$IPCLAB" lab pipe --plain <"$dir/commands" >"$dir/lab.out" 2>&1 &
	lab=$!
	exec {to}>"$dir/commands"
}

# lab_says TEXT: waits until it has, at most 10 s.
lab_says() {
	local tries
	for ((tries = 0; tries < 500; tries++)); do
		grep -q -- "$1" "$dir/lab.out" && return
		sleep 0.02
	done
	return 1
}

# marked: pids of what is left of the lab (zombies have no environment).
marked() {
	grep -lz -- "^$mark\$" /proc/[0-9]*/environ 2>/dev/null | cut -d / -f 3
}

# marked_ipclab: reader, screen, engine: those that run ipclab itself, are traced by nobody and do not clear away after others.
marked_ipclab() {
	local pid
	for pid in $(marked); do
		[ "$(readlink "/proc/$pid/exe")" = "$(readlink -f "$IPCLAB")" ] || continue
		case $(cat "/proc/$pid/comm") in ipclab-guard | ipclab-sweep) continue ;; esac
		grep -q '^TracerPid:[[:space:]]*0$' "/proc/$pid/status" 2>/dev/null && echo "$pid"
	done
}

# lab_gone [PID]: nothing is left, but for PID and the guard of its folder, which ends after it.
lab_gone() {
	local pid
	for pid in $(marked); do
		[ "$pid" = "${1:-none}" ] && continue
		[ -n "${1:-}" ] && [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = ipclab-guard ] && continue
		return 1
	done
}

# lab_gone_within SECONDS [PID]: and how long it took, in $took ms.
lab_gone_within() {
	local begin now
	begin=${EPOCHREALTIME/./}
	while :; do
		now=${EPOCHREALTIME/./}
		took=$(((now - begin) / 1000))
		lab_gone "${2:-}" && return
		((took < $1 * 1000)) || return 1
		sleep 0.01
	done
}

lab_end() {
	exec {to}>&-
	wait "$lab" 2>/dev/null
	status=$?
}
lab_prefix=()
