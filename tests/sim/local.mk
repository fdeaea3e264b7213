# Recorded logs folded to golden text; pure as well: pure_tests += tests/sim/test_NAME
# Their data: EXTRA_DIST += tests/sim/NAME.log
pure_tests += tests/sim/test_recordings
EXTRA_DIST += tests/sim/record.c \
	tests/sim/pipe-forgotten.ipclog tests/sim/pipe-forgotten.txt \
	tests/sim/pipe-tidy.ipclog tests/sim/pipe-tidy.txt \
	tests/sim/memory-kinds.ipclog tests/sim/memory-kinds.txt \
	tests/sim/memory-faults.ipclog tests/sim/memory-faults.txt \
	tests/sim/memory-waits.ipclog tests/sim/memory-waits.txt \
	tests/sim/memory-sync.ipclog tests/sim/memory-sync.txt \
	tests/sim/queue-posix.ipclog tests/sim/queue-posix.txt \
	tests/sim/queue-sysv.ipclog tests/sim/queue-sysv.txt \
	tests/sim/unix-pair.ipclog tests/sim/unix-pair.txt \
	tests/sim/births.ipclog tests/sim/births.txt \
	tests/sim/close-range.ipclog tests/sim/close-range.txt \
	tests/sim/dup-cloexec.ipclog tests/sim/dup-cloexec.txt \
	tests/sim/events.ipclog tests/sim/events.txt \
	tests/sim/fifo.ipclog tests/sim/fifo.txt \
	tests/sim/inet.ipclog tests/sim/inet.txt \
	tests/sim/locks.ipclog tests/sim/locks.txt \
	tests/sim/orphan.ipclog tests/sim/orphan.txt \
	tests/sim/signals.ipclog tests/sim/signals.txt \
	tests/sim/splices.ipclog tests/sim/splices.txt \
	tests/sim/stage-clone3.ipclog tests/sim/stage-datagram.ipclog tests/sim/stage-datagram.txt tests/sim/stage-exec.ipclog tests/sim/stage-multicast.ipclog tests/sim/stage-multicast.txt \
	tests/sim/stage-poll.ipclog tests/sim/stage-poll.txt tests/sim/stage-select.ipclog tests/sim/stage-select.txt tests/sim/stage-seqpacket.ipclog tests/sim/stage-seqpacket.txt tests/sim/stage-shm.ipclog \
	tests/sim/stage-vfork.ipclog \
	tests/sim/thread-exec.ipclog tests/sim/thread-exec.txt \
	tests/sim/timed-calls.ipclog tests/sim/timed-calls.txt \
	tests/sim/unix-kinds.ipclog tests/sim/unix-kinds.txt \
	tests/sim/unix-rights.ipclog tests/sim/unix-rights.txt \
	tests/sim/unix-server.ipclog tests/sim/unix-server.txt \
	tests/sim/waits.ipclog tests/sim/waits.txt
