# SPDX-License-Identifier: GPL-3.0-or-later
# multiprocessing: a child is joined before what it has put on a queue is taken off.
#
# URL: https://github.com/python/cpython/issues/73983
# diagnosis: the child does not end until its feeder thread has flushed all to the pipe; joining it first is a deadlock
#
# why HANG
# why P1 wait4 child <- P2
# why P2/2 write pipe <- P1 read, P2 read
# why P2 futex * <- ?
import multiprocessing


def work(queue):
    queue.put('x' * 200000)


multiprocessing.set_start_method('fork')
queue = multiprocessing.Queue()
child = multiprocessing.Process(target=work, args=(queue,))
child.start()
child.join()
print(len(queue.get()))
