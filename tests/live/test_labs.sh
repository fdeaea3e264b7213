#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Every lab there is, driven by its own guide: once, and once on one processor. In a soak fifty times
# each: alone, beside two busy loops, and on one processor with them. A new lab needs no line here.
source "${IPCLAB_SRC:?}/tests/live/lib.sh" || exit 1
export XDG_STATE_HOME=$dir/state
command -v taskset >/dev/null || skip "no taskset here (apt install util-linux)"

times=1
[ -n "${IPCLAB_SOAK:-}" ] && times=50

# Busy loops end by themselves, should this script not come to its end.
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

# verify LAB HOW COMMAND...
verify() {
	local lab=$1 how=$2 i began took slowest=0
	shift 2
	for ((i = 1; i <= times; i++)); do
		began=${EPOCHREALTIME/./}
		run timeout 120 "$@" "$IPCLAB" lab "$lab" --verify
		took=$(((${EPOCHREALTIME/./} - began) / 1000))
		((took > slowest)) && slowest=$took
		check "$lab, $how, run $i: it holds" status_is 0
		check "$lab, $how, run $i: and says so" out_has "All of it holds."
	done
	echo "$lab, $how: $times times, slowest $slowest ms"
}

run "$IPCLAB" labs
labs=$(cut -d: -f1 <<<"$out")
check "there are labs" [ "$(wc -w <<<"$labs")" -ge 6 ]
first=$(taskset -pc $$ | sed 's/.*: //; s/[-,].*//')
for lab in ${IPCLAB_LAB:-$labs}; do
	verify "$lab" alone env
	verify "$lab" "on one processor" taskset -c "$first"
	[ -n "${IPCLAB_SOAK:-}" ] || continue
	busy_begin env
	verify "$lab" "beside two busy loops" env
	busy_end
	busy_begin taskset -c "$first"
	verify "$lab" "on one processor with two busy loops" taskset -c "$first"
	busy_end
done
finish
