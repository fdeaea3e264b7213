#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Guides against programs that behave otherwise: with one change of a program, --verify fails at that step and says
# what does not hold. One line a change:
#     LAB#PROGRAM (its source is PROGRAM.c)#SED#STEP#WHAT IS SAID
source "${IPCLAB_SRC:?}/tests/live/lib.sh" || exit 1
export XDG_STATE_HOME=$dir/state
labs=$dir/labs

changed() {
	local lab=$1 program=$2 change=$3 step=$4 what=$5 folder
	folder=$(echo "$IPCLAB_BUILD"/labs/[0-9]*-"$lab")
	rm -rf "$labs"
	mkdir -p "$labs/${folder##*/}"
	cp "$folder"/* "$labs/${folder##*/}"/
	cp "$IPCLAB_SRC/labs/misconceptions.yaml" "$labs/"
	cd "$labs/${folder##*/}" || exit 1
	cp "$program.c" "$dir/before"
	rm "$program.c"
	sed "$change" "$dir/before" >"$program.c"
	cmp -s "$dir/before" "$program.c" && echo "NOTHING CHANGED in $lab/$program by: $change"
	${CC:-cc} -std=gnu17 -D_GNU_SOURCE -g -O0 -fno-omit-frame-pointer -w -o "$program" "$program.c" ||
		echo "FAILED to build $program"
	cd / || exit 1
	run env IPCLAB_LABS="$labs" timeout 120 "$IPCLAB" lab "$lab" --verify --step "$step"
	check "$lab/$program, $change: fails" status_is 1
	check "$lab/$program, $change: says where" err_has "$labs/${folder##*/}/lab.md:"
	check "$lab/$program, $change: says what" err_has "$what"
}

n=0
while IFS='#' read -r lab program change step what; do
	[ -n "$lab" ] || continue
	changed "$lab" "$program" "$change" "$step" "$what"
	n=$((n + 1))
done <<'END'
redirect#redirect#s/int fd, other, in;/int fd, other, in; close(0);/#1#P1 returned open 3
redirect#redirect#s/dup2(fd, 1);/dup2(fd, 2);/#2#P1 returned dup2 1
redirect#swapped#s/dup2(1, fd);/dup2(fd, 1);/#3#question 'swapped': no option came true
redirect#exec#s/ | O_CLOEXEC//#4#P1 fd 4 cloexec
redirect#exec#s/close(fd);.*/close(1);/#4#P1 fd 1 at "out.txt"
redirect#old#s/close(1);/close(fds[1]);/#5#P1 fd 1 closed
redirect#order#s/return dup2(1, 2) != -1;/return 1;/#6#P1 returned dup2 2
redirect#shell#s/if (strcmp(keep, "keep") != 0)/if (1)/#7#no variant makes
redirect#unseen#s/saved = dup(1);/saved = dup(2);/#8#P1 fd 1 at "log.txt"
popen#hello#s/echo hello/exec sleep 0/#1#P2 cannot move
popen#greet#s/"echo hello %s"/"echo 'hello %s'"/#3#not P1 said "Ann;"
popen#buffered#s/if (strcmp(mode, "line") == 0)/if (1)/#4#pipe1 empty
popen#missing#s/no-such-program/exit 0;/#5#P1 said "pclose gave 127"
popen#both#s/"r+"/"r"/#6#question 'both-ways': no option came true
popen#ended#s/if (strcmp(how, "pclose") == 0)/if (1)/#7#P2 zombie
popen#gone#s/"exit 0"/"read x"/#8#cannot move
popen#unseen#s/printf("one ");/printf("one "); fflush(stdout);/#9#P1 said "one three"
fifo#meet#s/if (mkfifo("post", 0600) == -1)/int fds[2]; if (pipe(fds) == -1)/#1#P1 returned mkfifo 0
fifo#say#s/O_WRONLY/O_RDWR/#2#P2 blocked open fifo1
fifo#lost#s/^\tclose(in);$/\t;/#4#P1 returned read 0
fifo#talk#s/"2+2?", 4/"", 0/#5#fifo1 holds 4
fifo#readers#s/write(fd, "rain", 4)/write(fd, "rain", 2)/#6#no option came true
fifo#lines#s/? 20 : size/? 200 : size/#7#options 1 and 2 both do it
fifo#clients#s/listen_to(open("door", O_RDONLY), 1)/listen_to(open("door", O_RDONLY), 2)/#8#P1 said "conversation 1: 2 letters"
fifo#server#s/fd = open("log", O_RDONLY);/fd = open("log", O_RDWR);/#10#P1 cannot move
fifo#unseen#s/ | O_CREAT//#11#options 3 and 4 both came true
two-way#two#s/^\tclose(back\[1\]);/\t;/#1#writers pipe2 P2
two-way#ended#s/^\tclose(there\[0\]);/\tclose(back[1]);/#2#P1 stuck
two-way#coprocess#s/PART = 4096/PART = 1024/#3#calls P1 write = 33
two-way#coprocess#s/1 << 20/1 << 18/#4#pipe1.capacity = 1048576
two-way#coprocess#s/if (strcmp(how, "first") != 0)/if (0)/#5#P1 cannot move
two-way#pair#s/socketpair(AF_UNIX, SOCK_STREAM, 0, ends)/pipe(ends)/#6#does not hold
two-way#eager#s/F_SETPIPE_SZ, PAGE/F_SETPIPE_SZ, 16 * PAGE/#7#this does not hold
two-way#unseen#s/warnings\[70000\]/warnings[60000]/#8#P1 stuck
END
echo "$n changes"
finish
