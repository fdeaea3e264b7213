# SPDX-License-Identifier: GPL-3.0-or-later
# A long-running child, started while another's output is read, inherits that one's pipe.
#
# URL: https://github.com/confluentinc/ducktape/pull/140
# diagnosis: close_fds is false, so the long-running process inherits the pipe of the short-lived one and read() blocks
#
# why HANG
# why P1 read pipe <- P2 write
# why P2 read pipe <- P1 write
# why mend close fd \d+ in P\d+ before it reads
import os
import subprocess

reader, writer = os.pipe()
os.set_inheritable(writer, True)
quick = subprocess.Popen(['echo', 'one line'], stdout=writer)
server = subprocess.Popen(['cat'], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, close_fds=False)
os.close(writer)
with os.fdopen(reader) as output:
    print(output.read())
server.stdin.close()
