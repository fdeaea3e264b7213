# SPDX-License-Identifier: GPL-3.0-or-later
# Run as root, the other live tests say nothing of an ordinary user: here some of them are run again as
# one (uid 65534).
source "$IPCLAB_SRC/tests/live/lib.sh"
[ "$(id -u)" -eq 0 ] || skip "not root: the other tests were run as an ordinary user already"
command -v setpriv >/dev/null || skip "no setpriv here (apt install util-linux)"
as_nobody=(setpriv --reuid=65534 --regid=65534 --clear-groups env HOME=/nonexistent)
"${as_nobody[@]}" test -x "$IPCLAB" -a -r "$IPCLAB_SRC/tests/live/lib.sh" ||
	skip "uid 65534 cannot reach $IPCLAB: put the trees where everybody may read"

for name in watch_targets bad_input same_calls held_idle kill_storm; do
	"${as_nobody[@]}" bash "$IPCLAB_SRC/tests/live/test_$name.sh" >"$dir/out" 2>"$dir/err" </dev/null
	status=$?
	out=$(cat "$dir/out")
	err=$(cat "$dir/err")
	if [ $status -eq 77 ]; then
		echo "skipped: $name: $(tail -n 1 "$dir/out")"
	else
		grep '^skipped' "$dir/out"
		check "$name as an ordinary user" status_is 0
	fi
done
finish
