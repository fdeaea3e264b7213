# Recorded logs folded to golden text; pure as well: pure_tests += tests/sim/test_NAME
# Their data: EXTRA_DIST += tests/sim/NAME.log
pure_tests += tests/sim/test_lab_pipe
EXTRA_DIST += tests/sim/record.c \
	tests/sim/pipe-forgotten.ipclog tests/sim/pipe-forgotten.txt \
	tests/sim/pipe-tidy.ipclog tests/sim/pipe-tidy.txt
