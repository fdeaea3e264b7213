libipclab_a_SOURCES += \
	app/lab/lib.h \
	app/lab/private.h \
	app/lab/field.c \
	app/lab/folder.c \
	app/lab/host.c \
	app/lab/listing.c \
	app/lab/labs.c \
	app/lab/own.c \
	app/lab/places.c \
	app/lab/quiz.c \
	app/lab/review.c \
	app/lab/search.c \
	app/lab/sitting.c
