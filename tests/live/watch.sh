# SPDX-License-Identifier: GPL-3.0-or-later
# For the tests of `ipclab watch`, after lib.sh: a command by itself and watched must come to the same.

# sees_the_same NAME COMMAND...: same standard output, standard error and status bare, watched
# quietly, and watched with --json (standard output goes to standard error there); no drift, and
# something to explain when $explains is not empty. Unknown calls are right in programs that use
# sockets, as tar does to ask for names of users.
sees_the_same() {
	local name=$1
	shift
	timeout 120 "$@" >"$dir/bare.out" 2>"$dir/bare.err" <"${input:-/dev/null}"
	bare=$?
	run_watched --quiet -- "$@"
	check "$name: status as without ipclab ($bare)" status_is "$bare"
	check "$name: output as without ipclab" cmp "$dir/bare.out" "$dir/out"
	check "$name: messages as without ipclab" cmp "$dir/bare.err" "$dir/err"
	run_watched --json -- "$@"
	check "$name: status as without ipclab ($bare), with --json" status_is "$bare"
	total=$(tail -n 1 "$dir/out")
	check "$name: $total" total_is_clean
	[ -z "${explains:-}" ] || check "$name: something is explained: $total" total_explains
}

# run_watched OPTIONS... -- COMMAND...: as lib.sh's run, with $input as standard input.
run_watched() {
	timeout 280 "$IPCLAB" watch "$@" >"$dir/out" 2>"$dir/err" <"${input:-/dev/null}"
	status=$?
	out=$(tail -c 2000 "$dir/out" | tr -d '\0')
	err=$(tail -c 2000 "$dir/err" | tr -d '\0')
}

total_is_clean() { [[ $total == *'"kind":"total"'*'"drift":0,'* ]]; }
total_knows_all() { [[ $total == *'"unknown":0}' ]]; }
total_explains() { [[ $total =~ \"explained\":[1-9] ]]; }

# The sandbox of a build may refuse ptrace altogether.
can_trace() { "$IPCLAB" watch --quiet -- true 2>"$dir/err" </dev/null; }
not_grep() { ! grep -q "$1" "$2"; }
