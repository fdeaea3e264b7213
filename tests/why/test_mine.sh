# SPDX-License-Identifier: GPL-3.0-or-later
# ipclab why without arguments: everything of mine that is stuck, one line a group; and --markdown, --redact of one.
source "$IPCLAB_SRC/tests/live/lib.sh"
hangs=$IPCLAB_BUILD/tests/why/hangs
as=()
if [ "$(id -u)" -eq 0 ]; then # root would be shown everybody's
	as=(setpriv --reuid=65534 --regid=65534 --clear-groups env HOME=/nonexistent)
	"${as[@]}" test -x "$hangs/both_read" -a -x "$IPCLAB" || skip "uid 65534 cannot reach $IPCLAB"
	chmod 777 "$dir"
fi
started=()
trap 'for p in "${started[@]}"; do kill -9 -- "-$p" 2>/dev/null; done; rm -rf "$dir"' EXIT
trap 'exit 1' TERM INT

# begin COMMAND...: in a session of its own, in the folder $dir; its pid in $began.
begin() {
	(cd "$dir" && exec setsid "${as[@]}" "$@") </dev/null >/dev/null 2>&1 &
	began=$!
	started+=("$began")
}
line_of() { grep -E "^$1 +$2 " <<<"$out"; }
has_line() { [[ $(line_of "$1" "$2") == *"$3"* ]]; }
lines_with() { [ "$(grep -c "$2" <<<"$1")" -eq "$3" ]; }
# ran: how often each of them has run.
ran() { for p in "${started[@]}"; do cat /proc/"$p"/task/*/schedstat; done 2>/dev/null | cut -d' ' -f3 | tr '\n' ' '; }

begin "$hangs/both_read"
both=$began
begin "$hangs/mutex_twice"
twice=$began
begin "$hangs/sibling_inherits"
sibling=$began
begin sleep 300
sleeper=$began
sleep 1
before=$(ran)
run timeout 60 "${as[@]}" "$IPCLAB" why
check "somebody of mine is stuck: 1" status_is 1
check "one line for two processes" has_line HANG "$both" "2 processes"
check "with where it runs" has_line HANG "$both" "$dir"
check "one line for one" has_line HANG "$twice" "1 process "
check "one line for three" has_line HANG "$sibling" "3 processes"
check "each once" lines_with "$(grep ^HANG <<<"$out" | grep -F "$dir")" . 3
check "a sleep is no HANG" test -z "$(line_of HANG "$sleeper")"
check "nothing was stopped, it says" out_has "stopped nothing"
check "and nothing moved" test "$before" = "$(ran)"

run timeout 60 "${as[@]}" "$IPCLAB" why --json
check "as JSON: 1" status_is 1
check "as JSON: verdict" out_has '"verdict":"HANG"'

run timeout 60 "${as[@]}" "$IPCLAB" why -p "$both" --markdown
check "markdown begins a block" out_begins '```'
check "and ends it" test "$(tail -n 1 <<<"$out")" = '```'
run timeout 60 "${as[@]}" "$IPCLAB" why -n both_read
check "by name: HANG" status_is 1
check "by name: that pid" out_has "$both"
run timeout 60 "${as[@]}" "$IPCLAB" why -p "$both" --only
check "--only: the other is not looked at, so it is no proof" status_is 0

begin "$hangs/wait_for_who_waits"
waiting=$began
begin "$hangs/../lookalikes/server_waits_for_clients"
server=$began
printf 'mkfifo "$1"; echo x >"$1"\n' >"$dir/sender.sh"
begin bash "$dir/sender.sh" "$dir/orders"
sender=$began
begin python3 -c 'import signal; signal.signal(signal.SIGALRM, print); signal.pause()'
pausing=$began
began_timer='import ctypes, os, struct
c = ctypes.CDLL(None)
fd = c.timerfd_create(1, 0)
c.timerfd_settime(fd, 0, struct.pack("4q", 300, 0, 300, 0), None)
os.read(fd, 8)'
begin python3 -c "$began_timer"
timer=$began
sleep 1
run timeout 60 "${as[@]}" "$IPCLAB" why
check "a FIFO that nobody reads is listed, though one process alone waits" has_line WAITS "$sender" "sender.sh"
check "no line is longer than the terminal" test "$(grep -v ^HANG <<<"$out" | wc -L)" -le 80
run timeout 60 "${as[@]}" "$IPCLAB" why -n sender.sh
check "a script is found by the name it is listed with" out_has "$sender"
run timeout 60 "${as[@]}" "$IPCLAB" why -p "$waiting"
check "from outside: HANG" status_is 1
check "the advice calls a child by its pid, as the rest does" test -z "$(grep -E 'waits for P[0-9]' <<<"$out")"
run timeout 60 "${as[@]}" "$IPCLAB" why -p "$server"
check "who sleeps in accept waits for a connection" out_has "waits to be accepted"
run timeout 60 "${as[@]}" "$IPCLAB" why -p "$pausing"
check "of an alarm that cannot be seen nothing is claimed" out_has "whether an alarm"
check "nor that a clock will end it" out_lacks "a clock will end"
run timeout 60 "${as[@]}" "$IPCLAB" why -p "$timer"
check "a timer that is read is a clock" out_has "a clock will end a wait"

begin bash -c 'mkfifo secret-name; cat secret-name'
sleep 0.5
run timeout 60 "${as[@]}" "$IPCLAB" why -p "$began"
check "a FIFO is named" out_has secret-name
run timeout 60 "${as[@]}" "$IPCLAB" why -p "$began" --redact
check "--redact leaves its name out" out_lacks secret-name
check "--redact keeps the verdict" out_has HANG
run timeout 60 "$IPCLAB" why --redact -- "$hangs/sem_opposite" secret-argument
check "--redact of a command: HANG" status_is 1
check "--redact of a command: neither its name nor its arguments" lines_with "$out" '/sem_opposite\|secret-argument\|/ipclab-hang' 0
finish
