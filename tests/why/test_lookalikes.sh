# SPDX-License-Identifier: GPL-3.0-or-later
# The programs of tests/why/lookalikes end or merely wait: no false HANG, run by `why` and looked at from outside.
source "$IPCLAB_SRC/tests/live/lib.sh"
command -v python3 >/dev/null || skip "no python3 here, which runs the corpus"
"$IPCLAB" watch --quiet -- true 2>/dev/null || skip "nothing can be watched here"
export PYTHONDONTWRITEBYTECODE=1
repeat=1
[ -z "${IPCLAB_SOAK:-}" ] || repeat=5

for form in run early; do
	run python3 "$IPCLAB_SRC/tests/why/run.py" lookalikes --form $form --repeat $repeat
	tail -n 1 "$dir/out"
	check "no false HANG ($form)" status_is 0
done
finish
