# SPDX-License-Identifier: GPL-3.0-or-later
# All of the input is written to a child before any of its output is read.
#
# URL: https://github.com/ansible/ansible/pull/3991
# diagnosis: do not feed input to the process if it can get blocked writing stdout; on Linux more than 64k is enough
#
# why HANG
# why P1 write pipe <- P2 read
# why P2 write pipe <- P1 read
import subprocess

child = subprocess.Popen(
    ['sh', '-c', 'for i in 1 2 3 4 5 6 7 8 9 10; do printf "%65536s"; done; cat > /dev/null'],
    stdin=subprocess.PIPE, stdout=subprocess.PIPE)
child.stdin.write(b'x' * 200000)
print(len(child.communicate()[0]))
