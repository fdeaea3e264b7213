#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Every expectation is seen to fail: each condition of each lab's guide, turned into its opposite (a number
# that is asked for: into one that is not known), makes --verify fail at that lab. In check a part of
# them, another part of each lab; all in a soak. IPCLAB_LAB=fifo: that lab, all of it. A new lab needs no line here.
source "${IPCLAB_SRC:?}/tests/live/lib.sh" || exit 1
export XDG_STATE_HOME=$dir/state

labs=$dir/labs
every=7
[ -n "${IPCLAB_SOAK:-}${IPCLAB_LAB:-}" ] && every=1

# conditions FILE: the lines of lab.md that hold one.
conditions() {
	awk '/^```/ { block = $1; if ($0 == "```") block = ""; first = 1; next }
		block == "```expect" { print NR }
		block == "```predict" && /=> / && !/=> start / { print NR }
		block == "```goal" { if (first) print NR; first = 0 }' "$1"
}

# turned FILE N: the guide on standard output, with line N turned round; its step in $dir/step.
turned() {
	awk -v wanted="$2" -v step_file="$dir/step" '
		/^```/ { block = $1; number = /kind=number/; if ($0 == "```") block = "" }
		/^## / { if (block == "") step++ }
		NR == wanted {
			print step > step_file
			if (block != "```predict") $0 = "not (" $0 ")"
			else { at = index($0, "=> "); condition = substr($0, at + 3)
				$0 = substr($0, 1, at + 2) (number ? "pipe9.bytes" : "not (" condition ")") }
		}
		{ print }' "$1"
}

# fails_at LAB: as it should, and says where.
fails_at() { [ "$status" -eq 1 ] || [ "$status" -eq 4 ] && [[ $err == *"lab.md:"* ]]; }

run "$IPCLAB" labs
ids=${IPCLAB_LAB:-$(cut -d: -f1 <<<"$out")}
total=0
offset=0
for id in $ids; do
	folder=$(echo "$IPCLAB_BUILD"/labs/[0-9]*-"$id")
	rm -rf "$labs"
	mkdir -p "$labs/${folder##*/}"
	cp "$folder"/* "$labs/${folder##*/}"/
	cp "$IPCLAB_SRC/labs/misconceptions.yaml" "$labs/"
	guide=$IPCLAB_SRC/labs/${folder##*/}/lab.md
	n=0
	k=$((offset++))
	for line in $(conditions "$guide"); do
		(((k++ % every) == 0)) || continue
		rm -f "$labs/${folder##*/}/lab.md"
		turned "$guide" "$line" >"$labs/${folder##*/}/lab.md"
		run env IPCLAB_LABS="$labs" timeout 120 "$IPCLAB" lab "$id" --verify --step "$(cat "$dir/step")"
		check "$id, line $line turned round: $(sed -n "${line}p" "$guide")" fails_at
		n=$((n + 1))
	done
	all=$(conditions "$guide" | wc -l)
	check "$id: there are conditions" [ "$all" -ge 15 ]
	echo "$id: $n of $all conditions turned round"
	total=$((total + n))
done
echo "$total conditions turned round"
finish
