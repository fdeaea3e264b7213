# Pure tests: they link libipclab.a, never touch ptrace, and run a second time under ASan and UBSan.
# tests/unit/test_NAME is made from tests/unit/test_NAME.c alone.
pure_tests += \
	tests/unit/test_base
pure_tests += \
	tests/unit/test_log \
	tests/unit/test_source \
	tests/unit/test_types \
	tests/unit/test_types_kept
pure_tests += \
	tests/unit/test_words
pure_tests += \
	tests/unit/test_event
pure_tests += \
	tests/unit/test_world_access \
	tests/unit/test_world_fd \
	tests/unit/test_world_kernel \
	tests/unit/test_world_memory \
	tests/unit/test_world_inet \
	tests/unit/test_world_orders \
	tests/unit/test_world_pipe \
	tests/unit/test_world_sync \
	tests/unit/test_world_timeline \
	tests/unit/test_standing \
	tests/unit/test_world_waits \
	tests/unit/test_world_why \
	tests/unit/test_world_write
pure_tests += \
	tests/unit/test_canvas
pure_tests += \
	tests/unit/test_cond \
	tests/unit/test_drill \
	tests/unit/test_guide \
	tests/unit/test_labs \
	tests/unit/test_play \
	tests/unit/test_progress \
	tests/unit/test_steer
EXTRA_DIST += tests/unit/guide_sim.h tests/unit/memorybuild.h tests/unit/types_run.h
pure_tests += \
	tests/unit/test_schedule_file
pure_tests += \
	tests/unit/test_hook_elf \
	tests/unit/test_hook_ranges
pure_tests += \
	tests/unit/test_world_queue
pure_tests += \
	tests/unit/test_world_flow \
	tests/unit/test_world_socket
EXTRA_DIST += tests/unit/socketbuild.h
pure_tests += tests/unit/test_world_events tests/unit/test_world_fifo
pure_tests += \
	tests/unit/test_words_socket \
	tests/unit/test_words_waits
# assets/ipclab.1 against view/keys.def.
pure_tests += tests/unit/test_keys_page
pure_tests += tests/unit/test_explore
pure_tests += tests/unit/test_grader
pure_tests += tests/unit/test_ladder
