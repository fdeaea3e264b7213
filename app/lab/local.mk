libipclab_a_SOURCES += \
	app/lab/lib.h \
	app/lab/host.c \
	app/lab/labs.c \
	app/lab/places.c \
	app/lab/sitting.c
