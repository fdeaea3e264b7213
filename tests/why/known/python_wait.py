# SPDX-License-Identifier: GPL-3.0-or-later
# Popen.wait() with stdout=PIPE, and a child that prints 70 kB.
#
# URL: https://github.com/localstack/localstack/pull/1101
# diagnosis: wait() deadlocks with stdout=PIPE when the child writes more than the pipe buffer holds; use communicate()
#
# why HANG
# why P1 wait4 child <- P2
# why P2 write pipe <- P1 read
import subprocess
import sys

child = subprocess.Popen([sys.executable, '-c', 'print("x" * 70000)'], stdout=subprocess.PIPE)
child.wait()
print(len(child.stdout.read()))
