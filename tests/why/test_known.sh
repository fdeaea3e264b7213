# SPDX-License-Identifier: GPL-3.0-or-later
# The hangs from public bug trackers in tests/why/known: as their headers say, in words of 12 lines in the median.
source "$IPCLAB_SRC/tests/live/lib.sh"
command -v python3 >/dev/null || skip "no python3 here, which runs the corpus"
"$IPCLAB" watch --quiet -- true 2>/dev/null || skip "nothing can be watched here"
export PYTHONDONTWRITEBYTECODE=1

run python3 "$IPCLAB_SRC/tests/why/run.py" known
grep '^skipped' "$dir/out"
grep '^known' "$dir/out"
check "who waits for whom" status_is 0
run python3 "$IPCLAB_SRC/tests/why/known.py"
tail -n 1 "$dir/out"
check "12 lines in the median" status_is 0
finish
