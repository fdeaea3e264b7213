# SPDX-License-Identifier: GPL-3.0-or-later
# What an interpreter runs gives the actor its name: script, module, main class; python3, java, node, go.
source "$IPCLAB_SRC/tests/live/lib.sh"
source "$IPCLAB_SRC/tests/live/watch.sh"
can_trace || skip "tracing does not work here: $(head -n 1 "$dir/err")"
cd "$dir" || exit 1

# named NAME COMMAND...: the first process is called so.
named() {
	local name=$1
	shift
	rm -f x.ipclog
	timeout 100 "$IPCLAB" watch --quiet -o x.ipclog -- "$@" >"$dir/out" 2>"$dir/err" </dev/null
	status=$?
	out=$(printf 'now\nlook\n' | "$IPCLAB" replay x.ipclog --plain | sed -n 's/^P1 \([^,]*\), ended.*/\1/p' | tail -n 1)
	err=$(tail -c 500 "$dir/err")
	check "$name: $(basename "$1") ${*:2}" out_is "$name"
}

echo 'print(1)' >hello.py
echo 'console.log(1)' >tool.js
mkdir -p a/b
printf 'package a.b;\npublic class Main { public static void main(String[] x) { } }\n' >a/b/Main.java
python=/usr/bin/python3 # not the wrapper of somebody's home
if [ -x $python ]; then
	named hello.py $python hello.py
	named hello.py $python -X utf8 "$dir/hello.py" argument
	named json.tool $python -m json.tool /dev/null
	named python3 $python -c 'print("secret")' # whatever file that is a link to
else
	echo "skipped: no $python"
fi
if command -v java >/dev/null && command -v javac >/dev/null && javac a/b/Main.java 2>/dev/null; then
	named Main java -Xshare:auto -cp . a.b.Main
	named Main.java java a/b/Main.java
else
	echo "skipped: no java, javac"
fi
if command -v node >/dev/null; then
	named tool.js node --no-warnings tool.js
else
	echo "skipped: no node"
fi
# As it was called, not as its file is called; but not by any word that a program is started with.
ln -s "$(type -P sleep)" a-link-with-a-long-name
named a-link-with-a-long-name ./a-link-with-a-long-name 0.1
named sleep bash -c 'exec -a secret sleep 0.1'
# Any program of that name: what counts is its command line.
cp "$(type -P true)" go
named main.go ./go run -race -tags x main.go argument
named go ./go build ./main
finish
