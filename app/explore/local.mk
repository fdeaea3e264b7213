libipclab_a_SOURCES += \
	app/explore/lib.h \
	app/explore/private.h \
	app/explore/alike.c \
	app/explore/apart.c \
	app/explore/calls.c \
	app/explore/claim.c \
	app/explore/claim.h \
	app/explore/exec.c \
	app/explore/outside.c \
	app/explore/pct.c \
	app/explore/place.c \
	app/explore/reached.c \
	app/explore/search.c \
	app/explore/server.c \
	app/explore/shorten.c \
	app/explore/signals.c \
	app/explore/sleepset.c \
	app/explore/stage.c \
	app/explore/stops.c \
	app/explore/sync.c \
	app/explore/told.c \
	app/explore/worker.c \
	app/explore/write.c
