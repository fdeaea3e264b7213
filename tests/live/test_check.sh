# SPDX-License-Identifier: GPL-3.0-or-later
# The learner's loop from a shell: start, check, understand, mend, pass; --watch; programs that misbehave; grade.
. "$IPCLAB_SRC/tests/live/lib.sh" || exit 1
export XDG_STATE_HOME=$dir/state TMPDIR=$dir/tmp
unset IPCLAB_EXERCISES EDITOR VISUAL TERM_PROGRAM TMUX
mkdir "$TMPDIR" "$dir/work"
cd "$dir/work" || exit 1
own=$IPCLAB_SRC/tests/live/exercises
solution=$IPCLAB_SRC/solutions/03-pipe-eof/pipe_eof.c

run "$IPCLAB" exercises --json
check exercises_are_listed out_has '"id":"pipe-eof","title":"Close what you do not use","kind":"mend"'
run "$IPCLAB" check pipe-eof
check not_started_is_said [ "$status" = 2 ]
check and_how_to_start err_has 'ipclab start pipe-eof'
run "$IPCLAB" start pipe-efo
check nearest_exercise_is_named err_has 'pipe-eof'

# ---- the first hour ----
run "$IPCLAB" start pipe-eof
check start_makes_a_folder test -s ipclab-pipe-eof/pipe_eof.c
check with_the_task grep -q 'What the program must do' ipclab-pipe-eof/exercise.md
check and_it_fits [ "$(wc -L <ipclab-pipe-eof/exercise.md)" -le 80 ]
check and_no_hints sh -c '! grep -q "## Hint" ipclab-pipe-eof/exercise.md'
check and_compile_commands grep -q '"file":"pipe_eof.c"' ipclab-pipe-eof/compile_commands.json
run "$IPCLAB" check pipe-eof
check starter_fails status_is 1
check it_hangs out_has 'HANG'
check why_is_told out_has 'be written to by P2 itself, through fd 4'
check line_is_given_as_compilers_do out_has 'pipe_eof.c:37:1: error: HANG:'
check recording_is_named out_has 'ipclab replay ipclab-pipe-eof/.ipclab/try-1-1.ipclog'
run "$IPCLAB" replay --quiet ipclab-pipe-eof/.ipclab/try-1-1.ipclog
check recording_is_whole status_is 0
run "$IPCLAB" solution pipe-eof
check no_solution_before_a_pass status_is 1
run "$IPCLAB" hint pipe-eof
check first_hint out_has 'Hint 1 of 3'
run "$IPCLAB" hint pipe-eof
check second_hint out_has 'Hint 2 of 3'
cp "$solution" ipclab-pipe-eof/
run "$IPCLAB" check pipe-eof
check solution_passes status_is 0
check what_held_is_said out_has 'every child was waited for'
check what_changed_is_not_needed out_has '10 of 10 points'
run "$IPCLAB" check pipe-eof
check unchanged_is_not_run_again out_has 'it was not run again'
echo '/* one more line */' >>ipclab-pipe-eof/pipe_eof.c
run "$IPCLAB" check pipe-eof
check changed_is out_has 'All 5 checks pass'
run "$IPCLAB" solution pipe-eof
check solution_after_a_pass cmp -s "$dir/out" "$solution"
run "$IPCLAB" reset pipe-eof
check reset_asks status_is 2
check and_changes_nothing grep -q 'one more line' ipclab-pipe-eof/pipe_eof.c
run "$IPCLAB" reset pipe-eof --yes
check reset_keeps_the_old grep -q 'one more line' ipclab-pipe-eof/pipe_eof.c.old-1
check and_brings_the_first cmp -s ipclab-pipe-eof/pipe_eof.c "$IPCLAB_SRC/exercises/03-pipe-eof/pipe_eof.c"
run "$IPCLAB" check pipe-eof
check stale_pass_is_not_shown status_is 1
check progress_is_told out_has 'Check 1 passed before, and fails now.'
run "$IPCLAB" progress
check progress_remembers out_has 'pipe-eof: passed,'
run sh -c "cd ipclab-pipe-eof && '$IPCLAB' check --json"
check json_is_a_result out_has '"schema":"ipclab/result/v1"'
check of_the_files_now out_has "$(sha256sum <ipclab-pipe-eof/pipe_eof.c | cut -d' ' -f1)"

