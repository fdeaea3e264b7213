/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GRADER_CHECK_ALL_H
#define GRADER_CHECK_ALL_H

#include "grader/check.h"

extern const struct check check_unused_ends_closed, check_unused_read_ends_closed, check_no_descriptor_leak, check_no_zombie,
	check_no_name_left_behind, check_no_busy_wait, check_eof_seen, check_whole_lines;

#endif
