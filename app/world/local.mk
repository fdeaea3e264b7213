libipclab_a_SOURCES += \
	app/world/lib.h \
	app/world/private.h \
	app/world/access.c \
	app/world/apply.c \
	app/world/block.c \
	app/world/call.c \
	app/world/fd.c \
	app/world/find.c \
	app/world/identity.c \
	app/world/invariant.c \
	app/world/memory.c \
	app/world/observe.c \
	app/world/outlook.c \
	app/world/pipe.c \
	app/world/process.c \
	app/world/result.c \
	app/world/same.c \
	app/world/segment.c \
	app/world/slots.c \
	app/world/sync.c \
	app/world/syncop.c \
	app/world/timeline.c \
	app/world/transfer.c \
	app/world/why.c
