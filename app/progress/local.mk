libipclab_a_SOURCES += \
	app/progress/lib.h \
	app/progress/private.h \
	app/progress/open.c \
	app/progress/read.c \
	app/progress/review.c \
	app/progress/write.c
