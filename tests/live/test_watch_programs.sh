# SPDX-License-Identifier: GPL-3.0-or-later
# Real programs under watch: same output, same status, no drift.
source "$IPCLAB_SRC/tests/live/lib.sh"
source "$IPCLAB_SRC/tests/live/watch.sh"
can_trace || skip "tracing does not work here: $(head -n 1 "$dir/err")"

explains=yes
sees_the_same "seq, sort, head" sh -c 'seq 100000 | sort -n | head'
sees_the_same "yes and head" sh -c 'yes | head -n 1000'
sees_the_same "a pipeline's own status" bash -c 'set -o pipefail; yes | head -n 1; exit ${PIPESTATUS[0]}'
sees_the_same "tar, gzip, wc" sh -c "tar cf - -C '$IPCLAB_SRC' app | gzip -n | wc -c"
sees_the_same "tar, gzip and back" sh -c "tar cf - -C '$IPCLAB_SRC' app | gzip -n | gunzip | tar tf - | sort"
sees_the_same "process substitution" bash -c 'diff <(seq 20) <(seq 2 21); cat < <(echo in) > >(cat); sleep 0.1'
sees_the_same "command substitution" sh -c 'x=$(echo a | tr a b); echo "$x$(printf %s c)"'
sees_the_same "a loop that reads" sh -c 'seq 200 | while read -r n; do echo $((n * 2)); done | tail -n 3'
sees_the_same "xargs" sh -c 'seq 40 | xargs -n 4 -P 2 echo | sort'
sees_the_same "awk's pipes" awk 'BEGIN {while (("seq 5" | getline x) > 0) print x | "sort -r"; close("sort -r")}'
sees_the_same "many writers" sh -c '(for i in 1 2 3 4; do (seq 500) & done; wait) | sort -n | uniq -c | wc -l'
if command -v python3 >/dev/null; then
	sees_the_same "python's subprocess" python3 -c 'import subprocess as s
p = s.run(["tr", "a-z", "A-Z"], input=b"x" * 200000, stdout=s.PIPE)
print(len(p.stdout), p.stdout[:3], p.returncode)'
else
	echo "skipped: no python3"
fi
explains=
sees_the_same "a background job" sh -c '(sleep 0.05; echo late) & echo early; wait'
sees_the_same "an exit status" sh -c 'exit 7'
sees_the_same "a death by signal" sh -c 'kill -TERM $$'
check "128 + 15" status_is 143
sees_the_same "a death by SIGKILL" sh -c 'kill -KILL $$'
check "128 + 9" status_is 137

# A parallel make of twelve files, with a jobserver's pipe.
mkdir "$dir/project"
for n in $(seq 12); do
	printf '#include <stdio.h>\nint f%d(void) { return printf("%d\\n"); }\n' "$n" "$n" >"$dir/project/f$n.c"
	calls="${calls:-}f$n();"
	extern="${extern:-}int f$n(void);"
done
printf '%s\nint main(void) { %s return 0; }\n' "$extern" "$calls" >"$dir/project/main.c"
cat >"$dir/project/Makefile" <<'END'
objects = $(patsubst %.c,%.o,$(wildcard *.c))
all: program
	@./program
program: $(objects)
	@$(CC) -o $@ $(sort $(objects))
%.o: %.c
	@$(CC) -c -o $@ $<
clean:
	@rm -f *.o program
END
explains=yes
sees_the_same "make -j4 of twelve files" sh -c "make -s -C '$dir/project' clean && exec make -s -j4 -C '$dir/project'"

if [ -n "${IPCLAB_SOAK:-}" ]; then
	mkdir "$dir/build"
	if (cd "$dir/build" && "$IPCLAB_SRC/configure" -q >/dev/null 2>&1); then
		run_watched --json -- make -s -j4 -C "$dir/build"
		total=$(tail -n 1 "$dir/out")
		echo "make -j4 of ipclab: $total"
		check "make -j4 of ipclab" status_is 0
		check "make -j4 of ipclab: $total" total_is_clean
		check "make -j4 of ipclab made it" test -x "$dir/build/ipclab"
	else
		echo "skipped: configure cannot make a second build tree (the source tree is configured itself)"
	fi
fi
finish
