# SPDX-License-Identifier: GPL-3.0-or-later
# Drills are compiled and run: of each exactly one answer is true (with none, or two, the verb fails); and a quiz is
# taken. Long counts with IPCLAB_SOAK.
. "${IPCLAB_SRC:?}/tests/live/lib.sh" || exit 1

unset IPCLAB_LABS IPCLAB_PLAIN
export XDG_STATE_HOME=$dir/state
seeds=6 questions=3
[ -z "${IPCLAB_SOAK:-}" ] || seeds=200 questions=20

drill() { run timeout 60 "$IPCLAB" drill "$@"; }

drill pipe --seed 1 --json
if [[ $err == *ptrace* || $status -eq 3 ]]; then
	skip "$err"
fi
check json_has_program out_has '"program":"#include'
check json_has_no_outcome_unasked out_lacks '"outcome"'

# field NAME: of the JSON that was printed last; a number, or text without quotes in it.
field() { sed -n "s/^ \"$1\":\"\{0,1\}\([^\",]*\).*/\1/p" "$dir/out"; }

# Every answer that may be given, of every drill: one of them is right, and no other.
one_is_right() {
	local n options truth
	truth=$(field true)
	if [ -z "$truth" ]; then # a number
		truth=$(field answer)
		[[ $truth =~ ^-?[0-9]+$ ]]
		return
	fi
	options=$(grep -c . <<<"$(sed -n 's/^ "options":\[\(.*\)\],*$/\1/p' "$dir/out" | sed 's/","/\n/g')")
	[ "$truth" -ge 1 ] && [ "$truth" -le "$options" ] && [ "$options" -ge 3 ]
}
seen=
for kind in pipe fork ring mq; do
	for ((seed = 1; seed <= seeds; seed++)); do
		drill "$kind" --seed "$seed" --json
		check "${kind}_${seed}_runs" status_is 0
		check "${kind}_${seed}_one_answer" one_is_right
		seen+=" $(field answer)"
	done
done
check answers_differ [ "$(tr ' ' '\n' <<<"$seen" | sort -u | wc -l)" -ge 8 ]

# What is true is right, whatever else is said is wrong.
drill mq --seed 4 --json
truth=$(field answer)
drill mq --seed 4 --json --answer "$truth"
check true_is_right out_has '"outcome":"right"'
drill mq --seed 4 --json --answer "$((truth + 1))"
check other_is_wrong out_has '"outcome":"wrong"'
drill mq --seed 4 --json --answer '?'
check unsure_is_unsure out_has '"outcome":"unsure"'

# At the prompt: nothing is said of the answer before it is asked for.
printf 'what\n%s\n' "$truth" >"$dir/typed"
timeout 60 "$IPCLAB" drill mq --seed 4 >"$dir/out" 2>"$dir/err" <"$dir/typed"
status=$? out=$(cat "$dir/out") err=$(cat "$dir/err")
check prompt_says_what_it_wants out_has 'A number is wanted'
check prompt_says_what_happened out_has "You said $truth. So it is."
before=${out%%What happened:*}
check answer_is_kept_back [ "${before/ended with status/}" = "$before" ]
drill mq --seed 4 --no-input
check no_input_answers out_has "Answer: $truth."
printf 'quit\n' | timeout 60 "$IPCLAB" drill pipe --seed 1 >"$dir/out" 2>"$dir/err"
status=$? out=$(cat "$dir/out")
check quit_leaves_without_an_answer out_lacks 'What happened'
drill pipe </dev/null
check fresh_seed_is_printed [ "$(grep -c '^Drill pipe, seed [0-9]*\.' "$dir/out")" = 1 ]
drill pipe --no-input --seed 5
check who_waits_and_why out_has 'pipe1 is empty and can still be written to by P1'
drill pipes
check kind_unknown status_is 2
drill pipe --seed -1
check seed_is_no_number status_is 2
drill pipe --seed 3 --answer nonsense
check answer_is_none status_is 2

# A count is chosen by itself, and one reason is told once; a reason is true of the right answer, too.
drill fork --seed 3 --answer 5
check count_is_its_number out_has 'So it is: 5 processes'
drill fork --seed 3 --answer 2
check reason_told_once [ "$(grep -c '^Each process that comes' "$dir/out")" = 1 ]
drill mq --seed 9 --answer 4
check reason_fits_the_right_answer out_has 'EMSGSIZE is said when the buffer is smaller than mq_msgsize'
run "$IPCLAB" quiz --help
check summary_begins_with_its_number out_has '20 beliefs'

# ---- quiz ----
quiz() {
	timeout 300 "$IPCLAB" quiz "$@" >"$dir/out" 2>"$dir/err" <"$dir/typed"
	status=$? out=$(cat "$dir/out") err=$(cat "$dir/err")
}
for ((i = 0; i < questions; i++)); do
	printf '?\ndo\n'
done >"$dir/typed"
quiz --seed 7 --questions "$questions"
check quiz_ends status_is 0
check quiz_asks_all [ "$(grep -c '^Quiz, question' "$dir/out")" = "$questions" ]
check quiz_counts out_has "Of $questions questions 0 right, 0 wrong, $questions not known, 0 skipped."
check quiz_says_where [ "$(grep -c 'ipclab lab .* --step [0-9]' "$dir/out")" = "$questions" ]
run "$IPCLAB" progress --json
check quiz_is_remembered [ "$(grep -o '"unsure"' "$dir/out" | wc -l)" -ge "$questions" ]
run "$IPCLAB" quiz --json
check quiz_has_20 [ "$(grep -c '"belief"' "$dir/out")" = 20 ]
run "$IPCLAB" quiz --no-input
check quiz_has_to_ask status_is 2
printf '?\ndo\n?\ndo\nquit\n' >"$dir/typed"
quiz --seed 1 --questions 20
check quiz_tells_what_was_done_between out_has '(Done: step P1.)'
check quiz_lines_fit [ "$(sed -n '/^Look at/,$p' "$dir/out" | wc -L)" -le 80 ]
printf 'quit\n' >"$dir/typed"
quiz --seed 7
check quiz_can_be_left [ "$status" = 0 ]
check quiz_left_tells_nothing out_lacks 'Look at these again'
finish
