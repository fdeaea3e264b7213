#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""known.py [--write README.md]: what `ipclab why -- CMD` says to people of each program of tests/why/known, and in how
many lines; with --write beside the diagnosis of those who mended it."""
import argparse
import os
import re
import shutil
import statistics
import sys

import corpus
import run

INTRO = """# Hangs from public bug trackers

Each program here does what the reported one did, and no more. Below stand the report, what its maintainers found, and
what `ipclab why` says of the program (pids and times differ from run to run). Made by
`IPCLAB=... IPCLAB_SRC=. IPCLAB_BUILD=build python3 tests/why/known.py --write tests/why/known/README.md`;
`tests/why/test_known.sh` asks whether the answers still hold.
"""


def main():
    p = argparse.ArgumentParser()
    p.add_argument('--write')
    p.add_argument('--median', type=float, default=12)
    o = p.parse_args()
    text, counts, ok = INTRO, [], True
    for program in corpus.programs(os.path.join(run.SOURCE, 'known'), os.path.join(run.BUILD, 'known')):
        if any(w.startswith('needs=') and not shutil.which(w[6:]) for w in program.run):
            continue
        with run.Case(program) as case:
            answer = case.why_run()
        # With --within the answer goes to standard error, and what the program prints stands before it.
        found = re.search(r'^(ENDED|HANG|WAITS|RUNS)\b.*', answer.messages + '\n' + answer.out, re.M | re.S)
        said = found.group(0) if found else ''
        lines = said.rstrip().splitlines()  # blank ones, too
        counts.append(len(lines))
        verdict = (re.match(r'\w+', said) or [''])[0]
        ok &= verdict in program.verdicts
        print('%-20s %-6s %d lines' % (program.name, verdict, len(lines)))
        text += '\n## %s\n\n%s\n\n**They found:** %s.\n\n```\n%s\n```\n' % (
            os.path.basename(program.source), program.facts['URL'], program.facts['diagnosis'],
            said.strip().replace(run.BUILD + '/', '').replace(run.SOURCE + '/', ''))
    print('median %.1f lines, most %d' % (statistics.median(counts), max(counts)))
    if o.write:
        with open(o.write, 'w') as f:
            f.write(text)
    return 0 if ok and statistics.median(counts) <= o.median else 1


if __name__ == '__main__':
    sys.exit(main())
