libipclab_a_SOURCES += \
	app/schedule/lib.h \
	app/schedule/free.c
libipclab_a_SOURCES += \
	app/schedule/private.h \
	app/schedule/file.c \
	app/schedule/fit.c \
	app/schedule/print.c \
	app/schedule/tell.c \
	app/schedule/text.c \
	app/schedule/word.c
