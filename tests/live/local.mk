# Programs watched by the live tests, each from its own .c, built plainly (-g -O0).
# live_targets += tests/live/targets/NAME
#
# Live tests: a script, or a C program that uses the tracer (engine_tests += tests/live/test_NAME).
live_scripts += \
	tests/live/test_cli.sh
live_targets += \
	tests/live/targets/births \
	tests/live/targets/broken_off \
	tests/live/targets/cloexec \
	tests/live/targets/close_range \
	tests/live/targets/dev_fd \
	tests/live/targets/dup_chain \
	tests/live/targets/edges \
	tests/live/targets/eintr \
	tests/live/targets/ends \
	tests/live/targets/faulty \
	tests/live/targets/flag \
	tests/live/targets/events \
	tests/live/targets/fifo_flicker \
	tests/live/targets/fifo_open \
	tests/live/targets/file_locks \
	tests/live/targets/long_write \
	tests/live/targets/no_ptrace \
	tests/live/targets/nonblock \
	tests/live/targets/orphan \
	tests/live/targets/packets \
	tests/live/targets/signals \
	tests/live/targets/sigpipe \
	tests/live/targets/splice_outside \
	tests/live/targets/splice_waits \
	tests/live/targets/splices \
	tests/live/targets/stages \
	tests/live/targets/stopped \
	tests/live/targets/thread_exec \
	tests/live/targets/threads \
	tests/live/targets/private_times \
	tests/live/targets/socket_limits \
	tests/live/targets/timed_calls \
	tests/live/targets/timed_odd \
	tests/live/targets/timeouts \
	tests/live/targets/waits
live_scripts += \
	tests/live/test_attach.sh \
	tests/live/test_bad_input.sh \
	tests/live/test_drill.sh \
	tests/live/test_held_idle.sh \
	tests/live/test_kill_storm.sh \
	tests/live/test_ordinary_user.sh tests/live/test_rpcbind.sh tests/live/test_labs_without.sh \
	tests/live/test_same_calls.sh \
	tests/live/test_watch_programs.sh \
	tests/live/test_watch_targets.sh
engine_tests += tests/live/test_held tests/live/test_idle tests/live/test_let_go
EXTRA_DIST += tests/live/lab.sh tests/live/watch.sh tests/live/targets/foreign.c
live_scripts += \
	tests/live/test_shell.sh \
	tests/live/test_watch_json.sh
live_scripts += \
	tests/live/test_guide.sh \
	tests/live/test_verify.sh tests/live/test_verify_ring.sh
engine_tests += tests/live/test_schedule
live_targets += tests/live/targets/relay
live_scripts += \
	tests/live/test_cc.sh \
	tests/live/test_hook.sh
live_targets += tests/live/targets/hook_told
EXTRA_DIST += tests/live/targets/hook_every.c tests/live/targets/hook_family.c tests/live/targets/hook_more.c
hooked_targets += tests/live/targets/ring
hooked_targets += \
	tests/live/targets/mem_faults \
	tests/live/targets/mem_kinds \
	tests/live/targets/mem_large \
	tests/live/targets/mem_late \
	tests/live/targets/mem_spin \
	tests/live/targets/mem_race \
	tests/live/targets/mem_sync \
	tests/live/targets/mem_waits
live_targets += tests/live/targets/mem_plain
engine_tests += tests/live/test_memory tests/live/test_held_memory
live_scripts += tests/live/test_replay_schedule.sh tests/live/test_threads.sh tests/live/test_bad_memory.sh
live_scripts += tests/live/test_actors.sh tests/live/test_inet.sh
live_targets += \
	tests/live/targets/unix_more \
	tests/live/targets/unix_pair \
	tests/live/targets/unix_rights \
	tests/live/targets/unix_server
live_targets += tests/live/targets/queue_posix tests/live/targets/queue_sysv
live_scripts += tests/live/test_queues.sh
live_targets += tests/live/storm tests/live/storm_exec tests/live/calls_random tests/live/targets/closes_all
live_scripts += \
	tests/live/test_bad_programs.sh \
	tests/live/test_real_programs.sh \
	tests/live/test_storms.sh \
	tests/live/test_strace_list.sh
live_targets += tests/live/targets/inet_more
live_targets += tests/live/targets/deny
live_scripts += tests/live/test_doctor.sh
# Every lab there is: a new one needs no line here.
live_scripts += tests/live/test_labs.sh tests/live/test_labs_turned.sh tests/live/test_labs_left.sh \
	tests/live/test_labs_alone.sh tests/live/test_labs_changed.sh \
	tests/live/test_link.sh tests/live/test_lint_labs.sh tests/live/test_review.sh
live_scripts += tests/live/test_explore.sh tests/live/test_explore_corpus.sh
EXTRA_DIST += tests/explore/run tests/explore/complete tests/explore/program.h tests/explore/random.c \
	$(wildcard $(srcdir)/tests/explore/bugs/*.c $(srcdir)/tests/explore/correct/*.c)
live_scripts += tests/live/test_check.sh
engine_tests += tests/live/test_launch tests/live/test_budget
EXTRA_DIST += tests/live/exercises
# Programs that hang, looked at from outside.
live_scripts += tests/live/test_why_look.sh
live_targets += tests/live/targets/hang_self tests/live/targets/hang_locks
