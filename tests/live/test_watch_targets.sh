# SPDX-License-Identifier: GPL-3.0-or-later
# Small programs that say what they saw: the same with and without ipclab.
source "$IPCLAB_SRC/tests/live/lib.sh"
source "$IPCLAB_SRC/tests/live/watch.sh"
can_trace || skip "tracing does not work here: $(head -n 1 "$dir/err")"

targets=$IPCLAB_BUILD/tests/live/targets
explains=yes
for name in births broken_off cloexec close_range dev_fd dup_chain edges eintr events fifo_open file_locks long_write nonblock orphan packets \
	inet_more signals sigpipe splice_waits splices stopped thread_exec threads timed_calls timeouts unix_more unix_pair unix_rights unix_server waits; do
	sees_the_same "$name" "$targets/$name"
	check "$name: every call is known: $total" total_knows_all
	check "$name: nothing NOT OK" not_grep "NOT OK" "$dir/bare.out"
done
explains=
sees_the_same ends "$targets/ends"

# A name may come at any moment of an open's look at it: each of these opens is told, of a FIFO or of nothing.
run_watched --json -- "$targets/fifo_flicker" 10000
total=$(tail -n 1 "$dir/out")
check "a FIFO that comes and goes: $total" total_is_clean
check "a FIFO that comes and goes: every call is known: $total" total_knows_all
check "a FIFO that comes and goes: each open is told" [ "$(grep -c '"actor":"P1","kind":"enter","call":"openat"' "$dir/out")" -eq 10000 ]

# The program's standard input is its own.
seq 1000 >"$dir/numbers"
input=$dir/numbers
sees_the_same "standard input" sort -rn
input=

if "${CC:-gcc}" -m32 -nostdlib -static -o "$dir/foreign" "$IPCLAB_SRC/tests/live/targets/foreign.c" 2>/dev/null &&
	"$dir/foreign" >/dev/null; [ $? -eq 5 ]; then
	run_watched --quiet -- "$dir/foreign"
	check "a 32-bit program runs" status_is 5
	check "a 32-bit program prints" out_has foreign
else
	echo "skipped: 32-bit programs cannot be built or run here"
fi
finish
