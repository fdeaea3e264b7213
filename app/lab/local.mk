libipclab_a_SOURCES += \
	app/lab/lib.h \
	app/lab/host.c \
	app/lab/places.c
