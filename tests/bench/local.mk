# bench_programs += tests/bench/NAME     (from tests/bench/NAME.c; built by `make bench` only)
# `make bench` builds them and runs tests/bench/run and tests/bench/run_hook.
bench_programs += \
	tests/bench/pipe_self \
	tests/bench/object_self \
	tests/bench/many_tasks \
	tests/bench/plain_calls \
	tests/bench/under_filter \
	tests/bench/whole_time \
	tests/bench/seek
EXTRA_DIST += tests/bench/run tests/bench/run_hook tests/bench/hook_private.c
EXTRA_DIST += tests/bench/run_explore tests/bench/stress.c
