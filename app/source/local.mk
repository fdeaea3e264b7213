libipclab_a_SOURCES += \
	app/source/build.c \
	app/source/dies.c \
	app/source/dwarf.h \
	app/source/globals.c \
	app/source/frames.c \
	app/source/lib.h \
	app/source/pointers.c \
	app/source/private.h \
	app/source/recipe.c \
	app/source/sites.c \
	app/source/text.c \
	app/source/typenote.c \
	app/source/types.c \
	app/source/typetext.c \
	app/source/units.c \
	app/source/unwind.c
