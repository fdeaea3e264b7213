libipclab_a_SOURCES += \
	app/doctor/lib.h \
	app/doctor/private.h \
	app/doctor/ask.c \
	app/doctor/ipc.c \
	app/doctor/rows.c \
	app/doctor/run.c \
	app/doctor/space.c \
	app/doctor/tool.c \
	app/doctor/trace.c
