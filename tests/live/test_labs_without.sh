#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Labs where something is missing: no python3, java or nc; no namespaces; an ordinary user. Each says what is missing and
# goes on: it holds by its guide. In check the labs concerned, in a soak all of them. rpcbind: test_rpcbind.sh.
source "${IPCLAB_SRC:?}/tests/live/lib.sh" || exit 1
export XDG_STATE_HOME=$dir/state
deny=$IPCLAB_BUILD/tests/live/targets/deny
chmod a+rx "$dir"

labs="tcp rpc"
if [ -n "${IPCLAB_SOAK:-}" ]; then
	run "$IPCLAB" labs
	labs=$(cut -d: -f1 <<<"$out")
fi

# all_hold WHAT COMMAND...
all_hold() {
	local what=$1 lab
	shift
	for lab in $labs; do
		run timeout 120 "$@" "$IPCLAB" lab "$lab" --verify
		check "$what, $lab: it holds" status_is 0
		check "$what, $lab: all of it" out_has "All of it holds."
	done
}

# ---- languages ----
peers=$(grep '^## ' "$IPCLAB_SRC/labs/16-tcp/lab.md" | grep -n 'of another language' | cut -d: -f1)
printf '%s\n' "guide $peers" 'run client=python' 'run client=nc' 'run client=java' quit >"$dir/script"
# languages COMMAND...: the three clients, in plain mode.
languages() { run bash -c 'timeout 120 "$@" <"$0"' "$dir/script" "$@" "$IPCLAB" lab tcp --plain --width 200; }

languages env
for client in python3:python:"FROM PYTHON" nc:nc:"FROM A SHELL" java:java:" 20"; do
	IFS=: read -r program word said <<<"$client"
	if [ -x "/usr/bin/$program" ]; then
		check "$word is here: its client is served" eval '[[ $out == *"client: $word, P1 says: it got:"*"$said"* ]]'
	else
		check "no $word here" out_has "$program is not installed here"
	fi
done
# The same with a /usr/bin that lacks them.
mkdir "$dir/over"
lacking=(unshare -m)
[ "$(id -u)" -eq 0 ] || lacking=(unshare -Urm)
lacking+=(bash -c 'mount -t tmpfs none "$0" && mkdir "$0/upper" "$0/work" &&
	mount -t overlay overlay -o "lowerdir=/usr/bin,upperdir=$0/upper,workdir=$0/work" /usr/bin &&
	rm -f /usr/bin/python3* /usr/bin/java /usr/bin/nc && exec "$@"' "$dir/over")
if "${lacking[@]}" true 2>/dev/null; then
	languages "${lacking[@]}"
	check "python3 taken away: its part is done in C" out_has "From Server, to C: FROM C"
	for client in python3:python nc:nc java:java; do
		check "${client#*:} taken away: it says so" out_has "${client%:*} is not installed here"
	done
	all_hold "without python3, java, nc" "${lacking[@]}"
else
	echo "skipped: no /usr/bin of our own to be had here"
fi

# ---- namespaces ----
if "$deny" unshare -- true; then
	all_hold "without namespaces" "$deny" unshare --
	run "$deny" unshare -- "$IPCLAB" doctor
	check "doctor says what is missing" out_has "user namespace"
else
	echo "skipped: without namespaces: a filter cannot be installed here"
fi

# ---- an ordinary user ----
if [ "$(id -u)" -eq 0 ] && command -v setpriv >/dev/null; then
	mkdir -m 777 "$dir/theirs"
	nobody=(setpriv --reuid=65534 --regid=65534 --clear-groups env HOME=/nonexistent XDG_STATE_HOME="$dir/theirs")
	if "${nobody[@]}" test -x "$IPCLAB"; then
		all_hold "an ordinary user" "${nobody[@]}"
		"$deny" unshare -- true && all_hold "an ordinary user without namespaces" "${nobody[@]}" "$deny" unshare --
	else
		echo "skipped: uid 65534 cannot reach $IPCLAB"
	fi
fi
finish
