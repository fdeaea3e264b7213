#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""run.py WHAT [--form F] [--only NAME,...] [--repeat N] [--report FILE] [-v]

WHAT: hangs, lookalikes or known. Forms: run (why -- CMD), pid (why -p of one that is asleep already), refused (the
same, every kind of attaching made to fail), early (why -p while it still works), early-refused (both), witness (strace looks on). Looks in $IPCLAB,
$IPCLAB_SRC, $IPCLAB_BUILD. Ends with 1 when an answer is not as its program's header says.
"""
import argparse
import json
import os
import pty
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import uuid

import corpus
import outside

IPCLAB = os.path.abspath(os.environ['IPCLAB'])
SOURCE = os.path.join(os.environ['IPCLAB_SRC'], 'tests/why')
BUILD = os.path.join(os.environ['IPCLAB_BUILD'], 'tests/why')
DENY = os.path.join(os.environ['IPCLAB_BUILD'], 'tests/live/targets/deny')
LIMIT = 10  # seconds for one answer


def text_of(path):
    try:
        with open(path, 'rb') as f:
            return f.read()
    except OSError:
        return b''


class Tree:
    """The processes that carry a mark in their environment, ipclab's own left out."""

    def __init__(self):
        self.mark = 'IPCLAB_TEST_MARK=' + uuid.uuid4().hex
        self.env = dict(os.environ, **dict([self.mark.split('=')]))

    def pids(self, ours=False):
        found = []
        for pid in filter(str.isdigit, os.listdir('/proc')):
            if self.mark.encode() in text_of('/proc/%s/environ' % pid):
                try:
                    exe = os.readlink('/proc/%s/exe' % pid)
                except OSError:
                    continue
                if ours or exe != IPCLAB and os.path.basename(exe) not in ('deny', 'strace'):
                    found.append(int(pid))
        return sorted(found)

    def runs(self, pids=None):
        """How often each thread has run, and in which state it is; a thread that acts changes it."""
        state = {}
        for pid in self.pids() if pids is None else pids:
            try:
                tids = os.listdir('/proc/%d/task' % pid)
            except OSError:
                continue
            for tid in tids:
                stat = text_of('/proc/%d/task/%s/stat' % (pid, tid)).rpartition(b')')[2].split()
                ran = text_of('/proc/%d/task/%s/schedstat' % (pid, tid)).split()
                if stat:
                    state[int(tid)] = (stat[0].decode(), ran[2] if len(ran) > 2 else b'')
        return state

    def sleeps(self, tid):
        return text_of('/proc/%d/syscall' % tid).split(b' ')[0] in (b'35', b'230')

    def wait_asleep(self, limit=10):
        """Until nobody has run for 100 ms, and nobody is in a sleep that ends by itself."""
        end = time.monotonic() + limit
        before, since = None, time.monotonic()
        while time.monotonic() < end:
            now = self.runs()
            if now != before or any(s not in 'SDT' for s, _ in now.values()) or any(map(self.sleeps, now)):
                before, since = now, time.monotonic()
            elif now and time.monotonic() - since > 0.1:
                return True
            time.sleep(0.02)
        return False

    def end(self):
        for _ in range(20):
            left = self.pids(ours=True)
            for pid in left:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            if not left:
                break
            time.sleep(0.01)
        remove_sysv(0x1bc00000)


def remove_sysv(base):
    """Queues and semaphores whose key begins like those of the corpus, and ends with the pid of a process that is gone."""
    for kind, option in (('msg', '-Q'), ('sem', '-S')):
        for line in text_of('/proc/sysvipc/' + kind).decode().splitlines()[1:]:
            key = int(line.split()[0]) & 0xffffffff
            if key & 0xfff00000 == base & 0xfff00000 and not os.path.exists('/proc/%d' % (key & 0xfffff)):
                subprocess.run(['ipcrm', option, hex(key)], stderr=subprocess.DEVNULL)


