# The oracle: generated pipe programs against world and kernel. `make check` runs 40 seeds, soak 500.
engine_tests += tests/oracle/oracle
check_PROGRAMS += tests/oracle/target
tests_oracle_oracle_SOURCES = \
	tests/oracle/program.h \
	tests/oracle/oracle.h \
	tests/oracle/ask.h \
	tests/oracle/contents.c \
	tests/oracle/gen.c \
	tests/oracle/kernel.c \
	tests/oracle/oracle.c \
	tests/oracle/program.c \
	tests/oracle/readback.c \
	tests/oracle/runs.c
tests_oracle_oracle_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_oracle_target_SOURCES = \
	tests/oracle/program.h \
	tests/oracle/program.c \
	tests/oracle/target.c
tests_oracle_target_CPPFLAGS = -I$(top_srcdir)/tests
tests_oracle_target_LDFLAGS = -static
tests_oracle_target_LDADD =

# The same of shared memory: `make check` runs 20 seeds, soak 300. Of its target only memory_cells.c has hooks; the
# objects are made one, as `ipclab cc` takes none without.
engine_tests += tests/oracle/memory
check_SCRIPTS += tests/oracle/memory_target
tests_oracle_memory_SOURCES = \
	tests/oracle/program.h \
	tests/oracle/oracle.h \
	tests/oracle/memory.h \
	tests/oracle/memory_oracle.h \
	tests/oracle/memory.c \
	tests/oracle/memory_gen.c \
	tests/oracle/memory_kernel.c \
	tests/oracle/memory_program.c \
	tests/oracle/memory_replay.c \
	tests/oracle/memory_runs.c \
	tests/oracle/program.c \
	tests/oracle/readback.c
tests_oracle_memory_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
memory_target_sources = tests/oracle/memory_target.c tests/oracle/memory_program.c tests/oracle/memory_cells.c
EXTRA_DIST += tests/oracle/memory_target.c tests/oracle/memory_cells.c
CLEANFILES += tests/oracle/memory_target
tests/oracle/memory_target: $(memory_target_sources) tests/oracle/memory.h tests/oracle/program.h $(hook_DATA) | ipclab$(EXEEXT)
	$(AM_V_CCLD)d=tests/oracle; s=$(srcdir)/tests/oracle; o="$(LAB_CFLAGS) -mcx16 -I$(srcdir)/tests"; \
	$(MKDIR_P) $$d && \
	$(CC) $$o -c -o $$d/memory_target.hooked.o $$s/memory_target.c && \
	$(CC) $$o -c -o $$d/memory_program.hooked.o $$s/memory_program.c && \
	IPCLAB_CC= ./ipclab$(EXEEXT) cc $$o -c -o $$d/memory_cells.hooked.o $$s/memory_cells.c && \
	$(CC) -nostdlib -r -o $$d/memory_all.hooked.o $$d/memory_target.hooked.o $$d/memory_program.hooked.o \
		$$d/memory_cells.hooked.o && \
	IPCLAB_CC= ./ipclab$(EXEEXT) cc -o $@ $$d/memory_all.hooked.o -lpthread && \
	rm -f $$d/memory_target.hooked.o $$d/memory_program.hooked.o $$d/memory_cells.hooked.o $$d/memory_all.hooked.o

# FIFOs, file locks, signals, event descriptors: `make check` runs 20 seeds a family, soak 300.
engine_tests += tests/oracle/ipc
check_PROGRAMS += tests/oracle/ipc_target
tests_oracle_ipc_SOURCES = tests/oracle/program.h tests/oracle/program.c tests/oracle/ipc.c
tests_oracle_ipc_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_oracle_ipc_target_SOURCES = tests/oracle/ipc_target.c
tests_oracle_ipc_target_LDFLAGS = -static
tests_oracle_ipc_target_LDADD =

# The same of Unix sockets: `make check` runs 20 seeds, soak 300.
engine_tests += tests/oracle/sockets
check_PROGRAMS += tests/oracle/sockets_target
tests_oracle_sockets_SOURCES = \
	tests/oracle/program.h \
	tests/oracle/oracle.h \
	tests/oracle/program.c \
	tests/oracle/readback.c \
	tests/oracle/runs.c \
	tests/oracle/sockets.c \
	tests/oracle/ask.h \
	tests/oracle/sockets_kernel.c
tests_oracle_sockets_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_oracle_sockets_target_SOURCES = tests/oracle/sockets_target.c
tests_oracle_sockets_target_LDFLAGS = -static
tests_oracle_sockets_target_LDADD =

# The same of TCP and UDP: `make check` runs 10 seeds of each, soak 300.
engine_tests += tests/oracle/inet
check_PROGRAMS += tests/oracle/inet_target
tests_oracle_inet_SOURCES = \
	tests/oracle/program.h \
	tests/oracle/oracle.h \
	tests/oracle/inet.c \
	tests/oracle/program.c \
	tests/oracle/readback.c
tests_oracle_inet_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_oracle_inet_target_SOURCES = tests/oracle/inet_target.c
tests_oracle_inet_target_LDFLAGS = -static
tests_oracle_inet_target_LDADD =

# Message queues and System V IPC: `make check` runs 20 seeds a family, soak 300.
engine_tests += tests/oracle/queue
check_PROGRAMS += tests/oracle/queue_target
tests_oracle_queue_SOURCES = tests/oracle/program.h tests/oracle/oracle.h tests/oracle/queue.c tests/oracle/program.c \
	tests/oracle/readback.c
tests_oracle_queue_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_oracle_queue_target_SOURCES = tests/oracle/program.h tests/oracle/program.c tests/oracle/queue_target.c
tests_oracle_queue_target_CPPFLAGS = -I$(top_srcdir)/tests
tests_oracle_queue_target_LDFLAGS = -static
tests_oracle_queue_target_LDADD =
