# SPDX-License-Identifier: GPL-3.0-or-later
# Births, deaths, stops and kills at random; exec from threads; random calls with random arguments: every birth has its
# end, nothing of ours hangs or crashes. Counts: check / soak.
source "$IPCLAB_SRC/tests/live/lib.sh"
source "$IPCLAB_SRC/tests/live/watch.sh"
source "$IPCLAB_SRC/tests/live/lab.sh"
can_trace || skip "tracing does not work here: $(head -n 1 "$dir/err")"
targets=$IPCLAB_BUILD/tests/live
births=300 executions=30 calls=20000
[ -n "${IPCLAB_SOAK:-}" ] && births=10000 executions=1000 calls=1000000
seed=${IPCLAB_SEED:-7}

# watched COMMAND...: births and ends in the log go to $born and $ended; a hang of ours is status 124.
watched() {
	env "$mark" timeout -k 5 "${patience:-100}" "$IPCLAB" watch --json -- "$@" >"$dir/out" 2>"$dir/err" </dev/null
	status=$?
	total=$(tail -n 1 "$dir/out")
	err=$(tail -c 500 "$dir/err" | tr -d '\0')
	born=$(grep -c '"kind":"spawn"' "$dir/out")
	ended=$(grep -c '"kind":"end"' "$dir/out")
	out="$born born, $ended ended, $total"
	echo "$out"
}

watched "$targets/storm" "$births" "$seed"
check "storm: status" status_is 0
check "storm: all were told" err_has "$births born, $births died"
check "storm: no end missed" test "$born" -eq "$ended" -a "$born" -gt "$births"
check "storm: drift 0" total_is_clean
check "storm: unknown 0" total_knows_all
check "storm: something is explained" total_explains
check "storm: nothing left behind" lab_gone_within 1

# A thread that executes takes the place of its leader: of each such pair one end is told. Every fourth is the leader.
watched "$targets/storm_exec" "$executions"
check "exec from threads: status" status_is 0
check "exec from threads: it came to the last" err_has "all executed"
check "exec from threads: no end missed" test $((born - ended)) -eq $((executions - executions / 4))
check "exec from threads: drift 0" total_is_clean
check "exec from threads: unknown 0" total_knows_all

# Of random calls no rule can know all: a few results stay without an explanation, and more than a few are a rule that is wrong.
# Of 10^6 (seed 8) 1 stayed. Seen in others, and not explained: an flock that the kernel has and the world has not, a tee that
# gave EPIPE, a recvmsg that gave 0. Unknown are sockets of families that are not followed, if the kernel has them and made them: here none.
few() { # NAME MOST
	local n=${total#*\"$1\":}
	[ "${n%%[,\}]*}" -le "$2" ]
}
mkdir -m 777 "$dir/random"
chmod 755 "$dir"
cp "$targets/calls_random" "$dir/random/" || exit 1
if [ "$(id -u)" -eq 0 ]; then
	alone=(unshare -p -n -i --mount-proc --fork "--wd=$dir/random" setpriv --reuid=65534 --regid=65534 --clear-groups)
else
	alone=(unshare -U -p -n -i --mount-proc --fork "--wd=$dir/random")
fi
if "${alone[@]}" true 2>"$dir/err"; then
	patience=1000
	watched "${alone[@]}" "$dir/random/calls_random" "$calls" "$seed"
	check "random calls: status" status_is 0
	check "random calls: all were made" err_has "calls made"
	check "random calls: nobody was left stopped" err_has ", 0 left stopped"
	grep -o '[0-9]* calls made.*' "$dir/err"
	check "random calls: no end missed" test "$born" -eq "$ended" -a "$born" -gt 4
	check "random calls: something is explained" total_explains
	check "random calls: few are not" few drift $((calls / 50000 + 2))
	check "random calls: few are unknown" few unknown $((calls / 1000))
	check "random calls: nothing left behind" lab_gone_within 1
else
	echo "skipped: random calls: namespaces cannot be made here: $(head -n 1 "$dir/err")"
fi
finish
