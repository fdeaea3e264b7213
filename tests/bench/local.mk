# bench_programs += tests/bench/NAME     (from tests/bench/NAME.c; built by `make bench` only)
# `make bench` builds them and runs tests/bench/run, run_hook, run_explore_rate and run_explore.
bench_programs += \
	tests/bench/pipe_self \
	tests/bench/object_self \
	tests/bench/many_tasks \
	tests/bench/plain_calls \
	tests/bench/under_filter \
	tests/bench/whole_time \
	tests/bench/seek
EXTRA_DIST += tests/bench/run tests/bench/run_hook tests/bench/hook_private.c
EXTRA_DIST += tests/bench/explore.txt tests/bench/run_explore tests/bench/run_explore_rate tests/bench/stress.c tests/bench/forked.c tests/bench/baton.c
