/* SPDX-License-Identifier: MIT
 *
 * report.c - how a guard adds its line to the report, and to what is told of a plan.
 */
#include "base/utf8.h"
#include "guards/guard.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

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

void guard_line(FILE *out, struct origin origin, const char *format, ...)
{
    char *text = NULL;
    va_list args;
    va_start(args, format);
    int length = vasprintf(&text, format, args);
    va_end(args);
    fputs("  ", out);
    text_put(out, length < 0 ? "(memory has run out)" : text);
    if (length >= 0)
        free(text);
    if (origin.file) {
        fputs("  (", out);
        text_put(out, origin.file);
        if (origin.line)
            fprintf(out, ":%u", origin.line);
        if (origin.line && origin.column)
            fprintf(out, ":%u", (unsigned)origin.column);
        fputc(')', out);
    }
    fputc('\n', out);
}

bool guard_wall(struct wall *wall, enum sbx_state state, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(wall->mechanism, sizeof(wall->mechanism), format, args);
    va_end(args);
    wall->state = state;
    return true;
}
