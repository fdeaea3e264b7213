# SPDX-License-Identifier: GPL-3.0-or-later
# Programs that nobody here wrote, as they are installed, run free under `ipclab watch --json`: same output and
# status as without us, no drift, no unknown call, and nothing left behind. In check each runs once, with small
# counts; in a soak ten times, with long ones. IPCLAB_REAL=WORD runs only those whose name has WORD.
# Servers that are not installed may lie in IPCLAB_REAL_ROOT or build/servers (dpkg -x there): else those parts
# are skipped.
source "$IPCLAB_SRC/tests/live/lib.sh"
source "$IPCLAB_SRC/tests/live/watch.sh"
source "$IPCLAB_SRC/tests/live/lab.sh"
can_trace || skip "tracing does not work here: $(head -n 1 "$dir/err")"
times=1
scale=1
[ -n "${IPCLAB_SOAK:-}" ] && times=10 scale=20
root=${IPCLAB_REAL_ROOT:-$IPCLAB_BUILD/servers} # bootstrap unpacks them there
[ -d "$root" ] || root=
export PATH=/usr/bin:/bin:/usr/sbin:/sbin # no wrappers of somebody's home: what they call differs
export LC_ALL=C HOME=$dir TMPDIR=$dir/tmp scale
mkdir "$TMPDIR"
ran=0
explained=0

# What one program left in $TMPDIR, by name, and the processes that bear the mark.
left_behind() {
	find "$TMPDIR" -mindepth 1 | sed 's/[0-9a-zA-Z_]\{6,\}$/X/' | sort
	marked
}

# Helpers that end by themselves when their makers have ended (python's resource tracker) take a moment.
is_over() {
	local tries
	for ((tries = 0; tries < 100; tries++)); do
		[ -n "$(marked)" ] || return
		sleep 0.02
	done
}

