# SPDX-License-Identifier: GPL-3.0-or-later
# Another witness over programs nobody here wrote: on programs whose list no schedule changes, what each task
# calls, in order, with descriptor and result, is what strace -f saw. A task is named by its creator and its
# number among the creator's children, on both sides by their own accounts; results that are pids are such names.
# Compared are the calls of `always`, whatever they are about, and those of `ours` when they are about a pipe, a
# socket or a descriptor without a file (strace -y says; our records name the object).
source "$IPCLAB_SRC/tests/live/lib.sh"
source "$IPCLAB_SRC/tests/live/watch.sh"
command -v strace >/dev/null || skip "no strace here (apt install strace)"
can_trace || skip "tracing does not work here: $(head -n 1 "$dir/err")"
strace -f -y -o /dev/null true 2>/dev/null || skip "strace does not work here"
export PATH=/usr/bin:/bin:/usr/sbin:/sbin LC_ALL=C PYTHONDONTWRITEBYTECODE=1
export PYTHONHASHSEED=0 PERL_HASH_SEED=0

always=fork,vfork,clone,clone3,execve,execveat,exit,exit_group,wait4,waitid,kill,tkill,tgkill,pause,rt_sigsuspend
always+=,pipe,pipe2,socket,socketpair,bind,listen,accept,accept4
always+=,connect,shutdown,sendto,recvfrom,sendmsg,recvmsg,sendmmsg,recvmmsg,mq_open,mq_unlink,mq_timedsend
always+=,mq_timedreceive,msgget,msgsnd,msgrcv,msgctl,semget,semop,semtimedop,semctl,shmget,shmat,shmdt,shmctl
always+=,eventfd,eventfd2,signalfd,signalfd4,timerfd_create,timerfd_settime,epoll_create,epoll_create1,epoll_ctl
always+=,epoll_wait,epoll_pwait,pidfd_open,pidfd_send_signal,memfd_create
ours=read,write,readv,writev,close,dup,dup2,dup3,splice,tee,vmsplice,sendfile,poll,ppoll,select,pselect6

# by_task: lines "PID CALL FD RESULT", births among them as "PID + CHILD" -> "NAME CALL FD RESULT", by task.
by_task() {
	awk '
	function name(pid) { return pid in mother ? name(mother[pid]) "." nth[pid] : "1" }
	$2 == "+" { mother[$3] = $1; nth[$3] = ++children[$1]; next }
	{ n++; pid[n] = $1; call[n] = $2; fd[n] = $3; result[n] = $4 }
	END {
		for (i = 1; i <= n; i++) {
			r = result[i]
			if (call[i] ~ /^(fork|vfork|clone3?|wait4)$/ && r in mother) r = "task" name(r)
			print name(pid[i]), call[i], fd[i], r
		}
	}' | LC_ALL=C sort -s -k 1,1
}

