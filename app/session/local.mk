libipclab_a_SOURCES += \
	app/session/lib.h \
	app/session/private.h \
	app/session/aside.c \
	app/session/branch.c \
	app/session/engine.c \
	app/session/kept.c \
	app/session/line.c \
	app/session/look.c \
	app/session/live.c \
	app/session/run.c \
	app/session/save.c \
	app/session/schedule.c \
	app/session/session.c \
	app/session/settle.c \
	app/session/step.c \
	app/session/sweep.c
libipclab_a_SOURCES += \
	app/session/keeper.h \
	app/session/keeper.c
