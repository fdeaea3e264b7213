libipclab_a_SOURCES += \
	app/session/lib.h \
	app/session/private.h \
	app/session/engine.c \
	app/session/run.c \
	app/session/session.c \
	app/session/settle.c \
	app/session/step.c
libipclab_a_SOURCES += \
	app/session/lab.h \
	app/session/front.c \
	app/session/lab.c
libipclab_a_SOURCES += \
	app/session/keeper.h \
	app/session/keeper.c