class Answer:
    def __init__(self, words, tree, cwd, stdin=subprocess.DEVNULL, env=None):
        began = time.monotonic()
        with open(os.path.join(cwd, 'messages'), 'wb') as messages:
            try:
                done = subprocess.run(words, cwd=cwd, stdin=stdin, stdout=subprocess.PIPE, stderr=messages,
                                      timeout=LIMIT, env=env or tree.env)
                self.out, self.status = done.stdout.decode(errors='replace'), done.returncode
            except subprocess.TimeoutExpired as e:
                self.out, self.status = (e.stdout or b'').decode(errors='replace'), 'no answer in %d s' % LIMIT
        self.seconds = time.monotonic() - began
        self.messages = text_of(os.path.join(cwd, 'messages')).decode(errors='replace')
        try:
            self.json = json.loads(self.out)
        except ValueError:
            self.json = None


class Case:
    """One program, started in a folder of its own."""

    def __init__(self, program, turn=0):
        self.program, self.tree, self.turn = program, Tree(), turn
        self.cwd = tempfile.mkdtemp(prefix='ipclab-why-')
        self.run = dict(w.partition('=')[::2] for w in program.run)
        self.helper = outside.start(self.run.get('outside'), self.cwd)
        self.ends = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.tree.end()
        if self.helper:
            self.helper.end()
        for fd in self.ends:
            os.close(fd)
        shutil.rmtree(self.cwd, ignore_errors=True)

    def stdin(self):
        kind = self.run.get('stdin')
        if not kind:
            return subprocess.DEVNULL
        mine, theirs = pty.openpty() if kind == 'tty' else reversed(os.pipe())
        self.ends += [mine, theirs]
        return theirs

    def command(self):
        ends = {'.py': ['python3'], '.sh': ['bash']}
        return ends.get(os.path.splitext(self.program.source)[1], []) + [self.program.binary]

    def start(self):
        """Bare: nobody looks."""
        with open(os.path.join(self.cwd, 'said'), 'wb') as said:
            return subprocess.Popen(self.command(), cwd=self.cwd, stdin=self.stdin(), stdout=said, stderr=said,
                                    env=self.tree.env, start_new_session=True)

    def why_run(self, *options):
        words = [IPCLAB, 'why', *options]
        if 'within' in self.run:
            words += ['--within', self.run['within']]
        return Answer(words + ['--'] + self.command(), self.tree, self.cwd, self.stdin())

    def why_pid(self, pid, *options, through=()):
        return Answer([*through, IPCLAB, 'why', '-p', str(pid), *options], self.tree, self.cwd)


# ---- the forms ----

def form_run(case):
    answer = case.why_run('--json')
    if not answer.json:
        return answer, ['no JSON: status %s, %s' % (answer.status, answer.messages[-200:])]
    faults = corpus.faults_of(case.program, answer.json)
    status = 1 if answer.json['verdict'] == 'HANG' else 0
    if 'within' in case.run:
        status = 124 if answer.json['verdict'] != 'ENDED' else 0
    if case.program.mend and not re.search(case.program.mend, answer.json.get('mend', '')):
        faults.append('mend: %s' % answer.json.get('mend', 'nothing'))
    if answer.status != status:
        faults.append('status %s, not %d' % (answer.status, status))
    return answer, faults


def pid_answer(case, through=()):
    process = case.start()
    if not case.tree.wait_asleep():
        return None, None, ['it does not fall asleep']
    before = case.tree.runs()
    answer = case.why_pid(process.pid, '--json', through=through)
    answer.moved = case.tree.runs() != before
    process.kill()
    process.wait()
    if not answer.json:
        return answer, None, ['no JSON: status %s, %s' % (answer.status, answer.messages[-200:])]
    return answer, before, ['somebody ran while it was looked at'] if answer.moved else []


