#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Lab rpc with the matchmaker of real systems: rpcbind(8) in namespaces of the lab's own, its setgroups, setgid and
# setuid answered with 0. As root and as an ordinary user. And what the lab does where rpcbind or a network of its own
# is not to be had. An rpcbind that is not installed may lie in build/servers (dpkg -x there): else its part is skipped.
source "${IPCLAB_SRC:?}/tests/live/lib.sh" || exit 1
source "$IPCLAB_SRC/tests/live/lab.sh" || exit 1
export XDG_STATE_HOME=$dir/state
deny=$IPCLAB_BUILD/tests/live/targets/deny
step=$(grep '^## ' "$IPCLAB_SRC/labs/18-rpc/lab.md" | grep -n 'The real matchmaker' | cut -d: -f1)
[ -n "$step" ] || { echo "lab rpc has no step 'The real matchmaker'"; exit 1; }
printf '%s\n' "guide $step" do 2 do ladder 'events 300' 'run matchmaker=rpcbind' 'run matchmaker=ours' look quit >"$dir/script"

# real_lab COMMAND...: verified, and driven in plain mode.
real_lab() {
	run timeout 60 env "$mark" "$@" "$IPCLAB" lab rpc --verify --step "$step"
	check "$*: it holds" status_is 0
	check "$*: all of it" out_has "All of it holds."
	run bash -c 'timeout 60 "$@" <"$0"' "$dir/script" env "$mark" "$@" "$IPCLAB" lab rpc --plain --width 200
	check "$*: two datagrams" out_has "You said 2. So it is."
	check "$*: the call's result" out_has "Run 2. matchmaker: ours, datagrams to P2: 2, P1 says: balance: 100."
	check "$*: nothing is left" lab_gone_within 5
}

# without WHAT SENTENCE COMMAND...
without() {
	local what=$1 sentence=$2
	shift 2
	real_lab "$@"
	check "$what: it says so" out_has "$sentence"
	check "$what: and goes on" out_has "so ours it is"
	check "$what: with ours" out_has "; 8 bytes"
	check "$what: which is no RPC" out_lacks "call 3, xid"
	check "$what: an answer is not what was passed on" out_lacks "lost on the way"
}
without "no rpcbind" "rpcbind is not installed here" env RPCBIND=/nonexistent
if "$deny" unshare -- true; then
	without "no namespaces" "no network of our own to be had here" env RPCBIND=/bin/true "$deny" unshare --
	without "no mounts" "no network of our own to be had here" env RPCBIND=/bin/true "$deny" mount --
else
	echo "skipped: without namespaces: a filter cannot be installed here"
fi
# From a shell nobody answers for the kernel.
run timeout 20 env RPCBIND=/bin/true "$IPCLAB_BUILD/labs/18-rpc/real" rpcbind
check "from a shell: it says that" out_has "here"
check "from a shell: and goes on" out_has "balance: 100"

rpcbind=$(ls /sbin/rpcbind /usr/sbin/rpcbind "$IPCLAB_BUILD/servers/rpcbind" 2>/dev/null | head -n 1)
[ -n "$rpcbind" ] || { echo "skipped: no rpcbind here (apt install rpcbind)"; finish; }
unshare -Urnm true 2>/dev/null || { echo "skipped: no user namespaces here: rpcbind's part"; finish; }
export RPCBIND=$rpcbind LD_LIBRARY_PATH=$IPCLAB_BUILD/servers/usr/lib/x86_64-linux-gnu
# Where the package is not installed its user is missing. Those who start the lab see one, and nobody else does.
user=()
if ! getent passwd _rpc >/dev/null; then
	(cat /etc/passwd && echo '_rpc:x:64999:65534::/run/rpcbind:/usr/sbin/nologin') >"$dir/passwd"
	private=-m
	[ "$(id -u)" -eq 0 ] || private=-Urm
	user=(unshare "$private" sh -c 'mount --bind "$0" /etc/passwd && exec "$@"' "$dir/passwd")
fi

# with WHO COMMAND...
with() {
	local who=$1
	shift
	real_lab "${user[@]}" "$@"
	check "$who: it is rpcbind" out_has "(0.0.0.0:111), UDP"
	check "$who: the server told it" out_has "/run/rpcbind.sock"
	check "$who: P1 asks it" out_has "P1 to P2: call 3, xid"
	check "$who: it answers" out_has "P2 to P1: reply "
	check "$who: P1 calls P3" out_has "P1 to P3: call 1(100), xid 7"
	check "$who: asked once" out_has "Run 1. matchmaker: rpcbind, datagrams to P2: 1, P1 says: balance: 100."
	for call in setgroups setgid setuid; do
		check "$who: $call is answered" out_has "ipclab answers the $call of P2 with 0"
	done
	check "$who: port 111 outside is let be" eval '! grep -q ":006F " /proc/net/udp'
}
grep -q ":006F " /proc/net/udp && { echo "skipped: port 111 is somebody else's here"; finish; }
with "as we are" env
if [ "$(id -u)" -eq 0 ] && command -v setpriv >/dev/null; then
	chmod a+rx "$dir"
	mkdir -m 777 "$dir/theirs"
	nobody=(setpriv --reuid=65534 --regid=65534 --clear-groups env HOME=/nonexistent XDG_STATE_HOME="$dir/theirs")
	if "${nobody[@]}" test -x "$IPCLAB" -a -x "$rpcbind" -a -r "$dir/script"; then
		with "an ordinary user" "${nobody[@]}"
	else
		echo "skipped: uid 65534 cannot reach $IPCLAB"
	fi
fi
finish
