libipclab_a_SOURCES += \
	app/view/lib.h \
	app/view/private.h \
	app/view/bytes.c \
	app/view/call.c \
	app/view/fdtable.c \
	app/view/fdtable.h \
	app/view/fifo.c \
	app/view/link.c \
	app/view/signals.c \
	app/view/counter.c \
	app/view/filelock.c \
	app/view/json.c \
	app/view/lines.c \
	app/view/mend.c \
	app/view/report.h \
	app/view/report.c \
	app/view/report_groups.c \
	app/view/report_json.c \
	app/view/report_kind.c \
	app/view/result.c \
	app/view/socket.c \
	app/view/told.c \
	app/view/why.c \
	app/view/words.c
libipclab_a_SOURCES += \
	app/view/canvas.h \
	app/view/keys.def \
	app/view/keys.h \
	app/view/screen.h \
	app/view/steer.def \
	app/view/steer.h \
	app/view/canvas.c \
	app/view/below.c \
	app/view/card.c \
	app/view/stage.h \
	app/view/frame.c \
	app/view/graph.h \
	app/view/graph.c \
	app/view/graph_draw.c \
	app/view/help.c \
	app/view/exercise.c \
	app/view/exercise.h \
	app/view/home.c \
	app/view/keys.c \
	app/view/last.c \
	app/view/list.c \
	app/view/source_pane.c \
	app/view/stage.c \
	app/view/steer.c \
	app/view/text_pane.c \
	app/view/time.c
libipclab_a_SOURCES += \
	app/view/memory.h \
	app/view/hex.c \
	app/view/memory.c \
	app/view/result_memory.c \
	app/view/queue.c \
	app/view/ring.c \
	app/view/stage_memory.c \
	app/view/stage_socket.c \
	app/view/stage_pipe.c \
	app/view/stage_thing.c \
	app/view/condition.c \
	app/view/fields.c \
	app/view/standing.c \
	app/view/sync.c \
	app/view/typed.c
