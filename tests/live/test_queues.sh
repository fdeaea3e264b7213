# SPDX-License-Identifier: GPL-3.0-or-later
# Message queues and System V IPC: programs that say what they saw, the same with and without ipclab.
source "$IPCLAB_SRC/tests/live/lib.sh"
source "$IPCLAB_SRC/tests/live/watch.sh"
can_trace || skip "tracing does not work here: $(head -n 1 "$dir/err")"

targets=$IPCLAB_BUILD/tests/live/targets
explains=yes
for name in queue_posix queue_sysv; do
	sees_the_same "$name" "$targets/$name"
	check "$name: every call is known: $total" total_knows_all
	check "$name: nothing NOT OK" not_grep "NOT OK" "$dir/bare.out"
done

# Of another ipc namespace the ids are followed and never asked.
if unshare --ipc true 2>/dev/null; then
	sees_the_same "another namespace" unshare --ipc "$targets/queue_sysv"
	check "another namespace: every call is known: $total" total_knows_all
	sees_the_same "another namespace, POSIX" unshare --ipc "$targets/queue_posix"
else
	echo "skipped: no ipc namespace can be made here"
fi

# An outsider takes a message: that is no drift.
run_watched --quiet --json -- bash -c 'id=$(ipcmk -Q | grep -o "[0-9]*$"); ipcrm -q $id; ipcs -q >/dev/null'
check "ipcmk, ipcrm, ipcs: drift 0" [ "$status" -eq 0 ]
check "nothing is left behind" [ -z "$(ipcs -q -s -m | grep "^0x1b[cd]")" ]
finish