def form_pid(case):
    answer, _, faults = pid_answer(case)
    if answer and answer.json:
        faults += corpus.faults_of(case.program, answer.json, lines=False, how=False,
                                   verdicts=case.program.outside or case.program.verdicts)
    return answer, faults


def form_refused(case):
    """Right: the same waiters and holders. HANG or, with a word on what was not seen, WAITS."""
    answer, _, faults = pid_answer(case, through=(DENY, 'attach', '--'))
    if not answer or not answer.json:
        return answer, faults
    faults += corpus.faults_of(case.program, answer.json, lines=False, how=False, verdicts=['HANG', 'WAITS'],
                               families=True)
    if answer.json['confidence'] != 'partial':
        faults.append('silent about what it cannot see: confidence %s' % answer.json['confidence'])
    if not answer.json['unseen']:
        faults.append('silent about what it cannot see: unseen is empty')
    return answer, faults


def form_early(case, through=()):
    """Looked at from outside while it works: never HANG unless it is one."""
    process = case.start()
    time.sleep(0.1 + 0.07 * case.turn if case.turn < 4 else 0.02)
    answer = case.why_pid(process.pid, '--json', through=through)
    over = process.poll() is not None
    process.kill()
    process.wait()
    if not answer.json:
        return answer, [] if over else ['no JSON: status %s, %s' % (answer.status, answer.messages[-200:])]
    return answer, ['verdict HANG'] if answer.json['verdict'] == 'HANG' else []


def form_early_refused(case):
    return form_early(case, through=(DENY, 'attach', '--'))


def traced_by(pids):
    """Whether somebody traces each thread of these."""
    for pid in pids:
        for tid in os.listdir('/proc/%d/task' % pid) if os.path.exists('/proc/%d' % pid) else ():
            if b'TracerPid:\t0\n' in text_of('/proc/%d/task/%s/status' % (pid, tid)):
                return False
    return True


def form_witness(case):
    """strace is attached to everybody: it sees nothing while why -p, then why without arguments look. And strace of
    ipclab itself: it attaches to nobody, signals nobody, writes into nobody."""
    process = case.start()
    if not case.tree.wait_asleep():
        return None, ['it does not fall asleep']
    pids, log, own, faults = case.tree.pids(), os.path.join(case.cwd, 'strace'), os.path.join(case.cwd, 'own'), []
    strace = subprocess.Popen(['strace', '-f', '-o', log, *[w for pid in pids for w in ('-p', str(pid))]],
                              stderr=subprocess.DEVNULL, env=case.tree.env)
    end = time.monotonic() + 10
    while not traced_by(pids) and time.monotonic() < end:
        time.sleep(0.02)
    if process.poll() is not None:
        print('skipped: %s: strace itself ends its wait (signal(7): never restarted)' % case.program.name)
        return None, []
    if not traced_by(pids) or not case.tree.wait_asleep():
        faults.append('strace did not attach to everybody')
    before, runs = text_of(log), case.tree.runs(pids)
    for words in (['-p', str(process.pid)], []):
        answer = Answer([IPCLAB, 'why', *words], case.tree, case.cwd)
        if answer.status not in (0, 1):
            faults.append('why %s: status %s, %s' % (' '.join(words), answer.status, answer.messages[-200:]))
        if text_of(log) != before:
            faults.append('strace saw while why %s looked: %s' % (' '.join(words), text_of(log)[len(before):][:300]))
        if case.tree.runs(pids) != runs:
            faults.append('somebody ran while why %s looked' % ' '.join(words))
    strace.send_signal(signal.SIGINT)
    strace.wait()
    answer = case.why_pid(process.pid, '--json', through=('strace', '-f', '-o', own))
    for line in text_of(own).decode(errors='replace').splitlines():
        if re.search(r'ptrace\(PTRACE_(SEIZE|ATTACH|INTERRUPT|CONT|SYSCALL)|process_vm_writev\(|/mem", O_(RDWR|WRONLY)', line) or \
                re.search(r'(kill|tgkill|tkill|pidfd_send_signal)\((?!.*, 0\b)(%s)\b' % '|'.join(map(str, pids)), line):
            faults.append('it does: %s' % line[:120])
    process.kill()
    process.wait()
    return answer, faults


