# SPDX-License-Identifier: GPL-3.0-or-later
# kill -9 of the engine or of the reader at moments picked by chance while a lab plays: one second
# later nothing of the lab is left. Six times; sixty in a soak.
source "$IPCLAB_SRC/tests/live/lib.sh"
source "$IPCLAB_SRC/tests/live/lab.sh"

times=6
[ -n "${IPCLAB_SOAK:-}" ] && times=60
RANDOM=${IPCLAB_SEED:-$$}
worst=0

# A lab that was let be ends by itself and leaves nothing: else the rest shows nothing.
lab_start
echo "step P1" >&"$to"
lab_says poised || skip "a lab cannot be run here: $(head -n 1 "$dir/lab.out")"
check "a lab has an engine of its own" test "$(marked_ipclab | wc -l)" -ge 2
lab_end
check "a lab that ends leaves nothing" lab_gone_within 1

for ((i = 1; i <= times; i++)); do
	lab_start
	printf 'step P1\nplay 20x\n' >&"$to"
	lab_says Held
	sleep "0.$(printf %03d $((RANDOM % 250)))"
	mapfile -t ours < <(marked_ipclab)
	victim=${ours[$((RANDOM % ${#ours[@]}))]:-}
	role=engine
	[ "$victim" = "$lab" ] && role=reader
	out="victim $victim ($role) of ${ours[*]}, run $i"
	check "there is somebody to kill" test -n "$victim"
	kill -9 "$victim" 2>/dev/null
	if [ $role = engine ]; then
		# The reader stays, to look back with; it owns no watched process. Told to move, it says so.
		check "one second after kill -9 of the engine only the reader is left" lab_gone_within 1 "$lab"
		echo "step P1" >&"$to"
		check "the reader says that the engine is gone" lab_says engine
		exec {to}>&-
		check "and ends with its input" lab_gone_within 1
	else
		check "nothing is left one second after kill -9 of the reader" lab_gone_within 1
	fi
	((took > worst)) && worst=$took
	for pid in $(marked); do kill -9 "$pid" 2>/dev/null; done
	lab_end 2>/dev/null
done
echo "worst: $worst ms"
finish
