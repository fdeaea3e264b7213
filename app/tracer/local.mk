libipclab_a_SOURCES += \
	app/tracer/lib.h \
	app/tracer/private.h \
	app/tracer/arch/x86_64.h \
	app/tracer/bell.c \
	app/tracer/decode.c \
	app/tracer/fdmap.c \
	app/tracer/filter.c \
	app/tracer/hooked.c \
	app/tracer/launch.c \
	app/tracer/maps.c \
	app/tracer/memory.c \
	app/tracer/resume.c \
	app/tracer/signal.c \
	app/tracer/site.c \
	app/tracer/take.c \
	app/tracer/told.c \
	app/tracer/tracer.c \
	app/tracer/wait.c \
	app/tracer/decode/fd.c \
	app/tracer/decode/memory.c \
	app/tracer/decode/process.c \
	app/tracer/decode/rw.c \
	app/tracer/decode/time.c \
	app/tracer/observe/memory.c \
	app/tracer/observe/pipe.c \
	app/tracer/observe/task.c
