/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "command/screen.h"

#include <string.h>

bool screen_options(const struct invocation *inv, struct tui_options *o, struct err *err)
{
	const char *color = option_value(inv, "color");

	*o = (struct tui_options){
		.ascii = option_given(inv, "ascii"), .no_motion = option_given(inv, "no-motion")};
	if (!color || strcmp(color, "auto") == 0)
		return true;
	if (strcmp(color, "always") != 0 && strcmp(color, "never") != 0)
		return err_set(
			err, EXIT_USAGE, "--color is auto, always or never, not '%.40s'", color);
	o->color = strcmp(color, "always") == 0 ? TUI_COLOR_ALWAYS : TUI_COLOR_NEVER;
	return true;
}