from_strace() {
	awk -v always="$always" '
	BEGIN { split(always, names, ","); for (i in names) wanted[names[i]] }
	{ pid = $1; sub(/^[0-9]+ +/, "") }
	/^exit(_group)?\(/ { sub(/\(.*/, ""); print pid, $0, "-", "-"; next }
	/<unfinished \.\.\.>$/ { sub(/ *<unfinished \.\.\.>$/, ""); begun[pid] = $0; next }
	/^<\.\.\. [a-z0-9_]+ resumed>/ {
		if ($2 ~ /^exit/) next
		sub(/^<\.\.\. [a-z0-9_]+ resumed>/, "")
		$0 = begun[pid] $0
	}
	/^wait4/ && / = \? ERESTARTSYS/ { next } # a handler ran first, then it was made again
	/ = -?[0-9]/ {
		call = $0; sub(/\(.*/, "", call)
		fd = $0; sub(/^[a-z0-9_]+\(/, "", fd); gsub(/<[^>]*>/, "", fd)
		if (call == "sendfile") sub(/^[0-9]+, /, "", fd) # we name the source, as for splice
		if (call ~ /^(pipe2?|socketpair)$/) { sub(/[^[]*\[/, "[", fd); sub(/\].*/, "]", fd); gsub(/ /, "", fd) }
		else if (call ~ /^(read|write|close|dup|splice|tee|vm|sendf|bind|listen|accept|connect|shut|send|recv)/)
			sub(/[^0-9].*/, "", fd)
		else fd = "-"
		if (fd == "") fd = "-"
		result = $0; sub(/.* = /, "", result); gsub(/<[^>]*>/, "", result); split(result, word, " ")
		r = word[1] < 0 ? word[2] : word[1]
		if (call ~ /^(msgget|semget|shmget|shmat)$/ && word[1] != -1) r = "some"
		if (call ~ /^(fork|vfork|clone3?)$/ && r > 0) print pid, "+", r
		if (call in wanted || $0 ~ /<(pipe|socket|anon_inode|[A-Z0-9]+):\[/) print pid, call, fd, r
	}' "$1" | by_task
}

from_watch() {
	awk -v always="$always" -v ours="$ours" '
	function field(name, text) {
		if (!match($0, "\"" name "\":(\\[[^]]*\\]|\"[^\"]*\"|[^,}]*)")) return ""
		text = substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 3)
		gsub(/"/, "", text)
		return text
	}
	BEGIN {
		split(always, names, ","); for (i in names) wanted[names[i]]
		split(ours, names, ","); for (i in names) about[names[i]]
	}
	{ kind = field("kind"); actor = field("actor"); call = field("call"); tid = id[actor] }
	kind == "spawn" {
		# A thread bears the pid of its process: any other number does, its creator knows it by its birth.
		id[actor] = actor ~ /\./ ? "t" ++threads : field("pid")
		by = field("by")
		if (by != "") { last[by] = id[actor]; print id[by], "+", id[actor] }
	}
	kind == "exec" { print tid, "execve", "-", 0 }
	kind == "enter" && call ~ /^exit/ { print tid, call, "-", "-" }
	kind == "exit" && (call in wanted || call in about && (field("object") != "" || call ~ /poll|select/)) {
		fd = call ~ /^(pipe2?|socketpair)$/ ? field("fds") : field("fd")
		if (call !~ /^(pipe|socketpair|read|write|close|dup|splice|tee|vm|sendf|bind|listen|accept|connect|shut|send|recv)/) fd = ""
		if (fd == "") fd = "-"
		r = field("errno") != "" ? field("errno") : field("ret")
		if (call ~ /^(msgget|semget|shmget|shmat)$/ && field("errno") == "") r = "some"
		if (call ~ /^(fork|vfork|clone3?)$/ && r > 0) r = last[actor]
		print tid, call, fd, r
	}' "$1" | by_task
}

programs=0
calls=0
# agree NAME COMMAND...
agree() {
	local name=$1
	shift
	[[ $name == *"${IPCLAB_REAL:-}"* ]] || return
	strace -f -y -v -e "trace=$always,$ours" -e signal=none -o "$dir/strace" "$@" >"$dir/out" 2>"$dir/err" </dev/null
	"$IPCLAB" watch --json -- "$@" >"$dir/json" 2>"$dir/err" </dev/null
	from_strace "$dir/strace" >"$dir/theirs"
	from_watch "$dir/json" >"$dir/ours"
	out=$(diff "$dir/theirs" "$dir/ours")
	status=0
	check "$name: strace saw the same" out_is ""
	check "$name: there is something to compare" test "$(wc -l <"$dir/ours")" -ge 4
	programs=$((programs + 1))
	calls=$((calls + $(wc -l <"$dir/ours")))
}

targets=$IPCLAB_BUILD/tests/live/targets
for name in births cloexec dup_chain edges nonblock packets sigpipe splices; do
	agree "$name" "$targets/$name"
done
echo hello >"$dir/file"
echo 'esyscmd(echo a)' >"$dir/macros"
agree "dash, one child after another" dash -c 'ls / >/dev/null; (exit 3); cat "$0" >/dev/null; echo x >/dev/null' "$dir/file"
agree "dash, command substitution" dash -c 'x=$(echo a); echo $x'
agree "find -exec" find "$dir/file" -exec cat {} \; -exec true {} \;
agree "find -exec +" find "$dir" -name file -exec wc {} +
agree "xargs -n 1" xargs -n 1 -a "$dir/file" echo
agree "env" env X=1 nice -n 1 setsid -w true
agree "m4" m4 "$dir/macros"
agree "awk system" awk 'BEGIN {system("true"); "echo a" | getline x; print x}'
agree "sed e" sed '1e echo a' "$dir/file"
agree "ipcmk" ipcmk -Q -S 2
if command -v gcc >/dev/null; then
	echo 'int main(void) { return 0; }' >"$dir/x.c"
	agree "gcc" gcc -o "$dir/x" "$dir/x.c"
	agree "cpp" cpp "$dir/x.c"
fi
if command -v make >/dev/null; then
	printf 'a:\n\t@true\n\t@echo b\n' >"$dir/Makefile"
	agree "make" make -f "$dir/Makefile"
fi
command -v git >/dev/null && agree "git, an alias" git -c 'alias.x=!echo a' x
command -v sqlite3 >/dev/null && agree "sqlite3" sqlite3 :memory: '.shell true'
if command -v perl >/dev/null; then
	agree "perl, fork and wait" perl -e 'for (1 .. 3) { if (!fork) { exec "true" } wait } system("true"); print `echo a`'
	agree "perl, a pipe both ways" perl -e 'pipe(A, B); pipe(C, D); if (!fork) { close B; close C; sysread A, $x, 9; syswrite D, uc $x; exit } close A; close D; syswrite B, "ping"; sysread C, $x, 9; wait; print $x'
	agree "perl, socketpair" perl -MSocket -e 'socketpair(A, B, AF_UNIX, SOCK_STREAM, 0); if (!fork) { close A; sysread B, $x, 9; send B, "pong", 0; shutdown B, 1; exit } close B; send A, "ping", 0; recv A, $x, 9, 0; recv A, $y, 9, 0; wait'
	agree "perl, TCP to itself" perl -MIO::Socket -e '$s = IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1"); $c = IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => $s->sockport); $a = $s->accept; syswrite $c, "x"; sysread $a, $x, 9; close $c; sysread $a, $x, 9'
	agree "perl, UDP to itself" perl -MIO::Socket -e '$s = IO::Socket::INET->new(Proto => "udp", LocalAddr => "127.0.0.1"); $c = IO::Socket::INET->new(Proto => "udp", PeerAddr => "127.0.0.1", PeerPort => $s->sockport); $c->send("hello"); $s->recv($x, 99)'
	agree "perl, a datagram by name" perl -MIO::Socket::UNIX -MSocket -e '$n = shift; $s = IO::Socket::UNIX->new(Type => SOCK_DGRAM, Local => $n); $c = IO::Socket::UNIX->new(Type => SOCK_DGRAM, Peer => $n); syswrite $c, "x"; sysread $s, $x, 9; unlink $n' "$dir/sock"
	agree "perl, System V" perl -e '$q = msgget(0, 0600); $s = semget(0, 2, 0600); $m = shmget(0, 99, 0600); msgsnd($q, pack("l! a*", 7, "hello"), 0); shmwrite($m, "x", 0, 1); semop($s, pack("s!3", 0, 1, 0)); semop($s, pack("s!3", 0, -1, 0)); msgrcv($q, $x, 99, 0, 0); msgrcv($q, $x, 99, 0, 04000); msgctl($q, 0, 0); semctl($s, 0, 0, 0); shmctl($m, 0, 0)'
	agree "perl, signals to itself" perl -e '$SIG{USR1} = sub { syswrite W, "x" }; pipe(R, W); kill USR1 => $$; sysread R, $x, 1; $SIG{ALRM} = sub {}; kill "TERM", $p = fork || do { sleep 9 for 1 .. 9 }; waitpid $p, 0; select undef, undef, undef, 0.01'
fi
if command -v python3 >/dev/null; then
	agree "python, subprocess" python3 -S -c 'import subprocess as s; print(s.check_output(["echo", "a"]), s.call(["false"]))'
	agree "python, events and epoll" python3 -S -c 'import os, select, socket
e = os.eventfd(3) if hasattr(os, "eventfd") else os.open("/dev/null", 0)
p = select.epoll(); a, b = socket.socketpair(); p.register(a, 1)
b.send(b"x"); print(p.poll(1), a.recv(9), p.poll(0)); r, w = os.pipe(); os.write(w, b"yy"); print(select.select([r], [w], [], 1)); os.close(w); print(os.read(r, 9), os.read(r, 9))'
	agree "python, a thread" python3 -S -c 'import threading, os
r, w = os.pipe()
t = threading.Thread(target=lambda: os.write(w, b"x")); t.start(); os.read(r, 1); t.join()'
fi
if [ -z "${IPCLAB_REAL:-}" ]; then
	check "30 programs are compared" test "$programs" -ge 30
fi
echo "$programs programs, $calls calls compared"
finish
