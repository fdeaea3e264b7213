# SPDX-License-Identifier: GPL-3.0-or-later
# ssh with ControlPersist leaves its master in the background, and the master keeps the pipe of whoever ran ssh. The
# master waits for clients at its socket: who runs the program cannot know that none will come.
#
# URL: https://github.com/sociomantic-tsunami/git-hub/issues/188
# diagnosis: the caller hangs until the backgrounded master exits, rather than until ssh has ended
#
# why WAITS
# why P1 read|poll pipe <- P2 write, P2 write
# why P2 accept4|accept unix
# why run within=500ms
import os
import socket
import subprocess
import sys

if len(sys.argv) > 1:
    listener = socket.socket(socket.AF_UNIX)
    listener.bind('master')
    listener.listen()
    if os.fork() == 0:
        os.setsid()
        listener.accept()
    print('pushed', flush=True)
    os._exit(0)
push = subprocess.Popen([sys.executable, __file__, 'ssh'], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
print(push.communicate()[0])
