# Pure tests: they link libipclab.a, never touch ptrace, and run a second time under ASan and UBSan.
# tests/unit/test_NAME is made from tests/unit/test_NAME.c alone.
pure_tests += \
	tests/unit/test_base
pure_tests += \
	tests/unit/test_log \
	tests/unit/test_source
pure_tests += \
	tests/unit/test_words
pure_tests += \
	tests/unit/test_event
