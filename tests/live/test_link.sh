#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The commands link and descriptors of plain mode, on real processes: what each card answers, what each number leads to.
source "${IPCLAB_SRC:?}/tests/live/lib.sh" || exit 1
export XDG_STATE_HOME=$dir/state

# plain LAB STEP COMMANDS
plain() {
	printf '%s\n' "$3" >"$dir/script"
	run bash -c '"$IPCLAB" lab "$1" --plain --step "$2" --width 200 <"$3"' - "$1" "$2" "$dir/script"
}

plain pipe 3 $'step P1 3\nlink pipe1\nquit'
check "pipe: none while a question is open" out_has "That is said after your answer."
plain pipe 1 $'link\nstep P1\nlink\nstep P1\nlink pipe1\nlink pipe7\ndescriptors P2\ndescriptors P9\nquit'
check "nothing there" out_has "Nothing connects these processes."
check "pipe: kind" out_has "pipe1, ordinary pipe."
check "pipe: direction" out_has "direction: one way: in by P1, P2, out by P1, P2."
check "pipe: relation" out_has "here: P2 is a child of P1."
check "pipe: how it was got" out_has "got by: P2 fd 4: inherited at fork, main.c line"
check "pipe: capacity is the kernel's" out_has "capacity: 65536 bytes in 16 slots; now 0."
check "pipe: how many" out_has "how many: no limit; now 2 can write, 2 can read."
check "no such thing" err_has "there is no pipe7 here; look names what there is"
check "descriptors" out_has "fd 4: pipe1, to write, inherited at fork, main.c line"
check "descriptors: one open file, two tables" out_has ", open file B."
check "no such process" err_has "P9"
plain redirect 1 $'do\n7\ndo\ndescriptors\nquit'
check "a file" out_has "fd 3: out.txt, to write, 0 bytes written through it, made at redirect.c line"
check "what ipclab gave" out_has "fd 0: the terminal, there from the start."
plain fifo 6 $'step P1 3\nstep P2\nstep P1\nlink fifo1\nquit'
check "FIFO: kind and name" out_has "fifo1, FIFO (named pipe), news."
check "FIFO: what is in it" out_has "in 16 slots; now 0."
check "FIFO: relation" out_has "relation: not needed: whoever may open the name can use it."
plain fifo 9 $'do\nlink sock1\nlink sock2\nquit'
check "TCP: the door" out_has "listens: each accept gives a connection of its own; 1 waits now."
check "TCP: network" out_has "network: yes: the other end may be on another machine."
plain two-way 6 $'do\n2\nstep P1\nlink\nquit'
check "pair: both in one card" out_has "sock1 and sock2, Unix stream socket."
check "pair: duplex" out_has "duplex: full: each direction has a buffer of its own."
check "pair: what is to be taken" out_has "sock2 5 bytes"
plain bounded-buffer 1 $'step P1 4\nlink shm1\nquit'
check "memory" out_has "direction: any: written by P1, P2, read by P1, P2."
check "memory: nobody waits" out_has "waiting: nobody: the kernel keeps no order"
finish
