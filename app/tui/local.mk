libipclab_a_SOURCES += \
	app/tui/lib.h \
	app/tui/private.h \
	app/tui/commands.c \
	app/tui/dispatch.c \
	app/tui/edit.c \
	app/tui/exercise.c \
	app/tui/exercise.h \
	app/tui/experiment.c \
	app/tui/guide.c \
	app/tui/guide.h \
	app/tui/guide_enter.c \
	app/tui/guide_view.c \
	app/tui/hold.c \
	app/tui/home.c \
	app/tui/home.h \
	app/tui/home_list.c \
	app/tui/input.c \
	app/tui/interfere.c \
	app/tui/leave.c \
	app/tui/lent.c \
	app/tui/line.c \
	app/tui/motion.c \
	app/tui/paint.c \
	app/tui/review.c \
	app/tui/run.c \
	app/tui/tell.c \
	app/tui/term.c \
	app/tui/tui.c
libipclab_a_SOURCES += app/tui/branch.c
