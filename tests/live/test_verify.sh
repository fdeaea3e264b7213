#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# `ipclab lab pipe --verify`: the guide holds; and with a program changed, it does not: each
# expectation and each option is seen to fail for a program that behaves otherwise.
source "${IPCLAB_SRC:?}/tests/live/lib.sh" || exit 1
export XDG_STATE_HOME=$dir/state

labs=$dir/labs
lab=$labs/01-pipe

fresh() {
	rm -rf "$labs"
	mkdir -p "$lab"
	cp "$IPCLAB_BUILD"/labs/01-pipe/* "$lab"/ # links in a build tree of its own: cp follows them
	cp "$IPCLAB_SRC/labs/misconceptions.yaml" "$labs/"
}

# build PROGRAM: again, from the sources in $lab.
build() {
	local sources=$1.c
	[ "$1" = pipe ] && sources="main.c producer.c consumer.c"
	(cd "$lab" && ${CC:-cc} -std=gnu17 -D_GNU_SOURCE -g -O0 -fno-omit-frame-pointer -w -o "$1" $sources) ||
		echo "FAILED to build $1"
}

verify() {
	run env IPCLAB_LABS="$labs" "$IPCLAB" lab pipe --verify "$@"
}

# changed NAME PROGRAM FILE SED STEP WHAT: with that change of the program, step STEP does not hold.
changed() {
	fresh
	cp "$lab/$3" "$dir/before"
	sed -i "$4" "$lab/$3"
	cmp -s "$dir/before" "$lab/$3" && echo "NOTHING CHANGED by: $4"
	build "$2"
	verify --step "$5"
	check "$1: fails" status_is 1
	check "$1: says where" err_has "$lab/lab.md:"
	check "$1: says what" err_has "$6"
}

# ---- the lab as it is ----
times=3
[ -n "${IPCLAB_SOAK:-}" ] && times=50
for ((i = 0; i < times; i++)); do
	run "$IPCLAB" lab pipe --verify
	check "it holds" status_is 0
	check "says so" out_has "All of it holds."
	run taskset -c 0 "$IPCLAB" lab pipe --verify
	check "it holds on one processor" status_is 0
done

# ---- programs that behave otherwise ----
changed "no pipe" pipe main.c 's/if (pipe(fds) == -1)/if (fds[0] = 0)/' 1 "P1 returned pipe 0"
changed "the slide would be right" slide slide.c 's/write(fds\[0\], &c, 1)/write(fds[1], \&c, 1)/' 2 "P1 failed write EBADF"
changed "a slide that only reads" slide slide.c 's/write(fds\[0\], &c, 1)/read(fds[1], \&c, 1)/' 2 "no option came true"
changed "two bytes before the fork" copy copy.c 's/write(fds\[1\], "x", 1) != 1/write(fds[1], "xy", 2) != 2/' 3 "pipe1 holds 1"
changed "the child does not read" copy copy.c '/case 0:/,/return 0;/s/read(fds\[0\], &c, 1) == 1/(close(9), 0)/' 3 "P2 returned read 1"
changed "the writer says more a call" pipe producer.c 's/item, 1)/item, 2)/' 4 "no option came true"
changed "borders between writes" merge merge.c 's/pipe(fds) == -1/pipe2(fds, 040000) == -1/' 5 "does not hold"
changed "the last byte is 4096" full full.c 's/write(fd, bytes, 1) == -1/write(fd, bytes, 4096) == -1/' 6 "does not hold"
changed "the reader takes a whole slot" full full.c 's/read(fd, bytes, 4095)/read(fd, bytes, 4096)/' 6 "P1 blocked write pipe1"
changed "the consumer is tidy" pipe consumer.c 's/if (tidy)/if (1)/' 7 "does not hold"
changed "the producer keeps its end" pipe producer.c '$!N;s/\tclose(fds\[1\]);\n}/\tclose(9);\n}/;P;D' 7 "P1 poised close"
changed "no variant ends" forgot forgot.c 's/strcmp(change, "close") == 0/0/' 7 "no variant makes"
changed "two variants end" forgot forgot.c 's/strcmp(change, "close") == 0/strcmp(change, "twice") == 0 || strcmp(change, "close") == 0/' 7 "both do it"
changed "SIGPIPE ignored all along" sigpipe sigpipe.c 's/if (strcmp(change, "ignore") == 0)/if (1)/' 8 "P1 killed SIGPIPE"
changed "the reader stays" sigpipe sigpipe.c 's/bytes-- > 0 \&\& read/read/' 8 "P2 cannot move"
changed "small records in all" two_writers two_writers.c 's/: 5000;/: 100; size = 100;/' 9 "no variant makes"
changed "large records in all" two_writers two_writers.c 's/: 5000;/: 5000; size = 5000;/' 9 "both do it"
changed "the parent closes its end" unseen unseen.c 's/\twait(NULL);/\tclose(fds[1]); wait(NULL);/' 11 "does not hold"
changed "count keeps its end" unseen unseen.c '/static int count/,/^}/s/close(fds\[1\]);/close(9);/;s/\twait(NULL);/\tclose(fds[1]); wait(NULL);/' 11 "writers pipe1 P1"

# ---- guides that are wrong ----
fresh
sed -i 's/=> P2 blocked read pipe1/=> P2 blocked read pipe2/' "$lab/lab.md"
verify
check "no true option" status_is 1
check "no true option is named" err_has "no option came true"
fresh
sed -i 's/^step P1 8$/step P1 8000/' "$lab/lab.md"
verify --step 7
check "a do that cannot be done" status_is 1
check "a do that cannot be done is named" err_has "P1 cannot move: it is blocked in wait4"
fresh
sed -i 's/^step P1 8$/stepp P1 8/' "$lab/lab.md"
verify
check "an unknown command" status_is 4
check "an unknown command has a place" err_has "lab.md:"
check "an unknown command is named" err_has "'stepp' is no command"
fresh
sed -i 's/prediction: eof-self/prediction: eof-other/' "$labs/misconceptions.yaml"
verify
check "misconceptions and lab disagree" status_is 1
check "misconceptions and lab disagree: named" err_has "misconceptions.yaml"
fresh
rm "$lab/unseen"
verify
check "a program that is not built" status_is 3
fresh
verify --step 12
check "no such step" status_is 2
verify --step 4
check "one step alone" status_is 0
check "one step alone is named" out_has "4 of 11"
check "one step alone is alone" out_lacks "5 of 11"

# ---- time ----
# A program that computes for 0.6 s between its calls: nothing depends on how long it takes.
slow=$dir/slow/01-slow
mkdir -p "$slow"
cat >"$slow/slow.c" <<'END'
#include <time.h>
#include <unistd.h>
static void compute(void)
{
	clock_t begin = clock();
	while (clock() - begin < 6 * CLOCKS_PER_SEC / 10)
		;
}
int main(void)
{
	int fds[2];
	char c = 'x';
	if (pipe(fds))
		return 1;
	compute();
	if (write(fds[1], &c, 1) != 1)
		return 1;
	compute();
	return read(fds[0], &c, 1) != 1;
}
END
${CC:-cc} -g -O0 -o "$slow/slow" "$slow/slow.c" || echo "FAILED to build slow"
printf -- '---\ntitle: Slow\nminutes: 1\nprograms: [{name: slow}]\n---\n\n## One\n```do\nstep P1\nstep P1\n```\n```expect\npipe1 holds 1\nP1 poised read\n```\n' >"$slow/lab.md"
run env IPCLAB_LABS="$dir/slow" "$IPCLAB" lab slow --verify
check "a slow program is waited for" status_is 0
finish
