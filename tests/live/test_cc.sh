# SPDX-License-Identifier: GPL-3.0-or-later
# ipclab cc: what it compiles, what it refuses, which words and statuses it has for that.
. "$IPCLAB_SRC/tests/live/lib.sh"
command -v gcc >/dev/null || skip "no gcc here"
unset IPCLAB_CC
cc=("$IPCLAB" cc)
cd "$dir" || exit 1
cat >ring.c <<'EOF'
#include <stdio.h>
int cell = 3;
int twice(int *p);
int main(void) { printf("%d\n", twice(&cell)); return 0; }
EOF
echo 'int twice(int *p) { return *p * 2; }' >twice.c
printf '.globl twice\n.text\ntwice: movl (%%rdi),%%eax\n addl %%eax,%%eax\n ret\n.section .note.GNU-stack,"",@progbits\n' >twice.s
printf '.data\n.globl table\ntable: .long 1\n.section .note.GNU-stack,"",@progbits\n' >table.s

# works NAME COMMAND...: it compiles, says nothing, and a.out runs.
works() {
	local name=$1
	shift
	rm -f a.out
	run "$@"
	check "${name}_succeeds" status_is 0
	check "${name}_says_nothing" err_is ""
	run ./a.out
	check "${name}_runs" out_is 6
}
# refused NAME SENTENCE COMMAND...: it fails with that sentence and leaves no a.out.
refused() {
	local name=$1 sentence=$2
	shift 2
	rm -f a.out
	run "$@"
	check "${name}_fails" [ "$status" -ne 0 ]
	check "${name}_says_why" err_has "$sentence"
	check "${name}_leaves_nothing" [ ! -e a.out ]
}

works sources "${cc[@]}" ring.c twice.c
check has_a_note [ -n "$(readelf -S a.out | grep -o note.ipclab)" ]
check has_no_real_libtsan [ -z "$(ldd a.out | grep tsan)" ]
run "${cc[@]}" -c ring.c twice.c
check objects_compile status_is 0
works objects "${cc[@]}" ring.o twice.o
works optimised "${cc[@]}" -O2 ring.c twice.c
works pie "${cc[@]}" -fPIE -pie ring.c twice.c
works no_pie "${cc[@]}" -no-pie -fno-pie ring.c twice.c
works collected_sections "${cc[@]}" -ffunction-sections -Wl,--gc-sections ring.c twice.c
works static_libtsan "${cc[@]}" -static-libtsan ring.c twice.c
works data_only_object "${cc[@]}" ring.c twice.c table.s
works pipe_option "${cc[@]}" -pipe ring.c twice.c
echo "ring.c 'twice.c'" >words
works response_file "${cc[@]}" @words
works lto "${cc[@]}" -flto ring.c twice.c
check lto_keeps_hooks [ "$(objdump -d a.out | grep -cE 'call.*__tsan_read')" -gt 0 ]
ar rcs libtwice.a twice.o
works archive "${cc[@]}" ring.c libtwice.a
works archive_by_l "${cc[@]}" ring.c -L. -ltwice
run "${cc[@]}" -shared -fPIC -o libshared.so twice.c
check shared_library_links status_is 0
works shared_library "${cc[@]}" ring.c ./libshared.so -Wl,-rpath,"$dir"
# A machine on which gcc has no libtsan of its own: the same with the folder of gcc's libraries hidden from -B and -L.
run "${cc[@]}" -### ring.c twice.c
check takes_our_preinit [ "$(grep -oE '[^ ]*libtsan_preinit.o' <<<"$err")" -ef "$IPCLAB_BUILD/hook/libtsan_preinit.o" ]
for c in strlen memcpy sem_post printf; do
	echo "int $c(void) { return 6; } int main(void) { return $c(); }" >own.c
	run "${cc[@]}" -w -fno-builtin own.c
	check "program_may_have_its_own_$c" status_is 0
	run ./a.out
	check "program_calls_its_own_$c" status_is 6
done

# ---- refused ----
gcc -c -o plain.o twice.c
refused plain_object "plain.o was not compiled by ipclab cc: its accesses to shared memory would be invisible" \
	"${cc[@]}" ring.c plain.o
check plain_object_names_the_remedy err_has "ipclab cc -c twice.c"
echo "ring.c plain.o" >words
refused plain_object_in_response_file "plain.o was not compiled by ipclab cc" "${cc[@]}" @words
mkdir -p sub
ar rcs sub/libplain.a plain.o
refused plain_archive "plain.o in sub/libplain.a was not" "${cc[@]}" ring.c sub/libplain.a
refused plain_archive_by_l "plain.o in sub/libplain.a was not" "${cc[@]}" ring.c -Lsub -lplain
refused assembly "an assembly source has no hooks" "${cc[@]}" ring.c twice.s
refused hooks_switched_off "was compiled without hooks" "${cc[@]}" -fno-sanitize=thread ring.c twice.c
refused lto_without_hooks "link-time optimisation left no hooks in a.out" "${cc[@]}" -flto -fno-sanitize=thread \
	"$IPCLAB_BUILD/hook/libtsan_preinit.o" ring.c twice.c "$IPCLAB_BUILD/hook/libtsan.a"
refused static "leave -static out" "${cc[@]}" -static ring.c twice.c
check static_is_usage status_is 2

# ---- statuses and words ----
run "${cc[@]}" nothing.c
check gcc_speaks_for_itself err_has "nothing.c: No such file or directory"
check gcc_status status_is 1
run "${cc[@]}"
check nothing_to_do status_is 2
run "${cc[@]}" --help
check help_is_ours out_begins "Example:"
run "${cc[@]}" -dumpversion
check options_pass out_is "$(gcc -dumpversion)"
IPCLAB_CC=no-such-compiler run "${cc[@]}" ring.c
check no_compiler_is_the_machine status_is 3
check no_compiler_says_so err_has "no-such-compiler cannot be run (it is the one of IPCLAB_CC)"
echo 'int main(void) { return count; }' >wrong.c
run "${cc[@]}" wrong.c
check gcc_errors_come_through err_has "wrong.c:1:"
check gcc_errors_have_its_status status_is 1
mkdir alone && cp "$IPCLAB" alone/ipclab
run alone/ipclab cc ring.c twice.c
if [ "$status" -eq 0 ]; then
	echo "skipped: ipclab is installed where it would find its runtime"
else
	check runtime_missing_is_the_machine status_is 3
	check runtime_missing_says_so err_has "there is no libtsan.a in"
fi
if command -v clang >/dev/null; then
	IPCLAB_CC=clang run "${cc[@]}" ring.c twice.c
	check clang_does_not_link status_is 2
	check clang_says_who_links err_has "link with gcc"
	IPCLAB_CC=clang run "${cc[@]}" -c ring.c twice.c
	check clang_compiles_quietly err_is ""
	works clang_objects "${cc[@]}" ring.o twice.o
else
	echo "skipped: no clang here"
fi
if command -v g++ >/dev/null; then
	echo 'int cell; int main() { int *p = new int(6); cell = *p; delete p; return cell - 6; }' >plus.cc
	IPCLAB_CC=g++ run "${cc[@]}" plus.cc
	check cxx_links status_is 0
	run ./a.out
	check cxx_runs status_is 0
fi
finish
