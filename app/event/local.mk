libipclab_a_SOURCES += \
	app/event/lib.h \
	app/event/private.h \
	app/event/calls.def \
	app/event/log.c \
	app/event/name.c \
	app/event/reader.c
