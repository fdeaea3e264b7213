# Programs that hang, and programs that only look like it. Their headers say what `ipclab why` must answer (corpus.py);
# run.py asks it. `make check` runs each once in two forms, soak in all of them, several times.
why_programs = $(patsubst $(top_srcdir)/%.c,%,$(wildcard $(top_srcdir)/tests/why/hangs/*.c \
	$(top_srcdir)/tests/why/lookalikes/*.c $(top_srcdir)/tests/why/known/*.c))
live_targets += $(why_programs)
live_scripts += tests/why/test_bad_input.sh tests/why/test_hangs.sh tests/why/test_known.sh tests/why/test_lookalikes.sh \
	tests/why/test_mine.sh tests/why/test_typed.sh
EXTRA_DIST += \
	tests/why/corpus.py tests/why/known.py tests/why/outside.py tests/why/run.py \
	$(wildcard $(top_srcdir)/tests/why/known/*.py $(top_srcdir)/tests/why/known/*.sh)
