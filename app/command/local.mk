libipclab_a_SOURCES += \
	app/command/lib.h \
	app/command/explore.c \
	app/command/help.c \
	app/command/misplaced.c \
	app/command/options.c \
	app/command/lab_verify.h \
	app/command/lab_verify.c \
	app/command/pending.c \
	app/command/progress.c \
	app/command/start.c \
	app/command/table.c \
	app/command/version.c
libipclab_a_SOURCES += \
	app/command/plain.h \
	app/command/drill.c \
	app/command/stream.h \
	app/command/lab.c \
	app/command/labs.c \
	app/command/plain.c \
	app/command/quiz.c \
	app/command/replay.c \
	app/command/report.c \
	app/command/review.c \
	app/command/schedule.h \
	app/command/schedule.c \
	app/command/stream.c \
	app/command/watch.h \
	app/command/watch.c \
	app/command/watch_screen.c
libipclab_a_SOURCES += \
	app/command/screen.h \
	app/command/screen.c
libipclab_a_SOURCES += app/command/cc.c
libipclab_a_SOURCES += app/command/doctor.c
libipclab_a_SOURCES += \
	app/command/why.h \
	app/command/why.c \
	app/command/why_answer.c \
	app/command/why_look.c \
	app/command/why_run.c
libipclab_a_SOURCES += \
	app/command/exercise.h \
	app/command/exercise.c \
	app/command/check_watch.c \
	app/command/check.c \
	app/command/grade.c \
	app/command/lint.c \
	app/command/lint_lab.c \
	app/command/lint_lab.h
