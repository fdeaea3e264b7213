/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "command/lib.h"

#include <stdio.h>

void version_print(void)
{
	printf("ipclab %s\n"
	       "Copyright (C) 2026 the ipclab authors\n"
	       "License GPLv3+: GNU GPL version 3 or later <https://gnu.org/licenses/gpl.html>.\n"
	       "This is free software: you are free to change and redistribute it.\n"
	       "There is NO WARRANTY, to the extent permitted by law.\n",
		PACKAGE_VERSION);
}
