libipclab_a_SOURCES += \
	app/sandbox/lib.h \
	app/sandbox/box.c \
	app/sandbox/census.c \
	app/sandbox/over.c
