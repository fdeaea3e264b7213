# SPDX-License-Identifier: GPL-3.0-or-later
# ^C at the terminal while `why -- CMD` waits: the answer is about the moment before, and the program gets it as well.
source "$IPCLAB_SRC/tests/live/lib.sh"
command -v python3 >/dev/null || skip "no python3 here, which makes a terminal"
"$IPCLAB" watch --quiet -- true 2>/dev/null || skip "nothing can be watched here"

# typed SECONDS COMMAND...: why of it in a terminal of its own, ^C after a while, and all that is said until the end.
cat >"$dir/typed.py" <<'END'
import os, pty, select, sys, time
pid, terminal = pty.fork()
if pid == 0:
    os.execv(os.environ['IPCLAB'], ['ipclab', 'why', '--'] + sys.argv[2:])
said, at, end = b'', time.monotonic() + float(sys.argv[1]), time.monotonic() + 30
typed = False
while time.monotonic() < end:
    if not typed and time.monotonic() > at and b'ready' in said:
        typed = True
        os.write(terminal, b'\x03')
    if select.select([terminal], [], [], 0.05)[0]:
        try:
            some = os.read(terminal, 65536)
        except OSError:
            break
        if not some:
            break
        said += some
sys.stdout.write(said.decode(errors='replace').replace('\r', ''))
sys.stdout.flush()
os._exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
END
typed() { run timeout 60 python3 "$dir/typed.py" "$@"; }

export IPCLAB
typed 1.5 bash -c 'echo ready; sleep 100; true'
check "what would have gone on: WAITS" out_has "WAITS"
check "in the call it slept in" out_has "waits in sleep(100 s)"
check "as ended by ^C" status_is 130
typed 1.5 bash -c 'trap "echo put in order; exit 3" INT; echo ready; read line </dev/tty'
check "one with a handler: where it waited" out_has "waits in read(0)"
check "and its handler ran" out_has "put in order"
check "as ended by ^C" status_is 130
typed 1.5 bash -c 'trap "" INT; echo ready; sleep 100; true'
check "one that ignores it is ended all the same" status_is 130
check "and told of" out_has "waits in sleep"
typed 1.5 bash -c 'trap "echo put in order; exit 3" INT; echo ready; while :; do :; done'
check "one that computes: RUNS" out_has "RUNS  1 process of 1 is still running"
check "that it does is said" out_has "computes, or makes calls that do not wait"
check "and its handler ran, though it was stopped to be asked" out_has "put in order"

run timeout 30 "$IPCLAB" why --within 1s -- "$IPCLAB_BUILD/tests/why/lookalikes/computes_for_ever"
check "too slow: as timeout(1)" status_is 124
check "and where it computes" err_has "computes_for_ever.c:"
finish
