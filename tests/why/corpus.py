# SPDX-License-Identifier: GPL-3.0-or-later
"""The corpora of tests/why: programs whose header says what `ipclab why` must answer.

A header line ` * why ...` (in scripts `# why ...`) is one of

    why HANG                                        the verdict; several, by |, where several are right
    why P1 read pipe @read <- P2 write inherited @pipe, P3 write
                                                    a wait: who, call, kind, line; those who could end it
    why cycle P1 P2                                 these wait for one another
    why outside WAITS                               the verdict of -p, where from outside less can be known
    why mend PATTERN                                what the advice says, a regular expression found in it
    why run ...                                     how it is started (see run.py)

`call` and `kind` may be several by |, or *; @NAME is the line with the comment @NAME; after `<-` stand
actor, access, how and line, of which the latter ones may be left out; `nobody` is nobody, `?` anything.
Actors: P1 is the oldest process that lives, P1/2 its second thread.
"""
import os
import re


class Wait:
    def __init__(self, text):
        self.text = text
        left, _, right = text.partition('<-')
        words = left.split()
        self.actors = words[0].split('|')
        self.calls = words[1].split('|') if len(words) > 1 else ['*']
        self.kinds = words[2].split('|') if len(words) > 2 else ['*']
        self.label = words[3][1:] if len(words) > 3 else None
        right = right.strip()
        self.any_waker = right in ('', '?', '*')
        self.wakers = [] if self.any_waker or right == 'nobody' else [w.split() for w in right.split(',')]


class Program:
    def __init__(self, source, binary):
        self.source, self.binary = source, binary
        self.name = os.path.splitext(os.path.basename(source))[0]
        self.verdicts, self.outside, self.waits, self.cycles, self.run = [], [], [], [], []
        self.labels, self.facts, self.mend = {}, {}, None
        with open(source) as f:
            lines = f.read().splitlines()
        for number, line in enumerate(lines, 1):
            for label in re.findall(r'@(\w+)\s*(?:\*/)?$', line):
                if not re.match(r'\s*[*#]', line):
                    self.labels[label] = number
            m = re.match(r'\s*[*#] why (.*)', line)
            if m:
                self.take(m.group(1).strip())
            m = re.match(r'\s*[*#] (URL|diagnosis): (.*)', line)
            if m:
                self.facts[m.group(1)] = m.group(2).strip()
        assert self.verdicts, source + ': says no verdict'
        for w in self.waits:
            assert w.label is None or w.label in self.labels, '%s: no line @%s' % (source, w.label)

    def take(self, text):
        first = text.split()[0]
        if first == 'cycle':
            self.cycles.append(sorted(text.split()[1:]))
        elif first == 'outside':
            self.outside = text.split()[1:]
        elif first == 'mend':
            self.mend = text[5:]
        elif first == 'run':
            self.run = text.split()[1:]
        elif re.match(r'P\d', first):
            self.waits.append(Wait(text))
        else:
            self.verdicts = first.split('|')

    def at(self, label):
        return '%s:%d' % (os.path.basename(self.source), self.labels[label])


def programs(folder, build, only=None):
    """Those of a folder of the source, by name."""
    found = []
    for name in sorted(os.listdir(folder)):
        stem, end = os.path.splitext(name)
        if end not in ('.c', '.py', '.sh') or (only and stem not in only):
            continue
        source = os.path.join(folder, name)
        found.append(Program(source, os.path.join(build, stem) if end == '.c' else source))
    return found


class Roles:
    """P1, P1/2, ... of an answer's pids and tids."""

    def __init__(self, answer):
        threads = {}
        self.named = {}
        for w in answer['waits']:
            threads.setdefault(w['pid'], set()).add(w.get('tid', w['pid']))
            for k in w['wakers']:
                if k.get('pid'):
                    threads.setdefault(k['pid'], set()).add(k['pid'])
        self.roles = {}
        for i, pid in enumerate(sorted(threads), 1):
            for k, tid in enumerate(sorted(threads[pid]), 1):
                self.roles[tid] = 'P%d' % i if k == 1 else 'P%d/%d' % (i, k)
        for w in answer['waits']:
            self.named[w['actor']] = self.roles[w.get('tid', w['pid'])]
            for k in w['wakers']:
                if k.get('pid') and k['actor'] not in self.named:
                    self.named[k['actor']] = self.roles[k['pid']]

    def of(self, actor):
        return self.named.get(actor, actor)


