# SPDX-License-Identifier: GPL-3.0-or-later
# Programs nobody here wrote talk over the loopback: python3's http.server, curl and urllib, seen by ipclab watch as
# without it.
. "${IPCLAB_SRC:?}/tests/live/lib.sh" || exit 1

command -v python3 >/dev/null && command -v curl >/dev/null || skip 'python3 and curl are not both here'
mkdir -p "$dir/www"
head -c 300000 /dev/urandom >"$dir/www/big"
echo small >"$dir/www/small"
cat >"$dir/http" <<'END'
cd "$1/www" || exit 1
: >../port
python3 -u -m http.server 0 --bind 127.0.0.1 >../port 2>/dev/null &
server=$!
for i in $(seq 200); do
	port=$(sed -n 's/.*port \([0-9]*\).*/\1/p' ../port)
	[ -n "$port" ] && break
	sleep 0.05
done
curl -s "http://127.0.0.1:$port/small"
curl -s "http://127.0.0.1:$port/big" | sha256sum
python3 -c "
import urllib.request
for i in range(3): print(len(urllib.request.urlopen('http://127.0.0.1:$port/big').read()))"
kill $server
wait $server
echo "server: $?"
END
timeout 60 bash "$dir/http" "$dir" >"$dir/alone" 2>"$dir/alone.err"
alone=$?
timeout 120 "$IPCLAB" watch --json -- bash "$dir/http" "$dir" >"$dir/json" 2>"$dir/out"
status=$?
out=$(cat "$dir/out")
[[ $out == *ptrace* && $status -eq 125 ]] && skip "$out"
check the_same_status status_is "$alone"
check the_same_output eval 'grep -vF "$(printf "\r")" "$dir/out" | cmp -s - "$dir/alone"'
check no_drift_and_nothing_unknown eval 'tail -1 "$dir/json" | grep -q "\"drift\":0,\"unknown\":0"'
check results_were_explained eval '[ "$(tail -1 "$dir/json" | sed "s/.*explained\":\([0-9]*\).*/\1/")" -gt 100 ]'
finish
