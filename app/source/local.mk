libipclab_a_SOURCES += \
	app/source/lib.h \
	app/source/private.h \
	app/source/sites.c \
	app/source/text.c \
	app/source/unwind.c
