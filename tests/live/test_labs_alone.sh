#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The programs of the labs run by themselves, as from a shell, in a folder of their own: built with every warning an error
# and with ASan and UBSan, which have nothing to say. Some hang by intent: two seconds each. In check a part of
# them, all in a soak. IPCLAB_LAB=fifo: that lab, all of it. A new lab needs no line here.
source "${IPCLAB_SRC:?}/tests/live/lib.sh" || exit 1
echo 'int main(void) { return 0; }' >"$dir/t.c"
"${CC:-cc}" -fsanitize=address,undefined -o "$dir/t" "$dir/t.c" 2>/dev/null && "$dir/t" 2>/dev/null || skip "no ASan here"
rpc=$(pkg-config --cflags --libs libtirpc)
export ASAN_OPTIONS=detect_leaks=0 UBSAN_OPTIONS=print_stacktrace=1

every=6
[ -n "${IPCLAB_SOAK:-}${IPCLAB_LAB:-}" ] && every=1
k=0
n=0
for folder in "$IPCLAB_SRC"/labs/[0-9]*-${IPCLAB_LAB:-*}; do
	lab=${folder##*/}
	mkdir -p "$dir/$lab"
	for source in "$folder"/*.c; do
		name=$(basename "$source" .c)
		grep -q 'main(' "$source" || continue
		(((k++ % every) == 0)) || [ "$name" = say ] || [ "$name" = hear ] || continue # others start these two
		# A program of several files: those that it lacks are beside it.
		others=()
		for more in "$folder"/*.c; do
			grep -q 'main(' "$more" || others+=("$more")
		done
		run "${CC:-cc}" -std=gnu17 -D_GNU_SOURCE -Wall -Wextra -Werror -g -O1 -fsanitize=address,undefined \
			-o "$dir/$lab/$name" "$source" -pthread -lrt $rpc
		[ "$status" -eq 0 ] || run "${CC:-cc}" -std=gnu17 -D_GNU_SOURCE -Wall -Wextra -Werror -g -O1 \
			-fsanitize=address,undefined -o "$dir/$lab/$name" "$source" "${others[@]}" -pthread -lrt $rpc
		check "$lab/$name.c builds without a warning" status_is 0
		[ "$status" -eq 0 ] || continue
		cd "$dir/$lab" || exit 1
		rm -f /dev/shm/OS # one lab's, when it is left half done
		run timeout -k 1 2 unshare -Urinp --fork --kill-child "./$name" </dev/null
		[ "$status" -eq 1 ] && grep -q unshare "$dir/err" && run timeout -k 1 2 "./$name" </dev/null
		# Some show a crash, and it must come; or may, where it depends on who is first. Not said in the programs: the lab asks.
		if [[ " 09-posix-shm/main " == *" $lab/$name "* ]]; then
			check "$lab/$name: it ends, or crashes" eval '[[ $status -ne 124 ]]'
		elif [[ " 09-posix-shm/early 09-posix-shm/null " == *" $lab/$name "* ]]; then
			check "$lab/$name: it crashes" eval '[[ $err == *SEGV* || $err == *BUS* ]]'
		else
			check "$lab/$name: the sanitizers are silent" eval '[[ $err != *Sanitizer* && $err != *"runtime error"* ]]'
		fi
		cd / || exit 1
		# As its first comment says how: "Alone:  cc -o NAME ... && ./NAME". No option but those that stand there.
		how=$(sed -n 's/^ \* *Alone: *\(cc [^&;]*\).*/\1/p' "$source")
		if [ -n "$how" ]; then
			cd "$folder" && run bash -c "${how/ -o / -o $dir/built-}" && cd /
			check "$lab/$name.c: built as it says, $how" status_is 0
			check "$lab/$name.c: without a warning" eval '[[ -z $err ]]'
		fi
		n=$((n + 1))
	done
done
echo "$n programs"
finish
