#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# `ipclab lab bounded-buffer --verify`: the guide holds; and with a program changed, or a condition turned
# round, it does not. Parameters; a program that was built without hooks.
source "${IPCLAB_SRC:?}/tests/live/lib.sh" || exit 1
export XDG_STATE_HOME=$dir/state

labs=$dir/labs
name=07-bounded-buffer
lab=$labs/$name

fresh() {
	rm -rf "$labs"
	mkdir -p "$lab"
	cp "$IPCLAB_BUILD/labs/$name"/* "$lab"/ # links in a build tree of its own: cp follows them
	cp "$IPCLAB_SRC/labs/misconceptions.yaml" "$labs/"
}

# build PROGRAM: again, from the sources in $lab.
build() {
	local sources=$1.c cc="$IPCLAB cc" options=-O0
	case $1 in
	ring) sources="main.c producer.c consumer.c" ;;
	many) sources="many.c consumer.c" ;;
	*_o2) sources=${1%_o2}.c cc=${CC:-cc} options=-O2 ;;
	esac
	(cd "$lab" && $cc -std=gnu17 -D_GNU_SOURCE -g $options -fno-omit-frame-pointer -w -o "$1" $sources) ||
		echo "FAILED to build $1"
}

verify() {
	run env IPCLAB_LABS="$labs" "$IPCLAB" lab bounded-buffer --verify "$@"
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
times=1
[ -n "${IPCLAB_SOAK:-}" ] && times=50
for ((i = 0; i < times; i++)); do
	run "$IPCLAB" lab bounded-buffer --verify
	check "it holds" status_is 0
	check "says so" out_has "All of it holds."
	run taskset -c 0 "$IPCLAB" lab bounded-buffer --verify
	check "it holds on one processor" status_is 0
done

# ---- programs that behave otherwise ----
changed "no memory" ring main.c 's/if (ring == MAP_FAILED)/if (1)/' 1 "P2 alive"
changed "a call for each item" ring producer.c 's/ring->buffer\[ring->in\] = next_produced;/& write(1, "", 0);/' 1 "calls P1 system = 2"
changed "another first item" ring producer.c 's/11 + i/12 + i/' 1 "shm1.buffer"
changed "the consumer asks nobody" ring consumer.c 's/while (ring->in == ring->out)/while (0)/' 3 "P2 spinning"
changed "the consumer sleeps" ring consumer.c 's/^\t\t\t; \/\* do nothing: empty \*\//\t\t\tpause();/' 3 "P2 spinning"
changed "a count of ten" ring producer.c 's/((ring->in + 1) % BUFFER_SIZE) == ring->out/ring->in == 8 \&\& ring->out == 0/' 4 "shm1.in = 9"
changed "nine cells in ten.c" ten ten.c 's/begun && ring->in == ring->out/(ring->in + 1) % BUFFER_SIZE == ring->out/' 5 "shm1.in = 0"
changed "the consumer takes full for full" ten ten.c '/^void consumer/,$s/while (ring->in == ring->out)/while (0)/' 5 "P2 spinning"
changed "the right order" swapped swapped.c 's/^\t\tring->in = (cell + 1) % BUFFER_SIZE;$//;s/^\t\tring->buffer\[cell\] = next_produced;$/&ring->in = (cell + 1) % BUFFER_SIZE;/' 6 "P2 said"
changed "each producer has its cell" many many.c 's/ring->buffer\[ring->in\] = next_produced;/ring->buffer[first \/ 100 - 1] = next_produced;/' 7 "does not hold"
changed "the second looks once more" many many.c 's/ring->in = (ring->in + 1) % BUFFER_SIZE;/ring->in = 1;/' 7 "does not hold"
changed "one cell too few" blocking blocking.c 's/sem_init(&ring->empty, 1, BUFFER_SIZE)/sem_init(\&ring->empty, 1, BUFFER_SIZE - 1)/' 9 "sem1.value = 3"
changed "the producer tells nobody" blocking blocking.c 's/sem_post(&ring->full)/sem_post(\&ring->empty)/' 9 "does not hold: P2 returned sem_wait"
changed "the consumer tells nobody" blocking blocking.c 's/sem_post(&ring->empty)/sem_post(\&ring->full)/' 9 "does not hold: not P1 blocked"
changed "looks each time" plain_o2 plain.c 's/while (ring->in == ring->out)/while (*(volatile int *)\&ring->in == *(volatile int *)\&ring->out)/' 10 "P2 running"
[ -n "${IPCLAB_SOAK:-}" ] && # it waits in vain
	changed "atomic no more" atomic_o2 atomic.c 's/_Atomic int/int/;s/atomic_load_explicit(index, memory_order_[a-z]*)/*index/;s/atomic_store_explicit(index, next, memory_order_release)/*index = next/' 11 "that has not come true"
changed "the right test" unseen unseen.c 's/ring->in <= ring->out/ring->in == ring->out/' 12 "P2 spinning"

# ---- what a learner may set ----
fresh
# plain STEP COMMANDS
plain() {
	printf '%s\n' "$2" >"$dir/script"
	run env IPCLAB_LABS="$labs" bash -c '"$IPCLAB" lab bounded-buffer --plain --step "$1" <"$2"' - "$1" "$dir/script"
}
plain 8 $'set size 4\nset\nstep P1 60\nlook\nquit'
check "set says what is set" out_has "size 4, producers 1"
check "four cells hold three" out_has "It holds 3 items, FULL"
plain 8 $'set size 17\nset colour 3\nset size\nquit'
check "out of its range" err_has "size is a number from 1 to 16"
check "no such parameter" err_has "there is no parameter colour; there is size, producers"
check "a name and a number" err_has "set needs a name and a number"
plain 4 $'set size 4\nquit'
check "a step that does not depend on it" err_has "nothing in this step depends on size; step 8 does"

# ---- bad input ----
fresh
(cd "$lab" && ${CC:-cc} -g -O0 -w -o ring main.c producer.c consumer.c) || echo "FAILED to build ring"
verify --step 2
check "built without hooks" status_is 3
check "built without hooks: says what to do" err_has "the program ring of lab bounded-buffer was built without hooks, so its loads and stores cannot be seen. Build it with ipclab cc"
plain 2 quit
check "built without hooks: the step does not begin" status_is 3
fresh
rm "$lab"/*.s
plain 10 $'\n1\n\nquit'
check "no listing" status_is 0
plain 10 $'do\n1\ndo\nquit'
check "no listing: says so" out_has "The listing was not made."
fresh
sed -i 's/default: 10,/default: 20,/' "$lab/lab.md"
verify
check "a default out of its range" status_is 4
check "a default out of its range is named" err_has "the default of 'size' lies outside of its range"
finish
