# SPDX-License-Identifier: GPL-3.0-or-later
# Another witness: for programs that go one way only, what each task did on pipes, in order, with its
# results, is exactly what strace saw. strace -y says of each descriptor what it leads to, so neither
# side's list rests on ours. Pids are left out: a task is the list of what it did.
source "$IPCLAB_SRC/tests/live/lib.sh"
source "$IPCLAB_SRC/tests/live/watch.sh"
command -v strace >/dev/null || skip "no strace here (apt install strace)"
can_trace || skip "tracing does not work here: $(head -n 1 "$dir/err")"
strace -f -y -o /dev/null true 2>/dev/null || skip "strace does not work here"

targets=$IPCLAB_BUILD/tests/live/targets
calls=read,write,readv,writev,pipe,pipe2,close,dup,dup2,dup3,splice,tee,vmsplice,sendfile

# by_task: lines "TASK CALL FD RESULT" in order of their ends -> one line a task, sorted.
by_task() {
	awk '{task = $1; sub(/^[^ ]+ /, ""); did[task] = did[task] "; " $0} END {for (t in did) print did[t]}' | LC_ALL=C sort
}

# The calls of a strace -f -y -o file that have a pipe among their arguments.
from_strace() {
	awk '
	{ pid = $1; sub(/^[0-9]+ +/, "") }
	/<unfinished \.\.\.>$/ { sub(/ *<unfinished \.\.\.>$/, ""); begun[pid] = $0; next }
	/^<\.\.\. [a-z0-9_]+ resumed>/ { sub(/^<\.\.\. [a-z0-9_]+ resumed>/, ""); $0 = begun[pid] $0 }
	/<pipe:\[/ && / = -?[0-9]/ {
		call = $0; sub(/\(.*/, "", call)
		fd = $0; sub(/^[a-z0-9_]+\(/, "", fd)
		gsub(/<[^>]*>/, "", fd)
		if (call == "sendfile") sub(/^[0-9]+, /, "", fd) # we name the source, as for splice
		if (call ~ /^pipe/) { sub(/\].*/, "]", fd); gsub(/ /, "", fd) } else sub(/[^0-9].*/, "", fd)
		result = $0; sub(/.* = /, "", result); sub(/<.*/, "", result); split(result, word, " ")
		print pid, call, fd, (word[1] < 0 ? word[2] : word[1])
	}' "$1"
}

# The same from watch --json.
from_watch() {
	awk '
	function field(name, text) {
		if (!match($0, "\"" name "\":(\\[[^]]*\\]|\"[^\"]*\"|[^,}]*)")) return ""
		text = substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 3)
		gsub(/"/, "", text)
		return text
	}
	BEGIN { split("'"$calls"'", names, ","); for (i in names) wanted[names[i]] }
	field("kind") == "exit" && field("object") ~ /^pipe/ && field("call") in wanted {
		call = field("call")
		print field("actor"), call, (call ~ /^pipe/ ? field("fds") : field("fd")), (field("errno") != "" ? field("errno") : field("ret"))
	}' "$1"
}

for name in births cloexec close_range dup_chain edges nonblock orphan packets sigpipe splices; do
	strace -f -y -e "trace=$calls" -e signal=none -o "$dir/strace" "$targets/$name" >"$dir/out" 2>"$dir/err" </dev/null
	"$IPCLAB" watch --json -- "$targets/$name" >"$dir/json" 2>"$dir/err" </dev/null
	from_strace "$dir/strace" | by_task >"$dir/theirs"
	from_watch "$dir/json" | by_task >"$dir/ours"
	out=$(diff "$dir/theirs" "$dir/ours")
	check "$name: strace saw the same" out_is ""
	check "$name: there is something to compare" test "$(tr -cd ';' <"$dir/ours" | wc -c)" -ge 4
done
finish
