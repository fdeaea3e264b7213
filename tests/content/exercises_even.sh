# SPDX-License-Identifier: GPL-3.0-or-later
set -- 02468
. "$IPCLAB_SRC/tests/content/exercises.sh" || exit 1
