# A fuzz target with a main() that makes a short run by itself: pure_tests += tests/fuzz/fuzz_NAME
pure_tests += \
	tests/fuzz/fuzz_log
pure_tests += \
	tests/fuzz/fuzz_guide
pure_tests += \
	tests/fuzz/fuzz_schedule
