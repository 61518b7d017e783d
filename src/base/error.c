/* SPDX-License-Identifier: MIT
 *
 * error.c - filling in a struct sbx_error.
 */
#include "base/error.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int err_set(struct sbx_error *error, enum sbx_code code, int sys_errno, const char *stage,
            const char *format, ...)
{
    va_list args;
    memset(error, 0, sizeof(*error));
    error->code = code;
    error->sys_errno = sys_errno;
    snprintf(error->stage, sizeof(error->stage), "%s", stage);
    va_start(args, format);
    vsnprintf(error->text, sizeof(error->text), format, args);
    va_end(args);
    return -1;
}

int err_at(struct sbx_error *error, struct origin origin)
{
    if (origin.file) {
        snprintf(error->origin.file, sizeof(error->origin.file), "%s", origin.file);
        error->origin.line = origin.line;
        error->origin.column = origin.column;
        error->origin.length = origin.length;
    }
    return -1;
}

int err_hint(struct sbx_error *error, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(error->hint, sizeof(error->hint), format, args);
    va_end(args);
    return -1;
}

int err_memory(struct sbx_error *error, const char *stage)
{
    return err_set(error, SBX_E_RESOURCE, 12 /* ENOMEM */, stage, "out of memory");
}
