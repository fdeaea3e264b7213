libipclab_a_SOURCES += \
	app/schedule/lib.h \
	app/schedule/free.c
