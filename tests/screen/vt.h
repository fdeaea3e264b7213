/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A program in a terminal of libvterm: keys in, the emulated screen out. */
#ifndef VT_H
#define VT_H

#include <sys/types.h>
#include <vterm.h>

#include "base/lib.h"

struct vt {
	pid_t pid;
	int fd;
	int rows, cols;
	VTerm *term;
	VTermScreen *screen;
	u64 read_bytes; /* output seen so far */
	bool ended;
};

/* env: NAME=VALUE, NULL at the end; may be NULL. Ends the test when it cannot be started. */
void vt_start(struct vt *, int rows, int cols, const char *const *argv, const char *const *env);
void vt_keys(struct vt *, const char *bytes);
/* Takes in output until none came for that long, or the program ended. */
void vt_pump(struct vt *, int quiet_ms);
/* Waits for a text to stand on the screen; false: it did not within 5 s. */
bool vt_sees(struct vt *, const char *text);
bool vt_lacks(struct vt *, const char *text); /* likewise, for it to be gone */
void vt_text(struct vt *, struct str *);      /* the screen's lines, blanks at their ends cut */
void vt_resize(struct vt *, int rows, int cols);
/* Waits for the end, at most 5 s: the wait status, -1 when it did not come. */
int vt_end(struct vt *);
void vt_finish(struct vt *); /* kills what is left */

#endif
