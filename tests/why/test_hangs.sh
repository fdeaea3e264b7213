# SPDX-License-Identifier: GPL-3.0-or-later
# The hangs of tests/why/hangs: run by `why`, looked at from outside, and looked at with attaching refused.
source "$IPCLAB_SRC/tests/live/lib.sh"
command -v python3 >/dev/null || skip "no python3 here, which runs the corpus"
"$IPCLAB" watch --quiet -- true 2>/dev/null || skip "nothing can be watched here"
"$IPCLAB_BUILD/tests/live/targets/deny" kcmp -- true || skip "a filter cannot be installed here"
export PYTHONDONTWRITEBYTECODE=1
repeat=1
[ -z "${IPCLAB_SOAK:-}" ] || repeat=5

form() {
	local name=$1
	shift
	run python3 "$IPCLAB_SRC/tests/why/run.py" hangs --form "$@" --repeat $repeat
	tail -n 2 "$dir/out"
	check "$name" status_is 0
}

form "verdict, waits, wakers and lines of each hang" run --median 300
form "from outside: the same waiters and holders, and nobody moved" pid
# 30 of 40 at least, and none without a word on what was not seen.
n=$(ls "$IPCLAB_SRC"/tests/why/hangs/*.c | wc -l)
form "attaching refused: three quarters right, the rest says what it could not see" refused --right $((n * 3 * repeat / 4))
finish
