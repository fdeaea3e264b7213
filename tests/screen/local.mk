# Screens: canvas -> golden text from recorded logs (pure); the program in a terminal of libvterm.
pure_tests += tests/screen/test_golden
tests_screen_test_golden_SOURCES = tests/screen/test_golden.c tests/screen/golden.h tests/screen/story.h
# Shared memory, likewise; with hand-made types.
pure_tests += tests/screen/test_memory
tests_screen_test_memory_SOURCES = tests/screen/test_memory.c tests/screen/memory_story.h tests/screen/story.h
# watch: lists and pictures, from recordings of real programs.
pure_tests += tests/screen/test_watch
tests_screen_test_watch_SOURCES = tests/screen/test_watch.c
EXTRA_DIST += tests/screen/watch
# The stage with each family of objects, from tests/sim.
pure_tests += tests/screen/test_objects
tests_screen_test_objects_SOURCES = tests/screen/test_objects.c tests/screen/golden.h
EXTRA_DIST += tests/screen/golden tests/screen/steps tests/screen/record.c

# The line of LINE mode, fed with noise in the test's own process.
pure_tests += tests/screen/test_line
tests_screen_test_line_SOURCES = tests/screen/test_line.c

if HAVE_VTERM
engine_tests += tests/screen/test_terminal
tests_screen_test_terminal_SOURCES = tests/screen/test_terminal.c tests/screen/folder.h \
	tests/screen/vt.c tests/screen/vt.h
tests_screen_test_terminal_CPPFLAGS = $(AM_CPPFLAGS) $(VTERM_CFLAGS)
tests_screen_test_terminal_LDADD = $(LDADD) $(VTERM_LIBS) -lutil

engine_tests += tests/screen/test_lesson
tests_screen_test_lesson_SOURCES = tests/screen/test_lesson.c tests/screen/folder.h \
	tests/screen/vt.c tests/screen/vt.h
tests_screen_test_lesson_CPPFLAGS = $(AM_CPPFLAGS) $(VTERM_CFLAGS)
tests_screen_test_lesson_LDADD = $(LDADD) $(VTERM_LIBS) -lutil

# Every step of the first lab: recordings (made by record.c), drawn, and in the terminal.
engine_tests += tests/screen/test_steps
tests_screen_test_steps_SOURCES = tests/screen/test_steps.c tests/screen/lesson.c \
	tests/screen/lesson.h tests/screen/folder.h tests/screen/vt.c tests/screen/vt.h
tests_screen_test_steps_CPPFLAGS = $(AM_CPPFLAGS) $(VTERM_CFLAGS)
tests_screen_test_steps_LDADD = $(LDADD) $(VTERM_LIBS) -lutil

# Live proofs: the program below a shell in such a terminal, killed, stalled, measured, fed with
# mistakes. Short counts here, long ones in a soak.
engine_tests += \
	tests/screen/live_first \
	tests/screen/live_idle \
	tests/screen/live_input \
	tests/screen/live_kill \
	tests/screen/live_leave \
	tests/screen/live_lent \
	tests/screen/live_moving \
	tests/screen/live_pace \
	tests/screen/live_quit \
	tests/screen/live_ring \
	tests/screen/live_terminal \
	tests/screen/test_keys
live_common = tests/screen/live.c tests/screen/live.h tests/screen/folder.h \
	tests/screen/vt.c tests/screen/vt.h
live_cppflags = $(AM_CPPFLAGS) $(VTERM_CFLAGS)
live_libs = $(LDADD) $(VTERM_LIBS) -lutil
tests_screen_live_first_SOURCES = tests/screen/live_first.c $(live_common)
tests_screen_live_first_CPPFLAGS = $(live_cppflags)
tests_screen_live_first_LDADD = $(live_libs)
tests_screen_live_idle_SOURCES = tests/screen/live_idle.c $(live_common)
tests_screen_live_idle_CPPFLAGS = $(live_cppflags)
tests_screen_live_idle_LDADD = $(live_libs)
tests_screen_live_input_SOURCES = tests/screen/live_input.c $(live_common)
tests_screen_live_input_CPPFLAGS = $(live_cppflags)
tests_screen_live_input_LDADD = $(live_libs)
tests_screen_live_kill_SOURCES = tests/screen/live_kill.c $(live_common)
tests_screen_live_kill_CPPFLAGS = $(live_cppflags)
tests_screen_live_kill_LDADD = $(live_libs)
tests_screen_live_leave_SOURCES = tests/screen/live_leave.c $(live_common)
tests_screen_live_leave_CPPFLAGS = $(live_cppflags)
tests_screen_live_leave_LDADD = $(live_libs)
tests_screen_live_pace_SOURCES = tests/screen/live_pace.c $(live_common)
tests_screen_live_pace_CPPFLAGS = $(live_cppflags)
tests_screen_live_pace_LDADD = $(live_libs)
tests_screen_live_lent_SOURCES = tests/screen/live_lent.c $(live_common)
tests_screen_live_lent_CPPFLAGS = $(live_cppflags)
tests_screen_live_lent_LDADD = $(live_libs)
tests_screen_live_moving_SOURCES = tests/screen/live_moving.c $(live_common)
tests_screen_live_moving_CPPFLAGS = $(live_cppflags)
tests_screen_live_moving_LDADD = $(live_libs)
tests_screen_live_quit_SOURCES = tests/screen/live_quit.c $(live_common)
tests_screen_live_quit_CPPFLAGS = $(live_cppflags)
tests_screen_live_quit_LDADD = $(live_libs)
tests_screen_live_ring_SOURCES = tests/screen/live_ring.c $(live_common)
tests_screen_live_ring_CPPFLAGS = $(live_cppflags)
tests_screen_live_ring_LDADD = $(live_libs)
tests_screen_live_terminal_SOURCES = tests/screen/live_terminal.c $(live_common)
tests_screen_live_terminal_CPPFLAGS = $(live_cppflags)
tests_screen_live_terminal_LDADD = $(live_libs)
tests_screen_test_keys_SOURCES = tests/screen/test_keys.c $(live_common)
tests_screen_test_keys_CPPFLAGS = $(live_cppflags)
tests_screen_test_keys_LDADD = $(live_libs)
endif
live_targets += tests/screen/counting tests/screen/moving
live_scripts += tests/screen/live_verify.sh
