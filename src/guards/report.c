/* SPDX-License-Identifier: MIT
 *
 * report.c - how a guard adds its line to the report.
 */
#include "guards/guard.h"
#include <stdarg.h>
#include <stdio.h>

void guard_report(struct sbx_report *report, const char *guard, enum sbx_state state,
                  const char *format, ...)
{
    va_list args;
    if (report->guard_count == SBX_GUARDS_MAX)
        return;
    struct sbx_guard_report *line = &report->guards[report->guard_count++];
    snprintf(line->guard, sizeof(line->guard), "%s", guard);
    line->state = state;
    va_start(args, format);
    vsnprintf(line->mechanism, sizeof(line->mechanism), format, args);
    va_end(args);
}

void guard_unkept(struct sbx_report *report, const char *format, ...)
{
    va_list args;
    if (report->unkept_count == SBX_UNKEPT_MAX)
        return;
    va_start(args, format);
    vsnprintf(report->unkept[report->unkept_count++], sizeof(report->unkept[0]), format, args);
    va_end(args);
}
