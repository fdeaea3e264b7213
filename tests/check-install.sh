# SPDX-License-Identifier: GPL-3.0-or-later
# make install with prefix and DESTDIR puts every file in its place and none elsewhere.
. "$IPCLAB_SRC/tests/live/lib.sh"

run "$MAKE" -C "$IPCLAB_BUILD" install "DESTDIR=$dir/stage" prefix=/opt/ipclab
check install_succeeds status_is 0
p=$dir/stage/opt/ipclab
check program_is_there test -x "$p/bin/ipclab"
check manual_is_there test -s "$p/share/man/man1/ipclab.1"
check guide_is_there test -s "$p/share/ipclab/labs/01-pipe/lab.md"
check source_is_there test -s "$p/share/ipclab/labs/01-pipe/main.c"
check lab_program_is_there test -x "$p/libexec/ipclab/labs/01-pipe/pipe"
check nothing_outside_prefix [ "$(ls "$dir/stage/opt" "$dir/stage" | tr '\n' ' ')" = "$dir/stage: opt  $dir/stage/opt: ipclab " ]
check runtime_is_there test -s "$p/lib/ipclab/hook/libtsan.a"
check nothing_outside_bin_lib_libexec_share [ "$(ls "$p" | tr '\n' ' ')" = 'bin lib libexec share ' ]

run "$p/bin/ipclab" --version
check installed_program_runs out_begins 'ipclab '
echo 'int main(void) { return 0; }' >"$dir/none.c"
run "$p/bin/ipclab" cc -o "$dir/none" "$dir/none.c"
check installed_cc_finds_its_runtime status_is 0

run "$MAKE" -C "$IPCLAB_BUILD" uninstall "DESTDIR=$dir/stage" prefix=/opt/ipclab
check uninstall_succeeds status_is 0
check uninstall_leaves_no_file [ -z "$(find "$dir/stage" -type f)" ]

finish
