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
	tests/sim/unix-pair.ipclog tests/sim/unix-pair.txt
