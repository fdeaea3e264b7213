# SPDX-License-Identifier: GPL-3.0-or-later
# v=$(command): the command starts a daemon, which keeps the pipe that the shell reads to its end.
#
# URL: https://github.com/BunsenLabs/bunsen-utilities/pull/73
# diagnosis: the daemon may keep the inherited output descriptor open for ever, which stalls the shell that reads it
#
# why HANG
# why P1 read pipe <- P2 write
# why P2 openat fifo <- ?
mkfifo orders
reload() {
	cat orders 2>/dev/null &
	echo reloaded
}
v=$(reload)
echo "$v"
