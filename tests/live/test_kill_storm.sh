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

# The engine killed while all is held: the next move is refused with a sentence.
lab_start
echo "step P1" >&"$to"
lab_says poised
for pid in $(marked_ipclab); do [ "$pid" = "$lab" ] || kill -9 "$pid"; done
check "nothing but the reader is left" lab_gone_within 1 "$lab"
printf 'step P1\nback\n' >&"$to"
lab_says "event 1 of"
lab_end
out=$(cat "$dir/lab.out")
err=
check "the reader says that the engine is gone" out_has engine
check "the status says so too" status_is 125

for ((i = 1; i <= times; i++)); do
	lab_start
	printf 'step P1\nplay 20x\n' >&"$to"
	lab_says poised
	sleep "0.$(printf %03d $((RANDOM % 250)))"
	mapfile -t ours < <(marked_ipclab)
	victim=${ours[$((RANDOM % ${#ours[@]}))]:-}
	role=engine
	[ "$victim" = "$lab" ] && role=reader
	out="victim $victim ($role) of ${ours[*]}, run $i"
	check "there is somebody to kill" test -n "$victim"
	kill -9 "$victim" 2>/dev/null
	if [ $role = engine ]; then
		# The reader stays, to look back with; no watched process is left.
		check "one second after kill -9 of the engine only the reader is left" lab_gone_within 1 "$lab"
		exec {to}>&-
		check "the reader ends with its input" lab_gone_within 1
	else
		check "nothing is left one second after kill -9 of the reader" lab_gone_within 1
	fi
	((took > worst)) && worst=$took
	for pid in $(marked); do kill -9 "$pid" 2>/dev/null; done
	lab_end 2>/dev/null
done
echo "worst: $worst ms"
finish
