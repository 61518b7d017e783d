/* SPDX-License-Identifier: MIT
 *
 * diag.c - reports what is wrong with a profile. Everything that finds a fault in a profile ends
 * here, so that what becomes of a fault is decided in one place.
 */
#include "policy/diag.h"
#include "base/utf8.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Adds a finding to those that are kept. */
static void keep(struct diag *diag, struct finding found, const char *text, const char *hint)
{
    struct finding *finding = arena_alloc(diag->arena, sizeof(*finding));
    found.text = arena_strdup(diag->arena, text);
    found.hint = arena_strdup(diag->arena, hint ? hint : "");
    if (!finding || !found.text || !found.hint) {
        diag_memory(diag);
        return;
    }
    *finding = found;
    if (diag->last)
        diag->last->next = finding;
    else
        diag->first = finding;
    diag->last = finding;
}

static void write_text(char *text, size_t size, const char *format, va_list arguments)
    __attribute__((format(printf, 3, 0)));

/* Formats a text. Of one that is too long the start and the end are kept: what is wrong with a word
 * stands behind the word. No character is cut in two. */
static void write_text(char *text, size_t size, const char *format, va_list arguments)
{
    static const char gap[] = " ... ";
    va_list again;
    char *whole = NULL;
    va_copy(again, arguments);
    int length = vsnprintf(text, size, format, arguments);
    if (length >= (int)size && vasprintf(&whole, format, again) >= 0) {
        size_t head = size / 2, tail = size - head - sizeof(gap);
        const char *end = whole + length - tail;
        while (head && utf8_continues(whole[head]))
            head--;
        while (utf8_continues(*end))
            end++;
        stpcpy(stpcpy(text + head, gap), end);
        free(whole);
    }
    va_end(again);
}

int diag_verror(struct diag *diag, struct origin where, int sys_errno, const char *hint,
                const char *format, va_list arguments)
{
    char text[sizeof(diag->error->text)];
    if (diag_stop(diag))
        return -1;
    write_text(text, sizeof(text), format, arguments);
    if (diag->errors++ == 0) {
        err_set(diag->error, SBX_E_PROFILE, sys_errno, "profile", "%s", text);
        err_at(diag->error, where);
        quote_line(diag->texts, where, diag->error);
        if (hint && *hint)
            err_hint(diag->error, "%s", hint);
    }
    if (diag->arena)
        keep(diag,
             (struct finding){.severity = SBX_SEVERITY_ERROR,
                              .rule = policy_rules[RULE_invalid].name,
                              .origin = where,
                              .sys_errno = sys_errno},
             text, hint);
    return -1;
}

int diag_error(struct diag *diag, struct origin where, int sys_errno, const char *hint,
               const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    diag_verror(diag, where, sys_errno, hint, format, arguments);
    va_end(arguments);
    return -1;
}

void diag_lint(struct diag *diag, enum sbx_severity severity, enum rule rule, struct origin where,
               const char *hint, const char *format, ...)
{
    char text[sizeof(diag->error->text)];
    va_list arguments;
    if (!diag->arena || diag->broken)
        return;
    va_start(arguments, format);
    write_text(text, sizeof(text), format, arguments);
    va_end(arguments);
    keep(diag,
         (struct finding){.severity = severity, .rule = policy_rules[rule].name, .origin = where},
         text, hint);
}

int diag_memory(struct diag *diag)
{
    diag->broken = true;
    return err_memory(diag->error, "profile");
}

bool diag_stop(const struct diag *diag)
{
    return diag->broken || diag->errors >= (diag->arena ? DIAG_ERRORS_MAX : 1U);
}
