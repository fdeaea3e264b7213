# SPDX-License-Identifier: GPL-3.0-or-later
# The programs of tests/why/lookalikes end or merely wait: no false HANG, run by `why` and looked at from outside.
source "$IPCLAB_SRC/tests/live/lib.sh"
command -v python3 >/dev/null || skip "no python3 here, which runs the corpus"
"$IPCLAB" watch --quiet -- true 2>/dev/null || skip "nothing can be watched here"
export PYTHONDONTWRITEBYTECODE=1
some="--every 2"
all=
[ -z "${IPCLAB_SOAK:-}" ] || some= all="--repeat 5"

run python3 "$IPCLAB_SRC/tests/why/run.py" lookalikes $all
tail -n 2 "$dir/out"
check "run: no false HANG" status_is 0
run python3 "$IPCLAB_SRC/tests/why/run.py" lookalikes --form early $some $all
tail -n 2 "$dir/out"
check "looked at from outside while it works: no false HANG" status_is 0
if "$IPCLAB_BUILD/tests/live/targets/deny" kcmp -- true; then
	run python3 "$IPCLAB_SRC/tests/why/run.py" lookalikes --form early-refused ${some:+--every 3} $all
	tail -n 2 "$dir/out"
	check "the same with attaching refused: no false HANG" status_is 0
else
	echo "skipped: with attaching refused: a filter cannot be installed here"
fi
finish
