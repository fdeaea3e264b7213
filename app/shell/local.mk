libipclab_a_SOURCES += \
	app/shell/guide.h \
	app/shell/guide.c \
	app/shell/guide_commands.c \
	app/shell/guide_private.h \
	app/shell/guide_say.c \
	app/shell/lib.h \
	app/shell/private.h \
	app/shell/narrate.h \
	app/shell/changes.c \
	app/shell/complete.c \
	app/shell/input.c \
	app/shell/look.c \
	app/shell/move.c \
	app/shell/narrate.c \
	app/shell/past.c \
	app/shell/run.c \
	app/shell/say.c \
	app/shell/shell.c \
	app/shell/table.c
libipclab_a_SOURCES += app/shell/branch.c
