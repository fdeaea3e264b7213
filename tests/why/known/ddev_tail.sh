# SPDX-License-Identifier: GPL-3.0-or-later
# A script run by `ddev exec` leaves tail -f behind, which holds its standard output.
#
# URL: https://github.com/ddev/ddev/issues/732
# diagnosis: make sure that nothing is running that holds stdout or stderr open: tail -f ... >/dev/null 2>&1 &
#
# why WAITS
# why P1 wait4 child <- P2
# why P2 read pipe <- P3 write inherited
# why P3 poll * <- *
# why run within=500ms
touch log
bash -c 'tail -f log & echo started' | cat
