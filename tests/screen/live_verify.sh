#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# `ipclab lab pipe --verify`, and bounded-buffer's, give the same answer whatever else the machine does: beside two
# busy loops a processor, and on one processor with them. A few times each; fifty in a soak.
source "${IPCLAB_SRC:?}/tests/live/lib.sh" || exit 1
export XDG_STATE_HOME=$dir/state
command -v taskset >/dev/null || skip "no taskset here (apt install util-linux)"


# Each ends by itself, should this script not come to its end.
busy=()
busy_begin() {
	local i
	for ((i = 0; i < 2; i++)); do
		timeout 3600 "$@" bash -c 'while :; do :; done' &
		busy+=($!)
	done
}
busy_end() {
	[ ${#busy[@]} -eq 0 ] || kill "${busy[@]}" 2>/dev/null
	wait "${busy[@]}" 2>/dev/null
	busy=()
}
trap 'busy_end; rm -rf "$dir"' EXIT

# verify COMMAND...: that many times; the slowest in $slowest ms.
verify() {
	local i began took
	slowest=0
	for ((i = 1; i <= times; i++)); do
		began=${EPOCHREALTIME/./}
		run "$@" "$IPCLAB" lab "$lab" --verify
		took=$(((${EPOCHREALTIME/./} - began) / 1000))
		((took > slowest)) && slowest=$took
		check "$lab, run $i under load: it holds" status_is 0
		check "$lab, run $i under load: and says so" out_has "All of it holds."
	done
}

first=$(taskset -pc $$ | sed 's/.*: //; s/[-,].*//')
for lab in pipe bounded-buffer; do
	times=5
	[ "$lab" = pipe ] || times=2
	[ -n "${IPCLAB_SOAK:-}" ] && times=50
	verify env
	echo "$lab, alone: $times times, slowest $slowest ms"
	busy_begin env
	verify env
	echo "$lab, beside two busy loops: $times times, slowest $slowest ms"
	busy_end
	busy_begin taskset -c "$first"
	verify taskset -c "$first"
	echo "$lab, on one processor, beside two busy loops: $times times, slowest $slowest ms"
	busy_end
done
finish
