#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# ipclab lint of labs: nothing to say of good ones, and of a bad one each complaint with its place.
source "${IPCLAB_SRC:?}/tests/live/lib.sh" || exit 1
export XDG_STATE_HOME=$dir/state

for lab in 02-redirect 03-popen 04-fifo 05-two-way; do
	run "$IPCLAB" lint "$IPCLAB_BUILD/labs/$lab"
	check "$lab: no complaint" status_is 0
	check "$lab: says so" out_has "1 labs, 0 programs judged: 0 complaints"
done

# bad EDIT...: lab 02 with a sed script applied to its guide, linted.
bad() {
	rm -rf "$dir/labs"
	mkdir -p "$dir/labs/02-redirect"
	cp "$IPCLAB_BUILD"/labs/02-redirect/* "$dir/labs/02-redirect/"
	cp "$IPCLAB_SRC/labs/misconceptions.yaml" "$dir/labs/"
	rm "$dir/labs/02-redirect/lab.md"
	sed "$@" "$IPCLAB_SRC/labs/02-redirect/lab.md" >"$dir/labs/02-redirect/lab.md"
	run "$IPCLAB" lint "$dir/labs/02-redirect"
}
guide=$dir/labs/02-redirect/lab.md
bad ''
check "as it is: no complaint" status_is 0
bad 's/ breaks=dup2-order//'
check "a misconception less" out_has "$guide:1:1: 4 questions break a misconception (breaks=); 5 are wanted"
check "a complaint is an exit status" status_is 4
bad '/^```experiment id=found/,/^```/d'
check "an experiment less" out_has "1 experiments; 2 are wanted"
bad '/^```goal/,/^```/d'
check "no goal" out_has "no goal: something that is to be brought about without a do"
bad 's/[a-z0-9]*([1-8])/the manual/g'
check "no page of the manual" out_has "no page of the manual is named"
bad '/^minutes:/d'
check "no minutes" out_has "how many minutes it takes is not said"
bad '/^## Which way/,/^## A program/{/^## A program/!d}'
check "too few steps" out_has "3 steps; 5 to 12 make a sitting"
bad '/^- >out.txt 2>out.txt/,+1d'
check "a change with two variants" out_has "question 'both-lines': three programs at least"
bad '/^```predict id=unseen/,/^```/d'
check "no last question" out_has "does not end with a question about a program not seen before"
bad 's/^P1 fd 1 at "log.txt"$/P1 fd 1 at terminal/'
check "what does not hold" out_has "this does not hold: P1 fd 1 at terminal (fd 1 leads to log.txt)"
bad 's/^step P1$/stepp P1/'
check "what cannot be read" out_has "$guide:"
bad ''
rm "$dir/labs/02-redirect/old"
run "$IPCLAB" lint "$dir/labs/02-redirect"
check "a program that is not built" out_has "Build it with ./bootstrap build"
yes 'int x;' | head -140 | grep -n . | sed 's/^\([0-9]*\):int x/int x\1/' >>"$dir/labs/02-redirect/old.c"
run "$IPCLAB" lint "$dir/labs/02-redirect"
check "a source that is too long" out_has "180 lines; 20 to 130 can be read in passing"
check "a source without comments" out_has "lines hold a comment; a quarter is wanted, 15 of a hundred at least"
# Judged as they stand: 19 lines are too few; of 20 lines 3 have to hold a comment, also of what is a part of a program only.
part() { { yes '/* why */' | head -"$1"; yes 'extern int x;' | head -"$2"; } >"$dir/labs/02-redirect/part.c"; }
part 5 14
run "$IPCLAB" lint "$dir/labs/02-redirect"
check "a source that is too short" out_has "part.c has 19 lines; 20 to 130 can be read in passing"
part 2 18
run "$IPCLAB" lint "$dir/labs/02-redirect"
check "too few comments" out_has "part.c: 2 of 20 lines hold a comment; a quarter is wanted, 15 of a hundred at least"
part 3 17
run "$IPCLAB" lint "$dir/labs/02-redirect"
check "just enough of both" eval '[[ $out != *part.c* ]]'
mv "$dir/labs/02-redirect" "$dir/labs/Redirect"
run "$IPCLAB" lint "$dir/labs/Redirect"
check "a folder's name" out_has "a lab's folder is called NN-name"
mkdir "$dir/empty"
run "$IPCLAB" lint "$dir/empty"
check "nothing there" status_is 4
finish
