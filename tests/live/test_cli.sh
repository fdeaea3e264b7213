# SPDX-License-Identifier: GPL-3.0-or-later
# The command line itself: help, version, words it does not know.
. "$IPCLAB_SRC/tests/live/lib.sh"

run "$IPCLAB" --version
check version_names_program_and_number out_begins 'ipclab 0.1'
check version_says_licence_and_warranty out_has 'NO WARRANTY'
check version_succeeds status_is 0
check version_is_silent_on_stderr err_is ''

run "$IPCLAB" --help
check help_goes_to_stdout out_has 'Usage: ipclab VERB'
check help_succeeds status_is 0
check help_table_is_alphabetical eval 'sed -n "s/^  \([a-z][a-z]*\) .*/\1/p" "$dir/out" | LC_ALL=C sort -c'
verbs=$(sed -n 's/^  \([a-z][a-z]*\) .*/\1/p' "$dir/out")
check help_lists_verbs test -n "$verbs"

for verb in $verbs; do
	run "$IPCLAB" "$verb" --help
	check "${verb}_help_begins_with_example" out_begins "Example:"
	check "${verb}_help_example_is_the_verb" out_has "ipclab $verb"
	check "${verb}_help_succeeds" status_is 0
	check "${verb}_help_is_silent_on_stderr" err_is ''
	help=$out
	run "$IPCLAB" help "$verb"
	check "help_${verb}_says_the_same" out_is "$help"
done

run "$IPCLAB"
check bare_call_succeeds status_is 0
check bare_call_names_labs out_has 'Labs:'
check bare_call_names_verbs out_has 'replay'

run "$IPCLAB" wtach
check unknown_verb_is_usage_error status_is 2
check unknown_verb_gets_nearest err_is "ipclab: there is no verb 'wtach'; did you mean 'watch'?"
check unknown_verb_prints_nothing_on_stdout out_is ''
run "$IPCLAB" xylophone
check far_word_gets_no_suggestion err_is "ipclab: there is no verb 'xylophone'; ipclab --help lists them"
run "$IPCLAB" ''
check empty_word_is_usage_error status_is 2
run "$IPCLAB" $'\e]0;x\a'
check escape_sequence_does_not_reach_stderr err_has '\x1b]0;x\x07'

run "$IPCLAB" --bogus
check unknown_option_is_usage_error status_is 2
run "$IPCLAB" watch --jsn -- true
check unknown_option_of_verb_gets_nearest err_is "ipclab: watch has no option '--jsn'; did you mean '--json'?"
check unknown_option_of_verb_is_usage_error status_is 2
run "$IPCLAB" watch -o
check missing_value_is_named err_has 'needs a value: FILE'
run "$IPCLAB" watch --json=yes -- true
check value_too_many_is_usage_error status_is 2
run "$IPCLAB" help no-such-verb
check help_of_unknown_verb_is_usage_error status_is 2

"$IPCLAB" --help >/dev/full 2>"$dir/err"
check full_stdout_is_an_error [ $? -eq 3 ]
err=$(cat "$dir/err")
check full_stdout_is_named err_is 'ipclab: cannot write to standard output: No space left on device'
"$IPCLAB" --help >&- 2>"$dir/err"
check closed_stdout_is_an_error [ $? -eq 3 ]
"$IPCLAB" labs >&- 2>"$dir/err"
check closed_stdout_of_much_is_an_error [ $? -eq 3 ]
err=$(cat "$dir/err")
check and_why_is_no_success err_has 'not everything could be written'
for word in 'man help' 'explain help' 'strace watch' 'chekc check'; do
	run "$IPCLAB" ${word% *}
	check "${word% *}_is_known_as_${word#* }" err_has "did you mean '${word#* }'"
done
mkdir "$dir/Größe"
cp /bin/true "$dir/Größe/prög"
run "$IPCLAB" watch --plain -- "$dir/Größe/prög"
check names_of_programs_keep_their_letters err_has "now runs $dir/Größe/prög."
run "$IPCLAB" pipe
check a_lab_is_no_verb status_is 2
check how_a_lab_is_opened_is_said err_is "ipclab: there is no verb 'pipe', but a lab of that name: ipclab lab pipe"
run "$IPCLAB" lab pipe-eof
check an_exercise_is_no_lab err_is "ipclab: there is no lab 'pipe-eof', but an exercise of that name: ipclab start pipe-eof"
run "$IPCLAB" report pipe-eof
check nor_is_it_reported err_has 'ipclab start pipe-eof'
run "$IPCLAB" start fifo
check a_lab_is_no_exercise err_is "ipclab: there is no exercise 'fifo', but a lab of that name: ipclab lab fifo"
"$IPCLAB" --version <&- >"$dir/out" 2>&-
check closed_stdin_and_stderr_do_no_harm [ $? -eq 0 ]

finish
