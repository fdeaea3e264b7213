/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef COMMAND_LINT_LAB_H
#define COMMAND_LINT_LAB_H

/* Each complaint is one sentence with its place; not called: all is well. */
typedef void lint_complain(void *arg, const char *text);
/* The lab of that folder (an absolute path to .../NN-name). */
void lab_lint(const char *folder, lint_complain *, void *arg);

#endif
