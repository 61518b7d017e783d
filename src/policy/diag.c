/* SPDX-License-Identifier: MIT
 *
 * diag.c - reports what is wrong with a profile. Everything that finds a fault in a profile ends
 * here, so that what becomes of a fault is decided in one place.
 */
#include "policy/diag.h"
#include <stdio.h>

int profile_verror(struct sbx_error *error, struct origin where, int sys_errno, const char *hint,
                   const char *format, va_list arguments)
{
    char text[sizeof(error->text)];
    vsnprintf(text, sizeof(text), format, arguments);
    err_set(error, SBX_E_PROFILE, sys_errno, "profile", "%s", text);
    err_at(error, where);
    if (hint && *hint)
        err_hint(error, "%s", hint);
    return -1;
}

int profile_error(struct sbx_error *error, struct origin where, int sys_errno, const char *hint,
                  const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    profile_verror(error, where, sys_errno, hint, format, arguments);
    va_end(arguments);
    return -1;
}
