# SPDX-License-Identifier: GPL-3.0-or-later
# A post-receive hook starts a daemon that keeps the hook's standard output and error: the push does not end.
#
# URL: https://github.com/agateau/yokadi/pull/11
# diagnosis: it got stuck when running from within a git post-receive hook because of descriptors still open in the daemon
#
# why HANG
# why run needs=git
export GIT_CONFIG_NOSYSTEM=1 HOME=$PWD
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b
git init -q --bare server.git
git -C server.git config receive.keepAlive 0 # else it sends a sign of life every 5 s: a clock
mkfifo server.git/orders
cat > server.git/hooks/post-receive <<'HOOK'
#!/bin/sh
# The daemon: waits for its orders.
cat orders &
HOOK
chmod +x server.git/hooks/post-receive
git init -q work && cd work && git commit -q --allow-empty -m first
exec git push -q ../server.git HEAD:refs/heads/main
