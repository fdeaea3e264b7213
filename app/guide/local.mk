libipclab_a_SOURCES += \
	app/guide/lib.h \
	app/guide/private.h \
	app/guide/answer.c \
	app/guide/belief.c \
	app/guide/block.c \
	app/guide/cond.c \
	app/guide/cond_fd.c \
	app/guide/cond_token.c \
	app/guide/cond_token.h \
	app/guide/explain.c \
	app/guide/front.c \
	app/guide/holds.c \
	app/guide/model.c \
	app/guide/move.c \
	app/guide/name.c \
	app/guide/notebook.c \
	app/guide/parse.c \
	app/guide/play.c \
	app/guide/verify.c \
	app/guide/words.c \
	app/guide/yaml.c \
	app/guide/yaml.h
