# SPDX-License-Identifier: GPL-3.0-or-later
# Programs that are not as one expects them: static, stripped, setuid, scripts, 32 bits, without descriptors, where
# /dev/mqueue is not mounted. Same output and status as without us, no drift.
source "$IPCLAB_SRC/tests/live/lib.sh"
source "$IPCLAB_SRC/tests/live/watch.sh"
can_trace || skip "tracing does not work here: $(head -n 1 "$dir/err")"
targets=$IPCLAB_BUILD/tests/live/targets
explains=yes

sees_the_same "a program that closes all its descriptors" "$targets/closes_all"
check "its status" status_is 7

cp "$targets/dup_chain" "$dir/stripped"
if strip "$dir/stripped" 2>/dev/null; then
	sees_the_same "a stripped program" "$dir/stripped"
else
	echo "skipped: no strip"
fi
if gcc -std=c17 -D_GNU_SOURCE -static -o "$dir/static" "$IPCLAB_SRC/tests/live/targets/dup_chain.c" 2>/dev/null; then
	sees_the_same "a static program" "$dir/static"
else
	echo "skipped: no static C library"
fi

# Forty bytes of code in an ELF file for i386: write(1, "32 bits\n", 8), exit(5).
elf32='\177ELF\1\1\1\0\0\0\0\0\0\0\0\0\2\0\3\0\1\0\0\0\124\200\4\10\64\0\0\0\0\0\0\0\0\0\0\0\64\0\40\0\1\0\0\0\0\0\0\0'
elf32+='\1\0\0\0\0\0\0\0\0\200\4\10\0\200\4\10\176\0\0\0\176\0\0\0\5\0\0\0\0\20\0\0'
elf32+='\270\4\0\0\0\273\1\0\0\0\271\166\200\4\10\272\10\0\0\0\315\200\270\1\0\0\0\273\5\0\0\0\315\200'
elf32+='\62\62 bits\n'
printf '%b' "${elf32//\\/\\0}" >"$dir/elf32"
chmod +x "$dir/elf32"
"$dir/elf32" >"$dir/out" 2>/dev/null
if [ $? -eq 5 ]; then
	explains=
	sees_the_same "a 32-bit program" "$dir/elf32"
	explains=yes
	# pause(), which is 29 there and shmget() here.
	printf '%b' "${elf32//\\/\\0}" | head -c 84 >"$dir/wait32"
	printf '\270\35\0\0\0\315\200\353\367' >>"$dir/wait32"
	head -c 60 /dev/zero >>"$dir/wait32"
	chmod +x "$dir/wait32"
	"$dir/wait32" &
	waiter=$!
	until grep -q "^State:.S" "/proc/$waiter/status"; do sleep 0.02; done
	run "$IPCLAB" why -p "$waiter"
	kill "$waiter"
	check "a 32-bit program that waits: what is not known is not said" test "${out/shmget/}" = "$out"
	check "a 32-bit program that waits: why not" out_has "32-bit"
else
	echo "skipped: 32-bit programs do not run here"
fi

printf '#!/bin/sh\necho "$0 $1" | tr a b\nexit 3\n' >"$dir/script"
printf '#!%s one\n' "$dir/script" >"$dir/script2"
chmod +x "$dir/script" "$dir/script2"
sees_the_same "a script" "$dir/script" arg
sees_the_same "a script of a script" "$dir/script2" arg
check "its status" status_is 3

if [ "$(id -u)" -eq 0 ] && command -v setpriv >/dev/null; then
	cp "$(command -v id)" "$dir/id"
	chmod 4755 "$dir/id"
	chmod 755 "$dir"
	run setpriv --reuid=65534 --regid=65534 --clear-groups "$IPCLAB" watch --json -- "$dir/id" -u
	check "setuid: it runs, without its rights (no_new_privs)" status_is 0
	check "setuid: who it is" err_has 65534
	check "setuid: drift 0" out_has '"drift":0,'
else
	echo "skipped: setuid: not root"
fi
if unshare -m true 2>/dev/null && [ -d /dev/mqueue ]; then
	sees_the_same "without /dev/mqueue" unshare -m sh -c 'umount -l /dev/mqueue 2>/dev/null; exec "$0"' "$targets/queue_posix"
else
	echo "skipped: /dev/mqueue cannot be unmounted here"
fi
finish
