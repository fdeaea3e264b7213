# Screens: canvas -> golden text from recorded logs (pure); the program in a terminal of libvterm.
pure_tests += tests/screen/test_golden
tests_screen_test_golden_SOURCES = tests/screen/test_golden.c tests/screen/story.h
EXTRA_DIST += tests/screen/golden

if HAVE_VTERM
engine_tests += tests/screen/test_terminal
tests_screen_test_terminal_SOURCES = tests/screen/test_terminal.c tests/screen/vt.c tests/screen/vt.h
tests_screen_test_terminal_CPPFLAGS = $(AM_CPPFLAGS) $(VTERM_CFLAGS)
tests_screen_test_terminal_LDADD = $(LDADD) $(VTERM_LIBS) -lutil
endif