# ---- watch: an editor that renames; then one that nobody tells of ----
for poll in '' 1; do
	"$IPCLAB" reset pipe-eof --yes >/dev/null
	IPCLAB_POLL=$poll timeout 20 "$IPCLAB" check pipe-eof --watch >"$dir/watched" 2>&1 </dev/null &
	watcher=$!
	for _ in $(seq 100); do grep -q 'Waiting for you' "$dir/watched" && break; sleep 0.1; done
	cp "$solution" ipclab-pipe-eof/new && mv ipclab-pipe-eof/new ipclab-pipe-eof/pipe_eof.c
	wait "$watcher"
	status=$?
	check "watch_sees_a_save$poll" status_is 0
	check "and_ends_with_a_pass$poll" grep -q 'All 5 checks pass' "$dir/watched"
done
[ -z "${IPCLAB_POLL:-}" ] || unset IPCLAB_POLL

# ---- programs that misbehave: a verdict each, and nothing is left ----
program() { # NAME C [FUNCTIONS]
	mkdir -p "$dir/subs/$1"
	printf '#include <fcntl.h>\n#include <pthread.h>\n#include <signal.h>\n#include <string.h>\n#include <sys/wait.h>\n#include <time.h>\n#include <unistd.h>\n%s\nint main(void)\n{\n\tint p[2];\n\tstatic char b[1 << 20];\n\tif (pipe(p) || (fork() == 0 && (_exit(0), 1)))\n\t\treturn 1;\n\twait(NULL);\n\tmemset(b, 65, sizeof b);\n%s\n\treturn 0;\n}\n' "${3:-}" "$2" >"$dir/subs/$1/pipe_eof.c"
}
program 1-stdin 'for (char c;;) if (read(0, &c, 1) < 0) return 1;'
program 0-computes 'for (volatile unsigned i = 0;; i++);'
program 2-gigabyte 'for (int i = 0; i < 1024; i++) if (write(1, b, sizeof b) < 0) return 1;'
program 3-forks 'for (int i = 0; i < 1000; i++) if (fork() == 0) pause();'
program 4-closes 'close(0), close(1), close(2);'
program 5-daemon 'if (fork() == 0) { if (fork() == 0) { setsid(); pause(); } _exit(0); } wait(NULL); for (ssize_t n; (n = read(0, b, 99)) > 0;) if (write(1, b, n) < 0) return 1;'
program 6-segv '*(volatile int *)0 = 1;'
program 7-file 'int f = open("big", O_CREAT | O_WRONLY, 0600); for (int i = 0; i < 200; i++) if (write(f, b, sizeof b) < 0) return 3;'
program 8-kills 'kill(-1, SIGKILL), kill(getppid(), SIGKILL), kill(1, SIGKILL);'
# Locks of one process, of whose futexes no stop tells: who holds them is found; what gives up by itself is no hang.
locks='static pthread_mutex_t a = PTHREAD_MUTEX_INITIALIZER, b_ = PTHREAD_MUTEX_INITIALIZER;'
program d-locks 'pthread_t t; pthread_create(&t, NULL, other, NULL); pthread_mutex_lock(&a); usleep(20000); pthread_mutex_lock(&b_);' "$locks
static void *other(void *arg) { pthread_mutex_lock(&b_); usleep(20000); pthread_mutex_lock(&a); return arg; }"
program e-limit 'struct timespec t; clock_gettime(CLOCK_REALTIME, &t); t.tv_sec++; pthread_mutex_lock(&a); pthread_mutex_timedlock(&a, &t);' "$locks
static void *other(void *arg) { pthread_mutex_unlock(&b_); return arg; }
void *(*used)(void *) = other;"
mkdir "$dir/subs/9-none" "$dir/subs/a-text" "$dir/subs/b-link" "$dir/subs/c-good"
echo 'int main(void) { return x; }' >"$dir/subs/a-text/pipe_eof.c"
ln -s /etc/hostname "$dir/subs/b-link/pipe_eof.c"
cp "$solution" "$dir/subs/c-good/"
run timeout 240 "$IPCLAB" grade --exercise pipe-eof "$dir/subs" --jobs 2 --out json:"$dir/res" --out csv:"$dir/res/marks.csv" --out junit:"$dir/res/junit.xml"
check grading_ran status_is 0
check beginning_is_said err_has 'They run as you'
verdict() { check "$1" grep -q "^$1 .*$2" "$dir/out"; }
verdict 0-computes 'TOO SLOW .*it does not end. P1 computes'
verdict 1-stdin 'TOO SLOW .* computes'
verdict 2-gigabyte 'DENIED .*printed more than 8 MiB'
verdict 3-forks 'DENIED .*more than 64 processes'
verdict 4-closes 'WRONG'
verdict 5-daemon 'LEAK'
verdict 6-segv 'CRASH .*SIGSEGV ends P1 at pipe_eof.c:17'
verdict 7-file 'DENIED .*more than 64 MiB into a file'
verdict 8-kills 'WRONG'
verdict 9-none 'there is no pipe_eof.c'
verdict a-text 'DOES NOT COMPILE .*undeclared'
verdict b-link 'cannot be read'
verdict c-good '10/10  PASS'
verdict d-locks 'HANG .*P1 waits in pthread_mutex_lock(mutex1) .*mutex1 is held by P1.1'
verdict e-limit 'WRONG'
check a_result_file_each [ "$(ls "$dir"/res/*.json | wc -l)" = 15 ]
check csv_has_a_line_each [ "$(wc -l <"$dir/res/marks.csv")" = 16 ]
check junit_counts grep -q 'testsuite name="c-good" tests="5" failures="0" errors="0" skipped="0"' "$dir/res/junit.xml"
run "$IPCLAB" grade --exercise pipe-eof "$dir/subs" --out json:"$dir/res" --resume
check resume_runs_nothing_again err_has '15 of 15 were judged before'
rm "$dir/res/c-good.json"
run "$IPCLAB" grade --exercise pipe-eof "$dir/subs" --out json:"$dir/res" --resume
check but_what_is_missing err_has '14 of 15 were judged before'
# ---- names as people have them; what is handed back ----
people="$dir/people"
mkdir -p "$people/Anna Müller" "$people/Jörg Groß" "$people/Jürg Groß" "$people/misnamed" "$people"/$'con\033[31mtrol'
cp "$solution" "$people/Anna Müller/"
cp "$IPCLAB_SRC/exercises/03-pipe-eof/mutants/gives_up_at_eintr.c" "$people/Jörg Groß/pipe_eof.c"
echo 'int main(void) { return x; }' >"$people/Jürg Groß/pipe_eof.c"
cp "$solution" "$people/misnamed/PipeEof.C"
cp "$solution" "$people"/$'con\033[31mtrol/'
run timeout 120 "$IPCLAB" grade --exercise pipe-eof "$people" --out text:"$dir/back" --out csv:"$dir/people.csv"
check names_stay_as_they_are grep -q '^"Jörg Groß","pipe-eof","fail","WRONG",8,' "$dir/people.csv"
check in_the_table_as_well out_has 'Jürg Groß         0/10  DOES NOT COMPILE'
check but_for_what_a_terminal_obeys test -f "$dir/back/con_x1b[31mtrol.txt"
check a_misnamed_file_is_named out_has 'only PipeEof.C (it has to have that name)'
letter="$dir/back/Jörg Groß.txt"
check a_letter_says_the_points grep -q '^Jörg Groß: 8 of 10 points$' "$letter"
check why_it_failed grep -q 'A signal interrupted P1 in read' "$letter"
check and_where grep -q '^  at  *pipe_eof.c:[0-9]' "$letter"
check one_that_passed_has_one_too grep -q '^Anna Müller: 10 of 10 points$' "$dir/back/Anna Müller.txt"
run "$IPCLAB" grade --exercise pipe-eof "$people" --out html:x
check other_forms_are_refused status_is 2
check and_those_there_are_named err_has 'text:DIR'

