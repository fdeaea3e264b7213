# SPDX-License-Identifier: GPL-3.0-or-later
# The hook runtime in programs made by `ipclab cc`: not watched they behave as they would without it, watched by the least
# of tracers (targets/hook_told) they tell what they do.
. "$IPCLAB_SRC/tests/live/lib.sh"
targets=$IPCLAB_SRC/tests/live/targets
told=$IPCLAB_BUILD/tests/live/targets/hook_told
flags=(-D_GNU_SOURCE -std=gnu17 -Wall -Wextra -Werror)
export IPCLAB_CC=

command -v gcc >/dev/null || skip "no gcc here"
gcc "${flags[@]}" -g -O0 -o "$dir/family.bare" "$targets/hook_family.c" || skip "gcc cannot compile the targets"
run "$IPCLAB" cc "${flags[@]}" -o "$dir/family" "$targets/hook_family.c"
check cc_compiles_the_family status_is 0
check cc_says_nothing err_is ""
run "$IPCLAB" cc "${flags[@]}" -o "$dir/more" "$targets/hook_more.c"
check cc_compiles_more status_is 0

# ---- not watched ----
run "$dir/family.bare"
family=$out
check family_without_hooks_runs status_is 9
run "$dir/family"
check same_status status_is 9
check same_results_and_errno out_is "$family"
run "$dir/more" signals
check signals_in_hooks_do_no_harm out_is "5 1 1"

# calls PROGRAM...: how many system calls it makes, its children included; the most of three runs, as
# a time-out that has passed before it is waited for saves one. sem_open takes as many random
# numbers as it likes.
calls() {
	for _ in 1 2 3; do
		strace -f -o "$dir/calls" "$@" >/dev/null 2>&1 # -c does not count numbers that no kernel knows
		grep -cvE '^[0-9]+ +(<|---|\+\+\+|getrandom)' "$dir/calls"
	done | sort -n | tail -1
}
if strace -o /dev/null true 2>/dev/null; then
	bare=$(calls "$dir/family.bare" alone)
	hooked=$(calls "$dir/family" alone)
	check not_watched_makes_one_call_more [ "$hooked" = $((bare + 1)) ]
	strace -f -o "$dir/calls" "$dir/more" exec >/dev/null 2>&1
	check asked_once_more_after_exec_and_not_after_fork [ "$(grep -ciE 'syscall_0x49504c|0x49504c' "$dir/calls")" = 2 ]
else
	echo "skipped: system calls are not counted, strace does not work here"
fi

# ---- symbols ----
runtime=$IPCLAB_BUILD/hook/libtsan.a
nm --defined-only "$runtime" | awk '{print $3}' | sort -u >"$dir/defined"
for n in 1 2 4 8 16; do
	printf '%s\n' __tsan_{,volatile_}{read,write}$n __tsan_read_write$n __tsan_unaligned_{,volatile_}{read,write}$n
	b=$((8 * n))
	printf '%s\n' __tsan_atomic${b}_{load,store,exchange,fetch_{add,sub,and,or,xor,nand},compare_exchange_{strong,weak,val}}
done >"$dir/wanted"
printf '%s\n' __tsan_{init,func_{entry,exit},{read,write}_range,vptr_{read,update},mem{cpy,move,set},atomic_{thread,signal}_fence} \
	__tsan_ignore_thread_{begin,end} >>"$dir/wanted"
# What this gcc can emit; clang puts its names together at run time.
strings -a "$(gcc -print-prog-name=cc1)" 2>/dev/null | grep -xE '__tsan_[a-z0-9_]+' >>"$dir/wanted"
check every_hook_is_defined [ -z "$(sort -u "$dir/wanted" | comm -23 - "$dir/defined")" ]

