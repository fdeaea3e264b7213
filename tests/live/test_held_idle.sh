# SPDX-License-Identifier: GPL-3.0-or-later
# A held lab that nobody plays makes no system call. strace is the witness.
source "$IPCLAB_SRC/tests/live/lib.sh"
source "$IPCLAB_SRC/tests/live/lab.sh"
command -v strace >/dev/null || skip "no strace here (apt install strace)"

seconds=3
[ -n "${IPCLAB_SOAK:-}" ] && seconds=10

out_is_number_above_0() { [[ $out =~ ^[0-9]+$ && $out -gt 0 ]]; }

# calls_made: by all of ipclab's processes within that time.
calls_made() {
	local pids=() pid
	for pid in $(marked_ipclab); do pids+=(-p "$pid"); done
	[ ${#pids[@]} -gt 0 ] || { echo "nobody"; return; }
	timeout -s INT "$seconds" strace -c -f -o "$dir/count" "${pids[@]}" 2>"$dir/strace.err"
	[ -e "$dir/count" ] || { echo "strace: $(head -n 1 "$dir/strace.err")"; return; }
	awk '$NF == "total" {total = $(NF - 1) ~ /^[0-9]+$/ ? $3 == "" ? 0 : $4 : 0} END {print total + 0}' "$dir/count"
}

lab_start
echo "step P1" >&"$to"
lab_says poised || skip "a lab cannot be run here: $(head -n 1 "$dir/lab.out")"
sleep 0.5
check "engine and reader are there" test "$(marked_ipclab | wc -l)" -ge 2
out=$(calls_made)
err=$(cat "$dir/count" 2>/dev/null)
check "held, with a pipe as input: no call in $seconds s" out_is 0
# The witness is awake: answering one command is seen.
(sleep 1 && echo look >&"$to") &
out=$(calls_made)
check "it still answers" lab_says "Held, at event"
check "and strace sees that" out_is_number_above_0
lab_end

# The same at a prompt on a terminal.
if command -v script >/dev/null; then
	mkfifo "$dir/typed"
	env "$mark" script -qfec "'$IPCLAB' lab pipe --plain" "$dir/typescript" <"$dir/typed" >"$dir/lab.out" 2>&1 &
	lab=$!
	exec {to}>"$dir/typed"
	echo "step P1" >&"$to"
	lab_says poised
	sleep 0.5
	out=$(calls_made)
	err=$(cat "$dir/count" 2>/dev/null)
	check "held, at a prompt: no call in $seconds s" out_is 0
	echo quit >&"$to"
	lab_end
	check "and then it ends" lab_gone_within 2
else
	echo "skipped: no script(1) to make a terminal with"
fi
finish