# real NAME COMMAND...: without us and with us. $before is run before each of the two, unwatched.
# $unordered: lines may come in any order. $except: kinds of drift or unknown calls let be, with a reason
# in the comment above the call.
real() {
	local name=$1 i
	shift
	[[ $name == *"${IPCLAB_REAL:-}"* ]] || return
	for ((i = 0; i < times; i++)); do
		[ -z "${before:-}" ] || "$before"
		env "$mark" timeout 250 "$@" >"$dir/bare" 2>&1 <"${input:-/dev/null}"
		bare=$?
		is_over
		left_behind >"$dir/bare.left"
		[ -z "${before:-}" ] || "$before"
		env "$mark" timeout 280 "$IPCLAB" watch --json -- "$@" >"$dir/out" 2>"$dir/err" <"${input:-/dev/null}"
		status=$?
		is_over
		left_behind >"$dir/left"
		total=$(tail -n 1 "$dir/out")
		out="$total
$(grep -E '"what":"(drift|unknown-call)"|"kind":"drift"|"drift":"' "$dir/out" | head -n 5)"
		err=$(tail -c 2000 "$dir/err" | tr -d '\0')
		[ -z "${unordered:-}" ] || for f in bare err; do sort -o "$dir/$f" "$dir/$f"; done
		check "$name: status as without ipclab ($bare)" status_is "$bare"
		check "$name: it went well" test "$bare" -eq "${ends:-0}"
		check "$name: output as without ipclab" cmp "$dir/bare" "$dir/err"
		check "$name: drift 0" total_is_clean
		check "$name: unknown 0" total_knows_all
		check "$name: something is explained" total_explains
		check "$name: nothing left behind" cmp "$dir/bare.left" "$dir/left"
		ran=$((ran + 1))
		[[ $total =~ \"explained\":([0-9]+) ]] && explained=$((explained + BASH_REMATCH[1]))
		[ -z "${IPCLAB_REAL_SAYS:-}" ] || echo "$name: $bare $total"
	done
}

# have COMMAND...: all are there, else says which one is not.
have() {
	local c
	for c in "$@"; do
		command -v "$c" >/dev/null && continue
		echo "skipped: no $c"
		return 1
	done
}

# ---- pipelines of two to eight stages ----
n=$((3000 * scale))
export n
real "pipeline of 2" bash -c 'seq $n | wc -l'
real "pipeline of 3" bash -c 'seq $n | sort -rn | head -n 5'
real "pipeline of 4" bash -c 'seq $n | tr 0-4 a-e | sort | uniq -c | cat | tail -n 3'
real "pipeline of 5" bash -c 'seq $n | grep 7 | sed s/7/x/ | cut -c 1-3 | sort | uniq | md5sum'
real "pipeline of 6" bash -c 'yes | head -n $n | nl | awk "{s += \$1} END {print s}" | rev | rev'
# bash does not wait for what is in >( ): when that would print is chance
real "pipeline of 7" bash -c 'seq $n | paste - - | tee >(wc -l >/dev/null) | fold -w 9 | tac | od -c | tail -n 2'
real "pipeline of 8" bash -c 'seq $n | gzip -n | cat | gzip -d | dd bs=1000 status=none | shuf --random-source=/dev/zero | sort | cksum'
real "pipeline with statuses" bash -c 'seq $n | (exit 3) | head -n 1; echo ${PIPESTATUS[@]:1}; coproc cat; echo x >&${COPROC[1]}; read -r y <&${COPROC[0]}; echo $y'
real "traps and waits" bash -c 'trap "echo got it" USR1; (sleep 0.05; kill -USR1 $$) & wait; wait; (exit 5) | cat; x=$(echo a & echo b; wait); echo ${#x}; read -t 0.02 < <(sleep 0.1); echo $?'

# ---- compilers and make ----
mkdir "$dir/project"
files=$((6 + scale))
for ((i = 1; i <= files; i++)); do
	printf '#include <stdio.h>\nint f%d(void) { return printf("%d\\n"); }\n' "$i" "$i" >"$dir/project/f$i.c"
	uses="${uses:-}f$i();" externs="${externs:-}int f$i(void);"
done
printf '%s\nint main(void) { %s return 0; }\n' "$externs" "$uses" >"$dir/project/main.c"
printf 'all: p\n\t@./p\np: $(patsubst %%.c,%%.o,$(wildcard *.c))\n\t@$(CC) -o $@ $^\n%%.o: %%.c\n\t@$(CC) -c -o $@ $<\n' \
	>"$dir/project/Makefile"
if have make gcc; then
	cleaned() { rm -f "$dir"/project/*.o "$dir/project/p"; }
	before=cleaned real "make -j4" make -s -j4 -C "$dir/project"
	before=cleaned real "make -j4, submake" bash -c 'printf "all: a b\na b:\n\t@+\$(MAKE) -s -C $0\n" | make -s -j2 -f - a' "$dir/project"
	real "gcc -pipe" bash -c 'cd "$0/project" && gcc -pipe -O1 -o "$0/piped" *.c && "$0/piped"' "$dir"
fi

# ---- archives, searches, sorting ----
real "tar, gzip, sha256sum" bash -c 'tar cf - --sort=name -C "$0" app | gzip -n | sha256sum' "$IPCLAB_SRC"
real "tar -z and back" bash -c 'tar czf - -C "$0" app/base | tar tzf - | sort | sha256sum' "$IPCLAB_SRC"
unordered=yes real "find, xargs -P4" bash -c 'find "$0/app" -name "*.h" -print0 | xargs -0 -P4 -n 3 cksum' "$IPCLAB_SRC"
unordered=yes real "find -exec, xargs -P4 sh" bash -c 'find "$0/app/base" -type f | xargs -P4 -I{} sh -c "wc -l {} | cat"' "$IPCLAB_SRC"
real "sort --parallel" bash -c 'seq $((n * 10)) | sort -r | sort --parallel=4 -S 100k --compress-program=gzip -n | md5sum'
have xz && real "xz -T2" bash -c 'seq $((n * 10)) | xz -T2 --block-size=20000 | xz -d | md5sum'
have zstd && real "zstd -T2" bash -c 'seq $((n * 10)) | zstd -q -T2 | zstd -dc | md5sum'
real "split --filter" bash -c 'seq $n | split -n r/3 --filter="sort -n | tail -n 1" | sort'
real "timeout" bash -c 'timeout 0.1 sleep 5; echo $?; timeout -s INT 0.1 bash -c "sleep 5 | cat"; echo $?'
have flock && real "flock" bash -c 'echo 0 >"$0/n"; for i in 1 2 3 4; do (flock 9; read -r x <"$0/n"; echo $((x + 1)) >"$0/n") 9>"$0/lock" & done; wait; cat "$0/n"' "$dir"
real "mkfifo" bash -c 'cd "$0" && rm -f f && mkfifo f && (seq $n >f &) && sort -rn f | head -n 1; rm f' "$dir"
have script && real "a pty by script" script -qec 'echo a | tr a b; tty -s && echo tty' /dev/null
have ipcmk ipcrm && real "ipcmk, ipcrm" bash -c 'for k in "-Q:-q" "-S 3:-s" "-M 4096:-m"; do id=$(ipcmk ${k%:*} | tr -dc 0-9); ipcrm ${k#*:} "$id" && echo done; done'

# ---- git ----
if have git; then
	git_config=(-c user.name=x -c user.email=x@y -c gc.auto=0)
	export GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_DATE='1700000000 +0000' GIT_COMMITTER_DATE='1700000000 +0000'
	repository() {
		rm -rf "$dir/repo" "$dir/clone"
		mkdir "$dir/repo"
		(
			cd "$dir/repo" && git init -q -b main && cp -r "$IPCLAB_SRC/app/base" "$IPCLAB_SRC/app/event" . && git add . &&
				git "${git_config[@]}" commit -q -m one && git "${git_config[@]}" commit -q --allow-empty -m two
		) >"$dir/git.log" 2>&1
	}
	before=repository
	real "git clone" bash -c 'git clone -q --no-local "$0/repo" "$0/clone" && git -C "$0/clone" log --oneline' "$dir"
	real "git commit" bash -c 'cd "$0/repo" && echo x >new && git add new && "${@}" commit -q -m three && git log --oneline | cat' "$dir" git "${git_config[@]}"
	real "git gc" bash -c 'cd "$0/repo" && "${@}" gc -q && git fsck 2>/dev/null && git count-objects -v | grep in-pack' "$dir" git "${git_config[@]}"
	real "git push, hooks" bash -c 'cd "$0" && git clone -q --bare repo clone && cd repo && printf "#!/bin/sh\ncat\n" >../clone/hooks/post-receive && chmod +x ../clone/hooks/post-receive && "${@}" commit -q --allow-empty -m x && git push -q ../clone main 2>&1' "$dir" git "${git_config[@]}"
	before=
fi

# ---- python's multiprocessing ----
if have python3; then
	python() { real "python: $1" python3 -c "import os, sys, time, signal
import multiprocessing as m
scale = int(os.environ['scale'])
$2"; }
	python pool 'def f(x): return x * x
with m.Pool(4) as p: print(sum(p.map(f, range(100 * scale))))'
	python queue 'def f(q, r):
	for x in iter(q.get, None): r.put(x + 1)
q, r = m.Queue(), m.Queue()
ps = [m.Process(target=f, args=(q, r)) for i in range(3)]
[p.start() for p in ps]
[q.put(i) for i in range(30 * scale)]
[q.put(None) for p in ps]
print(sum(r.get() for i in range(30 * scale)))
[p.join() for p in ps]'
	python "shared memory" 'from multiprocessing import shared_memory as s
def f(name, i):
	b = s.SharedMemory(name=name)
	b.buf[i] = i + 1
	b.close()
b = s.SharedMemory(create=True, size=4096)
ps = [m.Process(target=f, args=(b.name, i)) for i in range(4)]
[p.start() for p in ps]
[p.join() for p in ps]
print(bytes(b.buf[:5]))
b.close()
b.unlink()'
	python "value, lock, barrier" 'def f(v, l, b):
	b.wait()
	for i in range(20 * scale):
		with l: v.value += 1
v, l, b = m.Value("i", 0), m.Lock(), m.Barrier(3)
ps = [m.Process(target=f, args=(v, l, b)) for i in range(3)]
[p.start() for p in ps]
[p.join() for p in ps]
print(v.value)'
	python manager 'def f(d, i): d[i] = i * 2
if __name__ == "__main__":
	with m.Manager() as g:
		d = g.dict()
		ps = [m.Process(target=f, args=(d, i)) for i in range(3)]
		[p.start() for p in ps]
		[p.join() for p in ps]
		print(sorted(d.items()))'
	python "spawn and forkserver" 'for how in "fork", "forkserver":
	c = m.get_context(how)
	a, b = c.Pipe()
	p = c.Process(target=print, args=(how,))
	p.start()
	p.join()
	a.send([how] * 3)
	print(b.recv(), p.exitcode)'
	python "threads, select, signals" 'import threading, selectors, socket, queue
a, b = socket.socketpair()
s = selectors.DefaultSelector()
s.register(a, selectors.EVENT_READ)
threading.Thread(target=lambda: (time.sleep(0.02), b.sendall(b"x"))).start()
print(len(s.select(5)), a.recv(9))
signal.signal(signal.SIGALRM, lambda *x: print("alarm"))
signal.setitimer(signal.ITIMER_REAL, 0.02)
signal.pause()
r, w = os.pipe()
pid = os.fork()
if not pid: os.write(w, b"y"); os._exit(3)
print(os.read(r, 9), os.waitpid(pid, 0)[1] >> 8)'
	python asyncio 'import asyncio
async def echo(r, w):
	w.write((await r.readline()).upper())
	await w.drain()
	w.close()
async def main():
	s = await asyncio.start_server(echo, "127.0.0.1", 0)
	port = s.sockets[0].getsockname()[1]
	async def one(i):
		r, w = await asyncio.open_connection("127.0.0.1", port)
		w.write(b"line %d\n" % i)
		x = await r.read()
		w.close()
		return x
	print(await asyncio.gather(*[one(i) for i in range(5 * scale)]))
	p = await asyncio.create_subprocess_exec("tr", "a", "b", stdin=-1, stdout=-1)
	print(await p.communicate(b"aaa"))
asyncio.run(main())'
	python "http server and client" 'import http.server, threading, urllib.request
class H(http.server.BaseHTTPRequestHandler):
	def do_GET(self):
		self.send_response(200); self.end_headers(); self.wfile.write(self.path.encode() * 1000)
	def log_message(self, *a): pass
s = http.server.ThreadingHTTPServer(("127.0.0.1", 0), H)
threading.Thread(target=s.serve_forever, daemon=True).start()
for i in range(5 * scale): print(len(urllib.request.urlopen("http://127.0.0.1:%d/%d" % (s.server_port, i)).read()))
s.shutdown()'
fi

# ---- perl, and others where they are ----
if have perl; then
	real "perl fork, pipe" perl -e '$| = 1; pipe(R, W); for $i (1 .. 4) { if (!fork) { close R; syswrite W, "$i\n" x 50; exit } } close W; @x = sort <R>; print scalar(@x), "\n"; 1 while wait > 0; open(P, "|-", "tr a b"); print P "aaa\n"; close P; print `echo hi | cat`; open(Q, "-|") || do { print "child\n"; exit }; print <Q>'
	real "perl sockets" perl -MIO::Socket -MSocket -e '$s = IO::Socket::INET->new(Listen => 3, LocalAddr => "127.0.0.1") or die; $p = $s->sockport; if (!fork) { $c = IO::Socket::INET->new("127.0.0.1:$p"); print $c "hello\n"; print scalar <$c>; exit } $a = $s->accept; $l = <$a>; print $a uc $l; close $a; wait; socketpair(A, B, AF_UNIX, SOCK_DGRAM, 0); syswrite A, "dgram"; sysread B, $x, 99; print "$x\n"; $u = IO::Socket::INET->new(Proto => "udp", LocalAddr => "127.0.0.1"); $v = IO::Socket::INET->new(Proto => "udp", PeerAddr => "127.0.0.1", PeerPort => $u->sockport); $v->send("udp"); $u->recv($x, 99); print "$x\n"'
	real "perl SysV" perl -MIPC::SysV=IPC_PRIVATE,IPC_CREAT,IPC_RMID -e '$q = msgget(IPC_PRIVATE, 0600); $s = semget(IPC_PRIVATE, 2, 0600); $m = shmget(IPC_PRIVATE, 99, 0600); if (!fork) { msgsnd($q, pack("l! a*", 7, "hello"), 0); shmwrite($m, "shared", 0, 6); semop($s, pack("s!3", 0, 1, 0)); exit } semop($s, pack("s!3", 0, -1, 0)); msgrcv($q, $x, 99, 0, 0); print unpack("x8 a*", $x), "\n"; shmread($m, $y, 0, 6); print "$y\n"; wait; msgctl($q, IPC_RMID, 0); semctl($s, 0, IPC_RMID, 0); shmctl($m, IPC_RMID, 0)'
fi
have sqlite3 && real "sqlite3, two at once" bash -c 'cd "$0" && rm -f db && sqlite3 db "create table t(x)" && for i in 1 2 3; do sqlite3 -cmd ".timeout 20000" db "begin immediate; insert into t values($i); commit;" & done; wait; sqlite3 db "select count(*) from t"; rm db' "$dir"
have bc dc 2>/dev/null && real "bc" bash -c 'echo "2^100" | bc'
have node && real "node" node -e 'const c = require("child_process"), n = require("net");
console.log(c.execSync("seq 100 | wc -l").toString());
const s = n.createServer(x => x.pipe(x)).listen(0, "127.0.0.1", () => { const k = n.connect(s.address().port, "127.0.0.1");
k.on("data", d => { console.log("" + d); k.end(); s.close(); }); k.write("echo"); });'
have java && real "java" java -Xshare:auto -XX:TieredStopAtLevel=1 -version

# ---- servers with their clients ----
[ -z "$root" ] || export PATH=$PATH:$root/usr/bin:$root/usr/sbin LD_LIBRARY_PATH=$root/usr/lib/x86_64-linux-gnu:$root/lib/x86_64-linux-gnu
free_port() { port=$((20000 + (RANDOM + $$) % 12000)); }
if have redis-server redis-cli; then
	free_port
	real "redis-server, clients" bash -c 'redis-server --port $1 --bind 127.0.0.1 --save "" --dir "$0" --daemonize no >"$0/redis.log" &
		until redis-cli -p $1 ping 2>/dev/null | grep -q PONG; do sleep 0.05; done
		for i in $(seq $((5 * scale))); do redis-cli -p $1 incr x & done | sort -n | tail -n 1
		redis-cli -p $1 bgsave >/dev/null; seq 200 | sed "s/.*/set k& v&/" | redis-cli -p $1 | sort | uniq -c
		while redis-cli -p $1 info persistence | grep -q in_progress:1; do sleep 0.05; done
		redis-cli -p $1 shutdown nosave; wait; echo $?; rm -f "$0/dump.rdb"' "$dir" $port
	unordered=yes real "redis-server, Unix socket" bash -c 'redis-server --port 0 --unixsocket "$0/redis.sock" --save "" --dir "$0" >"$0/redis.log" &
		until [ "$(redis-cli -s "$0/redis.sock" ping 2>/dev/null)" = PONG ]; do sleep 0.05; done
		(redis-cli -s "$0/redis.sock" blpop list 5 | tail -n 1 &  sleep 0.1; redis-cli -s "$0/redis.sock" rpush list item; wait)
		redis-cli -s "$0/redis.sock" shutdown nosave; wait; echo $?' "$dir"
fi
if have nginx curl; then
	free_port
	mkdir -p "$dir/www/logs"
	seq 20000 >"$dir/www/page.txt"
	cat >"$dir/www/nginx.conf" <<-END
		daemon off; master_process on; worker_processes 2; pid $dir/www/pid; error_log $dir/www/error.log;
		events { worker_connections 64; }
		http { access_log off; client_body_temp_path $dir/www/a; proxy_temp_path $dir/www/b; fastcgi_temp_path $dir/www/c;
		uwsgi_temp_path $dir/www/d; scgi_temp_path $dir/www/e; sendfile on;
		server { listen 127.0.0.1:$port; root $dir/www; location /in/ { proxy_pass http://127.0.0.1:$port/; } } }
	END
	[ "$(id -u)" -ne 0 ] || sed -i '1i user root;' "$dir/www/nginx.conf"
	real "nginx, clients" bash -c 'nginx -p "$0/www" -e "$0/www/error.log" -c "$0/www/nginx.conf" 2>/dev/null &
		until curl -s -o /dev/null "127.0.0.1:$1/page.txt"; do sleep 0.05; done
		for i in $(seq $((4 * scale))); do curl -s "127.0.0.1:$1/page.txt" | md5sum & asked+=" $!"; done; wait $asked
		curl -s "127.0.0.1:$1/in/page.txt" | md5sum; curl -s -o /dev/null -w "%{http_code}\n" "127.0.0.1:$1/none"
		kill -HUP %1; sleep 0.2; curl -s "127.0.0.1:$1/page.txt" | md5sum; kill -QUIT %1; wait; echo $?' "$dir" $port
fi
echo "$ran runs, $explained results explained"
finish
