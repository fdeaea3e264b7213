# SPDX-License-Identifier: GPL-3.0-or-later
# Of the exercises whose number ends in one of $1: the starter builds and fails, the solution and the other
# correct programs pass, each mutant gets its verdict by name. Under IPCLAB_SOAK=1 the correct ones are judged 50 times.
. "$IPCLAB_SRC/tests/live/lib.sh" || exit 1

for folder in "$IPCLAB_SRC"/exercises/[0-9]*[$1]-*/; do
	[ -e "$folder/exercise.yaml" ] || continue
	run "$IPCLAB" lint "$folder" --times "$([ -n "${IPCLAB_SOAK:-}" ] && echo 50 || echo 1)"
	check "$(basename "$folder")" status_is 0
done
finish
