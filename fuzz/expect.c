/* SPDX-License-Identifier: MIT
 *
 * expect.c - says which promise was broken, with the text that broke it.
 */
#include "expect.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void expect_failed(const char *file, int line, const char *condition, const char *format, ...)
{
    va_list arguments;
    fprintf(stderr, "%s:%d: not so: %s\n    ", file, line, condition);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    abort();
}
