/* What you write in my_popen.c. */
#ifndef MY_POPEN_H
#define MY_POPEN_H

#include <stdio.h>

FILE *my_popen(const char *command, const char *type);
int my_pclose(FILE *stream);

#endif
