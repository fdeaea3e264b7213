libipclab_a_SOURCES += \
	app/command/lib.h \
	app/command/help.c \
	app/command/options.c \
	app/command/pending.c \
	app/command/start.c \
	app/command/table.c \
	app/command/version.c
