libipclab_a_SOURCES += \
	app/base/lib.h \
	app/base/private.h \
	app/base/clock.c \
	app/base/err.c \
	app/base/hash.c \
	app/base/memory.c \
	app/base/sha256.c \
	app/base/str.c