run "$IPCLAB" grade --exercise pipe-eof "$solution"
check one_file_is_a_submission out_has '10/10'
check no_folder_is_left [ -z "$(ls -A "$TMPDIR")" ]
# Ours work below TMPDIR; other tests judge the same exercise at the same time.
left() {
	local pid
	for pid in $(pgrep -f "^./pipe_eof" -u "$(id -u)"); do
		case $(readlink "/proc/$pid/cwd" 2>/dev/null) in "$TMPDIR"/*) echo "$pid" ;; esac
	done
}
check no_process_is_left [ -z "$(left)" ]

# ---- who is read from late is no hang: one processor for all, and two others on it ----
for _ in 1 2; do timeout 60 taskset -c 0 sh -c 'while :; do :; done' & done
for _ in 1 2 3 4 5 6; do taskset -c 0 "$IPCLAB" grade --exercise pipe-eof "$dir/subs/2-gigabyte" 2>/dev/null; done >"$dir/late"
kill $(jobs -p)
wait
check a_late_reader_is_no_hang [ "$(grep -c 'DENIED' "$dir/late")" = 6 ]

# ---- what a killed one left is taken away by the next; what one that runs has is not ----
mkdir "$TMPDIR/ipclab-grade-killed" "$TMPDIR/ipclab-grade-runs" && echo x >"$TMPDIR/ipclab-grade-killed/file"
touch -d '2 minutes ago' "$TMPDIR"/ipclab-grade-*
flock "$TMPDIR/ipclab-grade-runs" "$IPCLAB" check pipe-eof --again >"$dir/out"
check killed_one_is_taken_away [ "$(ls "$TMPDIR")" = ipclab-grade-runs ]
rmdir "$TMPDIR/ipclab-grade-runs"

# ---- where nothing can be kept; full disk; two at once ----
mkdir "$dir/kept" && cp "$solution" "$dir/kept/" && echo >"$dir/kept/.ipclab"
run "$IPCLAB" check pipe-eof --folder "$dir/kept"
check unwritable_folder_is_judged_all_the_same status_is 0
check and_it_is_said err_has 'recordings are not kept'
mkdir "$dir/small"
run unshare -rm sh -c "mount -t tmpfs -o size=100k small '$dir/small' && TMPDIR='$dir/small' '$IPCLAB' check pipe-eof --folder ipclab-pipe-eof --again"
if grep -q 'unshare' "$dir/err"; then
	echo "skipped: no user namespaces here for a full disk"
else
	check full_disk_is_no_score status_is 5
	check and_it_is_an_error out_has 'GRADER ERROR'
fi
"$IPCLAB" check pipe-eof --again >"$dir/one" 2>&1 &
"$IPCLAB" check pipe-eof --again >"$dir/two" 2>&1
check two_at_once_both_pass grep -q 'All 5 checks pass' "$dir/two"
wait
check both grep -q 'All 5 checks pass' "$dir/one"

# ---- clients, FIFOs, terminals, held pipes; faults as the kernel has them ----
cp -r "$own" "$dir/own"
for name in misc faults; do
	run "$IPCLAB" check --exercises "$own" "$name" --folder "$dir"/own/0?-"$name"
	check "$name" status_is 0
done
run "$IPCLAB" check --exercises "$own" upper --folder "$dir/own/01-upper"
check one_client_blocks_the_other out_has 'P1 waits in read(4) at upper.c:18: sock3 has nothing to take and'
run "$IPCLAB" check --exercises "$own" fifo --folder "$dir/own/02-fifo"
check log_that_ends_too_soon out_has 'a line is missing: "b1\n"'
run "$IPCLAB" check --exercises "$own" race --folder "$dir/own/05-race"
check one_order_fails out_has 'FLAKY'
check and_its_line out_has 'race.c:14'
# What failed is run again in that order, by the program kept beside the schedule: that is what Enter opens.
run "$IPCLAB" replay --plain "$dir"/own/05-race/.ipclab/try-*.sched
check that_order_again out_has 'choices made again'

# ---- what stands behind a wrong result ----
told() { # EXERCISE FILE MUTANT: what a learner reads of it
	run "$IPCLAB" start "$1"
	cp "$IPCLAB_SRC"/exercises/*-"$1"/mutants/"$3".c "ipclab-$1/$2"
	run "$IPCLAB" check "$1"
}
told redirect redirect.c opens_it_twice
check words_as_a_shell_has_them out_has "./redirect out sh -c 'echo one; echo two >&2; echo three'"
check file_expected_is_shown out_has 'and the file out: "one\ntwo\nthree\n"'
told order-mailbox order_mailbox.c buffer_too_small
check failed_call_is_named out_has 'The last call of P2 that failed is mq_receive(3) at'
check stdio_is_not_blamed out_lacks 'until then stdio'
told multicast-clock clock.c interface_unset
check who_is_who out_has 'ann, P1: ./clock listen 239.1.2.3'
check whose_input_ends out_has "end of clock's input"
check hints_fit [ "$(wc -L <"$dir/out")" -le 80 ]

# ---- manifests ----
mkdir -p "$dir/bad/01-x" && cp "$own/05-race/"* "$dir/bad/01-x/"
sed -i 's/kind: mend/kind: mand/' "$dir/bad/01-x/exercise.yaml"
run "$IPCLAB" lint "$dir/bad"
check lint_names_the_place out_has '01-x/exercise.yaml:2:7: kind is one of order, complete, mend, make'
check and_fails status_is 4
finish
