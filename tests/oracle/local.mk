# The oracle: generated pipe programs against world and kernel. `make check` runs 40 seeds, soak 500.
engine_tests += tests/oracle/oracle
check_PROGRAMS += tests/oracle/target
tests_oracle_oracle_SOURCES = \
	tests/oracle/program.h \
	tests/oracle/oracle.h \
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
