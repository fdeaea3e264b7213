# SPDX-License-Identifier: GPL-3.0-or-later
"""Processes outside of what is watched: a silent server, a holder of a lock, ... Each is a process of its own that says
"ready" and stays until it is ended."""
import fcntl
import mmap
import os
import signal
import socket
import subprocess
import sys
import time


def tcp_silent():
    s = socket.create_server(('127.0.0.1', 0))
    with open('port', 'w') as f:
        f.write('%d\n' % s.getsockname()[1])
    yield
    peers = []
    while True:
        peers.append(s.accept())


def tcp_slow():
    s = socket.create_server(('127.0.0.1', 0))
    with open('port', 'w') as f:
        f.write('%d\n' % s.getsockname()[1])
    yield
    while True:
        peer, _ = s.accept()
        time.sleep(0.4)
        peer.sendall(b'late')
        peer.close()


def unix_silent():
    s = socket.socket(socket.AF_UNIX)
    s.bind('socket')
    s.listen()
    yield
    peers = []
    while True:
        peers.append(s.accept())


def flock_held():
    f = open('file', 'w')
    fcntl.flock(f, fcntl.LOCK_EX)
    yield
    signal.pause()


def posix_lock_held():
    f = open('file', 'w')
    fcntl.lockf(f, fcntl.LOCK_EX)
    yield
    signal.pause()


def fifo_reader():
    os.mkfifo('line')
    os.open('line', os.O_RDONLY | os.O_NONBLOCK)
    yield


def fifo_writer():
    os.mkfifo('line')
    os.open('line', os.O_RDWR)
    yield


def shared_page():
    with open('page', 'wb') as f:
        f.write(bytes(4096))
    f = open('page', 'r+b')
    page = mmap.mmap(f.fileno(), 4096)
    yield
    signal.pause()
    page.close()


def nothing():
    yield


class Helper:
    def __init__(self, kind, cwd):
        self.process = subprocess.Popen([sys.executable, os.path.abspath(__file__), kind], cwd=cwd,
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        self.process.stdout.readline()

    def end(self):
        self.process.kill()
        self.process.wait()


def start(kind, cwd):
    return Helper(kind, cwd) if kind else None


if __name__ == '__main__':
    steps = globals()[sys.argv[1]]()
    next(steps)
    with open('outside', 'w') as f:
        f.write('%d\n' % os.getpid())
    print('ready', flush=True)
    for _ in steps:
        pass
    signal.pause()