def waker_matches(program, words, got, roles, lines, how):
    if roles.of(got['actor']) not in words[0].split('|'):
        return False
    rest = [w for w in words[1:] if not w.startswith('@')]
    label = [w[1:] for w in words if w.startswith('@')]
    if rest and rest[0] != '*' and got.get('access') != rest[0]:
        return False
    if how and len(rest) > 1 and rest[1] != '*' and got.get('how') != rest[1]:
        return False
    return not (lines and label) or os.path.basename(got.get('at', '')) == program.at(label[0])


# Calls that /proc/PID/wchan cannot tell apart.
FAMILIES = [('read', 'recvfrom', 'recvmsg', 'readv', 'mq_timedreceive'), ('write', 'sendto', 'sendmsg', 'writev', 'mq_timedsend'),
            ('accept', 'accept4'), ('wait4', 'waitid'), ('poll', 'ppoll', 'select', 'pselect6'), ('epoll_wait', 'epoll_pwait'),
            ('semop', 'semtimedop'), ('pause', 'rt_sigsuspend'), ('vfork', 'clone', 'clone3')]


def is_family(call, calls):
    return any(call in f and any(c in f for c in calls) for f in FAMILIES)


def wait_faults(program, wait, got, roles, lines, how, families=False):
    faults = []
    if not ('*' in wait.calls or got.get('call') in wait.calls or (families and is_family(got.get('call'), wait.calls))):
        faults.append('call %s' % got.get('call'))
    if not ('*' in wait.kinds or got.get('kind') in wait.kinds or
            (families and 'futex' in wait.calls and got.get('kind') == 'other')):
        faults.append('kind %s' % got.get('kind'))
    if lines and wait.label and os.path.basename(got.get('at', '')) != program.at(wait.label):
        faults.append('line %s, not %s' % (got.get('at'), program.at(wait.label)))
    if wait.any_waker:
        return faults
    # From outside (how is unknown then), System V objects have no list of who uses them.
    left = [k for k in got['wakers'] if how or k['actor'] != 'outside' or not program.outside]
    for words in wait.wakers:
        match = [k for k in left if waker_matches(program, words, k, roles, lines, how)]
        if match:
            left.remove(match[0])
        else:
            faults.append('no waker like "%s"' % ' '.join(words))
    for k in left:
        faults.append('a waker too many or other: %s' % ' '.join(
            str(x) for x in (roles.of(k['actor']), k.get('access'), k.get('how'), k.get('at')) if x is not None))
    return faults


def faults_of(program, answer, lines=True, how=True, verdicts=None, families=False):
    """What in the answer is not as the header says; empty: it is right. `families`: calls that are alike will do."""
    roles = Roles(answer)
    faults = []
    if answer['verdict'] not in (verdicts or program.verdicts):
        faults.append('verdict %s' % answer['verdict'])
    left = list(answer['waits'])
    for wait in program.waits:
        mine = [w for w in left if roles.of(w['actor']) in wait.actors]
        if not mine:
            faults.append('no wait of %s' % '|'.join(wait.actors))
            continue
        left.remove(mine[0])
        faults += ['%s: %s' % (roles.of(mine[0]['actor']), f)
                   for f in wait_faults(program, wait, mine[0], roles, lines, how, families)]
    if program.waits:
        faults += ['a wait too many: %s' % roles.of(w['actor']) for w in left]
    cycles = [sorted(roles.of(a) for a in c) for c in answer['cycles']]
    for c in program.cycles if answer['verdict'] == 'HANG' else ():
        if c not in cycles:
            faults.append('no cycle %s but %s' % (c, cycles))
    return faults
