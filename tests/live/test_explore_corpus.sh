# SPDX-License-Identifier: GPL-3.0-or-later
# Seeded bugs are found, and their schedules fail again, in the stage, too; correct programs do not fail (tests/explore/run); searches that leave something out come to
# every end that one comes to which leaves nothing out (tests/explore/complete). Long counts with IPCLAB_SOAK.
. "${IPCLAB_SRC:?}/tests/live/lib.sh" || exit 1

unset IPCLAB_LABS IPCLAB_PLAIN
export XDG_STATE_HOME=$dir/state TMPDIR=$dir
here=$IPCLAB_SRC/tests/explore
if [ -n "${IPCLAB_SOAK:-}" ]; then
	export EXPLORE_STAGE=20
	again=100 seeds=500 most=6000 correct=3000
else
	again=3 seeds=30 most=400 correct=400
fi
run timeout 900 sh "$here/run" --again $again "$here"/bugs/*.c
case $err in *ptrace* | *seccomp*) skip "$err" ;; esac
check seeded_bugs_are_found status_is 0
tail -n 1 "$dir/out"
EXPLORE_MOST=$correct run timeout 900 sh "$here/run" "$here"/correct/*.c
check correct_programs_do_not_fail status_is 0
tail -n 1 "$dir/out"
EXPLORE_MOST= most=$most run timeout 3000 sh "$here/complete" 1 $seeds
check nothing_is_lost status_is 0
tail -n 1 "$dir/out"
finish
