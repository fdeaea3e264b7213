# SPDX-License-Identifier: GPL-3.0-or-later
# ipclab doctor with features taken away: the row of each says so, with a remedy of one line, and the other rows
# say what they said before.
source "$IPCLAB_SRC/tests/live/lib.sh"
deny=$IPCLAB_BUILD/tests/live/targets/deny
"$deny" kcmp -- true || skip "a filter cannot be installed here"

missing() { sed -n 's/.*"id":"\([a-z_0-9]*\)","here":false.*/\1/p' <<<"$out" | sort; }
row() { grep "\"id\":\"$1\"" <<<"$out"; }
remedied() { row "$1" | grep -q '"remedy":"[^"\\]*"'; }
measured() { row "$1" | grep -q "\"measured\":\"[^\"]*$2"; }
# more_missing ID...: these and those of before.
more_missing() { [ "$(missing)" = "$( (printf '%s\n' "$@"; echo "$before") | sed '/^$/d' | sort -u)" ]; }
# Of the rows that need the filter and ptrace, only some may have been well to begin with.
were_well() { for id in "$@"; do ! grep -qx "$id" <<<"$before" || return 1; done; }

run "$IPCLAB" doctor --json
before=$(missing)
well=$status
check "exit 0 or 3" test "$status" -eq 0 -o "$status" -eq 3
check "every row says what was measured" test "$(grep -c '"measured":"' <<<"$out")" -eq "$(grep -c '"id":"' <<<"$out")"
remedied_though_here() { grep "\"here\":true" <<<"$out" | grep -q "\"remedy\":\""; }
not() { ! "$@"; }
check "a row that is here has no remedy" not remedied_though_here
if command -v python3 >/dev/null; then
	check "it is JSON" python3 -c 'import json,sys; d=json.load(open(sys.argv[1])); assert d["schema"]=="ipclab/doctor/v1" and len(d["rows"])>=18' "$dir/out"
else
	echo "skipped: JSON is not parsed: no python3"
fi
words=$("$IPCLAB" doctor)
check "as many rows in words" test "$(grep -cE '^(yes|NO ) ' <<<"$words")" -eq "$(grep -c '"id":"' <<<"$out")"
check "in words, what is missing says what is done without it" test "$(grep -c '^       without it  ' <<<"$words")" -eq "$(grep -c '"here":false' <<<"$out")"

# taken CALL STATUS ID...: without that call, status, and these rows are missing.
taken() {
	local call=$1 expected=$2
	shift 2
	if ! were_well "$@"; then
		echo "skipped: $call: $* was missing already"
		return
	fi
	run "$deny" $call -- "$IPCLAB" doctor --json
	check "without $call: exit $expected" status_is "$expected"
	check "without $call: missing $*" more_missing "$@"
	for id in "$@"; do
		check "without $call: $id has a remedy" remedied "$id"
	done
}

if [ "$well" -eq 0 ]; then
	taken ptrace 3 ptrace seccomp stop attach
	check "why -p is partial then" out_has '"why_p":"partial"'
	taken attach 3 ptrace seccomp stop attach pidfd_getfd process_vm_readv
	taken seccomp 3 seccomp stop
	check "the filter's row says why" measured seccomp "Operation not permitted"
	taken unshare 0 userns
	check "the link that broke is named" measured userns "unshare: Operation not permitted"
	taken mount 0 userns
	check "unshare alone is no chain" measured userns "mounts made private: Operation not permitted; before it went well unshare, setgroups, uid_map"
	taken landlock 0 landlock
	taken mq_open 0 mq userns
	taken msgget 0 sysv
	taken semget 0 sysv
	taken shmget 0 sysv
	check "the call of System V that failed is named" measured sysv "shmget: Operation not permitted"
	taken pidfd_getfd 0 pidfd_getfd
	taken pidfd_open 0 pidfd_getfd
	taken process_vm_readv 0 process_vm_readv
	taken socket 0 sock_diag
fi

# Limits of nought.
limited() {
	local limit=$1
	shift
	run "$@" sh -c "ulimit $limit && exec \"\$0\" doctor --json" "$IPCLAB"
}
if were_well mq; then
	if setpriv --reuid=65534 --regid=65534 --clear-groups test -x "$IPCLAB" 2>/dev/null; then
		limited "-c 0" setpriv --reuid=65534 --regid=65534 --clear-groups prlimit --msgqueue=0
		check "RLIMIT_MSGQUEUE 0: the row says so" measured mq "mq_open of 10 messages of 64 bytes"
		check "RLIMIT_MSGQUEUE 0: with a remedy" remedied mq
		check "RLIMIT_MSGQUEUE 0: labs run all the same" status_is 0
		limited "-c 0" setpriv --reuid=65534 --regid=65534 --clear-groups prlimit --nproc=0
		check "RLIMIT_NPROC 0: nothing could be measured" status_is 3
		check "RLIMIT_NPROC 0: and why" measured ptrace "not measured: no process could be started: Resource temporarily unavailable"
		run setpriv --reuid=65534 --regid=65534 --clear-groups "$IPCLAB" doctor --json
		check "as nobody: as needed things go, as before" status_is "$well"
		check "as nobody: said who" out_has '"uid":65534'
	else
		echo "skipped: as nobody: not root, or out of uid 65534's reach"
	fi
fi
limited "-n 4" # the loader needs one
check "RLIMIT_NOFILE 4: exit 3" status_is 3
check "RLIMIT_NOFILE 4: said why" measured ptrace "not measured: no pipe could be made: Too many open files"
run bash -c '(ulimit -f 0; exec "$0" doctor --json) | cat; exit ${PIPESTATUS[0]}' "$IPCLAB"
check "RLIMIT_FSIZE 0: it ends as before" status_is "$well"
check "RLIMIT_FSIZE 0: no program can be compiled" measured gcc "no program could be written to /tmp: File too large"

# No /proc.
run unshare -rm sh -c 'mount -t tmpfs none /proc && exec "$0" doctor --json' "$IPCLAB"
if [ "$status" -eq 1 ]; then
	echo "skipped: without /proc: no mounts of one's own here"
else
	check "without /proc: exit 3" status_is 3
	check "without /proc: said" measured proc "/proc is not mounted"
	check "without /proc: why -p sees nothing" out_has '"why_p":"none"'
	check "without /proc: the remedy mounts it" grep -q 'mount -t proc' <<<"$(row proc)"
fi

# Nothing is left behind.
check "no folder of the compiler's is left" test -z "$(find /tmp -maxdepth 1 -name 'ipclab-doctor-*' -mmin -1 -user "$(id -u)")"
run "$IPCLAB" doctor now
check "a word too many is usage" status_is 2
check "and is named" err_has "'now' is one too many"
finish
