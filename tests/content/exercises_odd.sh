# SPDX-License-Identifier: GPL-3.0-or-later
set -- 13579
. "$IPCLAB_SRC/tests/content/exercises.sh" || exit 1
