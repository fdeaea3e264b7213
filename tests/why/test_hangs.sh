# SPDX-License-Identifier: GPL-3.0-or-later
# The hangs of tests/why/hangs: run by `why`, looked at from outside, and looked at with attaching refused.
source "$IPCLAB_SRC/tests/live/lib.sh"
command -v python3 >/dev/null || skip "no python3 here, which runs the corpus"
"$IPCLAB" watch --quiet -- true 2>/dev/null || skip "nothing can be watched here"
"$IPCLAB_BUILD/tests/live/targets/deny" kcmp -- true || skip "a filter cannot be installed here"
export PYTHONDONTWRITEBYTECODE=1
some="--every 3"
all=
[ -z "${IPCLAB_SOAK:-}" ] || some= all="--repeat 5"

# form NAME OPTIONS...
form() {
	local name=$1
	shift
	run python3 "$IPCLAB_SRC/tests/why/run.py" hangs "$@"
	tail -n 2 "$dir/out"
	check "$name" status_is 0
}

form "verdict, waits, wakers and lines of each hang" --form run --median 300 $all
form "from outside: the same waiters and holders, and nobody moved" --form pid $some $all
# Of all of them, as a part of them may be another part; and none without a word on what was not seen.
form "attaching refused: three quarters right, the rest says what it could not see" --form refused --right 0.75 $all
if command -v strace >/dev/null; then
	form "strace as witness: nobody is stopped by -p, nor without arguments" --form witness ${some:+--every 12} $all
else
	echo "skipped: strace as witness: no strace here"
fi
finish
