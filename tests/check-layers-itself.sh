# SPDX-License-Identifier: GPL-3.0-or-later
# check-layers must go red: each breach below is put into a small tree and must be named.
set -u
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1
failed=0
checks=0

# red FILE TEXT MESSAGE [LINE]: the file with that text is found fault with, at line 2 if not said.
red() {
	mkdir -p "app/${1%/*}"
	printf '/* first line */\n%b\n' "$2" > "app/$1"
	checks=$((checks + 1))
	if out=$("$IPCLAB_SRC/tests/check-layers" app) || [[ $out != *"app/$1:${4:-2}: $3"* ]]; then
		echo "not found: $1: $2"
		echo "$out"
		failed=$((failed + 1))
	fi
	rm "app/$1"
}

# green FILE TEXT: no fault is found.
green() {
	mkdir -p "app/${1%/*}"
	printf '/* first line */\n%b\n' "$2" > "app/$1"
	checks=$((checks + 1))
	if ! out=$("$IPCLAB_SRC/tests/check-layers" app); then
		echo "found without reason: $1: $2"
		echo "$out"
		failed=$((failed + 1))
	fi
	rm "app/$1"
}

mkdir -p app/base
cp "$IPCLAB_SRC/app/LAYERS" app/
echo '/* base */' > app/base/x.c
red world/x.c '#include "tracer/lib.h"' 'world may not include from tracer'
red event/x.h '#  include "world/lib.h"' 'event may not include from world'
red base/y.c '#include "event/lib.h"' 'base may not include from event'
red view/x.c '#include "world/private.h"' 'world/private.h is private to world'
red view/x.c '#include "lib.h"' 'include "lib.h" without its folder'
red session/x.c 'void f(void) { ptrace(0); }' 'ptrace outside'
red session/x.c '#include <linux/seccomp.h>' 'seccomp outside'
red source/x.c 'int f = syscall(SYS_pidfd_getfd, 1);' 'pidfd calls outside'
red world/x.c 'n = process_vm_readv(pid, v, 1, w, 1, 0);' 'process_vm_readv outside'
red world/x.c '\tprintf("x");' 'standard output outside'
red shell/x.c '\tfputs("x", stdout);' 'standard output outside'
red session/x.c '\texit(1);' 'exit outside'

red stray/x.c 'int x;' 'folder stray has no line in LAYERS' 1
green view/x.c '#include "world/lib.h"'
green tracer/x.c '\tptrace(0); pidfd_getfd(1);'
green shell/output.c '\tprintf("x");'
green session/x.c '\t_exit(1); x->exit(2); on_exit(3); fprintf(stderr, "ptrace(");  /* exit( */'
green world/x.c '/* printf(\n exit( ptrace( */ int x;'
echo "Checks: $checks, Failures: $failed, Errors: 0"
exit $((failed > 0))
