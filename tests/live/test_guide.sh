#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The guide in plain mode, and what is remembered of it.
source "${IPCLAB_SRC:?}/tests/live/lib.sh" || exit 1
export XDG_STATE_HOME=$dir/state

# script LINE...: each as a line of standard input.
script() {
	local args=()
	while [ "$1" != -- ]; do args+=("$1"); shift; done
	shift
	printf '%s\n' "$@" >"$dir/in"
	"$IPCLAB" lab pipe --plain "${args[@]}" <"$dir/in" >"$dir/out" 2>"$dir/err"
	status=$?
	out=$(tr '\n' ' ' <"$dir/out") # as one line: where lines break is another test's
	err=$(cat "$dir/err")
}

script -- 'step P1'
check "a script that does not ask hears nothing" out_lacks "Step 1"
check "and leaves no trace" [ ! -e "$XDG_STATE_HOME" ]

script -- guide
check "the step is said" out_begins "Step 1 of 11. A call, held"
check "what Enter does is said" out_has "Press Enter, or type do, to step P1."

script -- guide do next
check "do does it" out_has "P1 made pipe1"
check "the step ends" out_has "Step 1 is done. Press Enter for step 2."
check "the next one begins" out_has "Step 2 of 11. Which end is which"

script -- guide '' '' ''
check "an empty line is Enter" out_has "Question. What will P1's write to fd 3 do?"

script --step 7 -- do 'why P2' 1 do do
check "the question has a last choice" out_has "4. I do not know yet"
check "no reason while it is open" out_has "That is said after your answer."
check "a wrong answer is told so" out_has "You said 1. What happened is 2: go on waiting."
check "with what many think" out_has "Many think a reader gets end of file when the writer closes."
check "why it waits" out_has "P2 holds write end fd 4, inherited at fork"
check "and the reason" out_has "fork gave it fd 4, and it never closed it."
check "the next question is a change" out_has "Which change of the program lets P2 come to its end?"

script --step 4 -- do ':look'
check "what a call would do is for the question" out_lacks "would block"
check "a colon before a command, as on the screen" out_has "Held, at event 4"

script --step 7 -- do 1 'step P1' do 'why P2' 2 do
check "the learner's own move settles it" out_has "You said 1. What happened is 2"
check "the reason is refused again while the next is open" out_has "That is said after your answer."
check "the variants are run" out_has "You said 2. So it is:"

script --step 7 -- do 'step P1' 'step P1'
check "a move is held up once" out_has "Answer first, or type it again to skip the question."
check "and then skips" out_has "Skipped."
check "what happened is said all the same" out_has "What happened is 2: go on waiting."

script --step 7 -- do 9 4 do
check "no such choice" out_has "A number from 1 to 4 is wanted."
check "not knowing is no mistake" out_lacks "You said"

script --step 5 -- do 3 do
check "a number" out_has "You said 3. What happened is 11."
check "a number has its own reply" out_has "That is the first write alone."

script --step 6 -- do 2 do 61440 do 'run bytes=2049' 'run bytes=4096' notebook '' ''
check "a row" out_has "Run 1. bytes a write: 2049, writes that came back: 16, bytes in the pipe: 32784, slots used: 16."
check "the notebook has all" out_has "slots used: 16. Run 1. bytes a write: 2049, writes"
check "Enter runs it with what was not tried yet, and no more" out_has "Run 4. bytes a write: 5000"
check "which is then over" out_lacks "Run 5."
check "and the learner's processes were left alone" out_has "Step 6 is done."

script --step 9 -- 3 do solution 'step P1 4' 'step P2 2' 'step P3 2' 'step P1 2' 'step P2' 'step P1 3'
check "a goal is the learner's" out_has "Goal. It is your turn to move them."
check "a solution can be asked for" out_has "step P1 4"
check "the goal is noticed" out_has "Torn. A large write goes in piece by piece"
script --step 1 -- 'step P1 until P1 returned pipe' 'play until P9 gone'
check "until is a word of the learner's too" out_has "P1 made pipe1"
check "and what does not come true is said, without a file's name" out_has " Play until P9 gone: nobody can move"

script --step 4 -- do 'step P2' 'step P2' 'step P2' restart
check "restart begins the step again" out_has "Step 4 of 11. Writing without a reader"

run "$IPCLAB" progress
check "progress" out_has "Predictions:"
run "$IPCLAB" progress --json
check "progress as JSON" out_has '"schema":"ipclab/progress/v1"'
check "an answer" out_has '"question":"eof-self","outcome":"unsure"'
check "the lab" out_has '{"id":"pipe","steps":11,'
if command -v jq >/dev/null; then
	jq . <"$dir/out" >/dev/null 2>&1
	check "it is JSON" [ $? -eq 0 ]
fi

XDG_STATE_HOME=/proc/nowhere script --step 7 -- do 1 do
check "nothing can be remembered: it goes on" out_has "You said 1."
check "nothing can be remembered: said" out_has "Your progress is not remembered"

script --step 99 -- look
check "no such step" status_is 2
finish
