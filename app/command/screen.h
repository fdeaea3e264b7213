/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The screen's options, of every verb that opens it. */
#ifndef COMMAND_SCREEN_H
#define COMMAND_SCREEN_H

#include "command/lib.h"
#include "tui/lib.h"

#define SCREEN_OPTIONS                                                                  \
	{"ascii", 0, NULL, "frames and arrows in ASCII"},                               \
		{"color", 0, "WHEN", "auto, always or never; NO_COLOR says never too"}, \
	{                                                                               \
		"no-motion", 0, NULL, "draw nothing that no key asked for"              \
	}

/* From --ascii, --color, --no-motion. */
bool screen_options(const struct invocation *, struct tui_options *, struct err *);

#endif