FORMS = {'run': form_run, 'pid': form_pid, 'refused': form_refused, 'early': form_early,
         'early-refused': form_early_refused, 'witness': form_witness}


def report(path, program, form, answer, faults):
    with open(path, 'a') as f:
        f.write('== %s (%s) %s\n' % (program.name, form, time.strftime('%H:%M')))
        f.write(''.join('   fault    %s\n' % x for x in faults))
        f.write('   expected %s\n' % ' '.join(program.verdicts) +
                ''.join('            %s%s\n' % (w.text, '' if not w.label else '   (@%s is line %d)' % (
                    w.label, program.labels[w.label])) for w in program.waits))
        if answer and answer.json:
            f.write('   got      %s\n' % answer.json['verdict'] + ''.join(
                '            %s\n' % json.dumps({k: v for k, v in w.items() if k != 'sentence'})
                for w in answer.json['waits']))
        elif answer:
            f.write('   got      status %s: %s\n' % (answer.status, answer.messages[-300:]))


def main():
    p = argparse.ArgumentParser()
    p.add_argument('what', choices=('hangs', 'lookalikes', 'known'))
    p.add_argument('--form', default='run', choices=FORMS)
    p.add_argument('--only', type=lambda s: s.split(','))
    p.add_argument('--repeat', type=int, default=1)
    p.add_argument('--every', type=int, default=1, help='every Nth program only')
    p.add_argument('--report')
    p.add_argument('--right', type=float, default=1, help='this part of them is enough')
    p.add_argument('--median', type=float, help='milliseconds from the start to the answer')
    p.add_argument('-v', action='store_true')
    o = p.parse_args()
    right, silent, n, hangs = 0, 0, 0, 0
    whole, own = [], []  # ms: from the start to the answer, and from the last movement, as it says itself
    for program in corpus.programs(os.path.join(SOURCE, o.what), os.path.join(BUILD, o.what), o.only)[::o.every]:
        missing = [w[6:] for w in program.run if w.startswith('needs=') and not shutil.which(w[6:])]
        if missing:
            print('skipped: %s: no %s here' % (program.name, missing[0]))
            continue
        for turn in range(o.repeat):
            with Case(program, turn) as case:
                answer, faults = FORMS[o.form](case)
            n += 1
            right += not faults
            hangs += bool(answer and answer.json and answer.json['verdict'] == 'HANG')
            silent += any('silent' in f or 'no JSON' in f for f in faults)
            if answer and answer.json and answer.json['verdict'] == 'HANG':
                whole.append(1000 * answer.seconds)
                own.append(answer.json['looked_at']['us'] / 1000)
            if faults:
                print('%s (%s): %s' % (program.name, o.form, '; '.join(faults)), flush=True)
                if o.report:
                    report(o.report, program, o.form, answer, faults)
            if o.v:
                print('%-24s %-6s %5.0f ms' % (program.name, answer.json['verdict'] if answer and answer.json else '-',
                                              1000 * answer.seconds if answer else 0), flush=True)
    print('%s, %s: %d of %d right, %d HANG' % (o.what, o.form, right, n, hangs))
    if whole:
        print('  start to HANG: median %.0f ms, worst %.0f; last movement to HANG, by its own clock: median %.0f ms, worst %.0f'
              % (statistics.median(whole), max(whole), statistics.median(own), max(own)))
    bad = silent or right < o.right * n
    if o.median and (not whole or statistics.median(whole) > o.median):
        print('the median is over %.0f ms' % o.median)
        bad = True
    return 1 if bad or n == 0 else 0


if __name__ == '__main__':
    sys.exit(main())
