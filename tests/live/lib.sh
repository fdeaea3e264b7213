# SPDX-License-Identifier: GPL-3.0-or-later
# For the live tests. A test is a list of `check NAME COMMAND...` and ends with `finish`.
set -u
: "${IPCLAB:?is set by make check}" "${IPCLAB_SRC:?}" "${IPCLAB_BUILD:?}"
dir=$(mktemp -d) || exit 1
exec </dev/null # make -j gives all but one job a broken pipe as standard input
trap 'rm -rf "$dir"' EXIT
checks=0
failures=0

# skip REASON: this machine cannot run the test.
skip() {
	echo "$*"
	exit 77
}

# run COMMAND...: its status goes to $status, its output to the files $dir/out and $dir/err, and
# their text to $out and $err.
run() {
	"$@" >"$dir/out" 2>"$dir/err" </dev/null
	status=$?
	out=$(tr -d '\0' <"$dir/out")
	err=$(tr -d '\0' <"$dir/err")
}

# check NAME COMMAND...: one behaviour; the command is a test on what was run last.
check() {
	local name=$1
	shift
	checks=$((checks + 1))
	"$@" && return
	failures=$((failures + 1))
	echo "FAILED $name: $*"
	printf '  status %s\n' "${status:-none}"
	printf '%s' "${out:-}" | head -20 | sed 's/^/  stdout: /'
	printf '%s\n' "${err:-}" | head -20 | sed 's/^/  stderr: /'
}

# Tests for check.
status_is() { [ "$status" -eq "$1" ]; }
out_has() { [[ $out == *"$1"* ]]; }
out_lacks() { [[ $out != *"$1"* ]]; }
out_begins() { [[ $out == "$1"* ]]; }
err_has() { [[ $err == *"$1"* ]]; }
out_is() { [ "$out" = "$1" ]; }
err_is() { [ "$err" = "$1" ]; }

finish() {
	echo "Checks: $checks, Failures: $failures, Errors: 0"
	exit $((failures > 0))
}
