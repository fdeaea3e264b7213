libipclab_a_SOURCES += \
	app/drill/lib.h \
	app/drill/private.h \
	app/drill/fork.c \
	app/drill/make.c \
	app/drill/mq.c \
	app/drill/pipe.c \
	app/drill/ring.c \
	app/drill/run.c