# every COMPILER LEVEL: objects of both compilers are linked by gcc and compute the same.
every() {
	IPCLAB_CC=$1 "$IPCLAB" cc "${flags[@]}" -mcx16 "$2" -c -o "$dir/every.o" "$targets/hook_every.c" &&
		"$IPCLAB" cc -o "$dir/every" "$dir/every.o" && run "$dir/every" && [ "$out" = 2122 ]
}
for level in -O0 -O1 -O2 -O3; do
	check "every_access_gcc$level" every gcc $level
	if command -v clang >/dev/null; then
		check "every_access_clang$level" every clang $level
	else
		echo "skipped: no clang here"
	fi
done

# ---- told ----
"$told" true 2>/dev/null
[ $? -eq 77 ] && skip "ptrace is forbidden here"
run "$told" "$dir/family"
check told_family_ends_the_same status_is 9
check told_same_results out_is "$family"
tell() { err_has "$1"; }
check told_kind_of_mutex tell '1 begin mutex_init at 020 with 302'
check told_value_of_sem_init tell '1 begin sem_init at 000 with 100000002'
check told_errno_of_sem tell '1 end sem_trywait -11'
check told_error_of_pthread tell '1 end mutex_lock -130'
check told_time_out tell '1 begin sem_timedwait at 000 with 0 in 20 ms'
check told_time_of_each_conditions_clock [ "$(grep -c '1 begin cond_timedwait at 048 with 20 in 20 ms' "$dir/err")" = 3 ]
check told_count_of_a_barrier tell '1 begin barrier_init at 078 with 1'
check told_no_time_when_it_is_wrong tell $'1 begin sem_timedwait at 000 with 0\n1 end sem_timedwait -22'
check told_serial_thread_of_a_barrier tell '1 end barrier_wait 1'
check told_value_of_semaphore tell '1 end sem_getvalue 3'
check told_in_pieces tell $'1 store 4096 at 0d8\n1 store 903 at 0d8\n'
check told_sprintf tell $'1 store 8 at 0d8\n'
check told_printf_reads tell $'1 load 3 at 0d8\n1 load 13 at 0dc\n'
check told_a_cancelled_wait [ "$(grep -c 'end sem_wait -125' "$dir/err")" = 1 ]
check told_shmdt tell '1 made 8192'

run "$told" "$dir/more" early
check told_before_main err_is $'1 ask\n1 store 4 at 00c\n1 load 4 at 00c'
run "$told" "$dir/more" exec
check told_again_after_exec err_is $'1 ask\n1 store 4 at 00c\n1 store 4 at 000\n2 store 4 at 004\n2 ask\n2 store 4 at 00c\n1 load 4 at 004'
run "$told" "$dir/more" maps
check told_what_is_still_shared out_is ""
check told_maps [ "$(head -12 "$dir/err" | tr '\n' ,)" = "1 ask,1 store 4 at 00c,1 store 1 at 001,1 ended 4096,1 store 1 at 002,1 ended 4096,1 store 1 at 004,1 ended 4096,1 made 8192,1 store 1 at 005,1 ended 8192,1 store 1 at 006," ]
check told_all_of_400_mappings [ "$(grep -c 'at 006' "$dir/err")" = 400 ]
run "$told" "$dir/more" signals
check told_signals_do_no_harm out_is "5 1 1"
run "$told" "$dir/more" endless
check timed_out_when_not_endless out_is "-1 110"
run "$told" -e "$dir/more" endless
check endless_waits_until_posted out_is "0 0"
run "$told" "$dir/more" threads
check threads_are_private_unasked [ "$(grep -cE 'store [24] ' "$dir/err")" = 1 ]
run "$told" -t "$dir/more" threads
check threads_pass status_is 0
check threads_tell_globals_and_heap [ "$(grep store "$dir/err" | cut -d' ' -f1-3 | tr '\n' ,)" = "1 store 4,2 store 2,2 store 4,1 store 2,1 store 64," ]

# ---- told to ipclab itself ----
run "$IPCLAB" watch --quiet -- "$dir/family"
check watched_same_status status_is 9
check watched_same_results out_is "$family"
run "$IPCLAB" watch --quiet -- "$dir/more" signals
check watched_signals_do_no_harm out_is "5 1 1"
finish
