/* SPDX-License-Identifier: MIT
 *
 * print.c - text for people, safe to print on a terminal.
 */
#include "cli.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

void print_escaped(FILE *out, const char *text)
{
    size_t size = sbx_escape(text, NULL, 0) + 1;
    char few[512], *shown = size <= sizeof(few) ? few : malloc(size);
    if (!shown) { /* better cut off than not said */
        shown = few;
        size = sizeof(few);
    }
    sbx_escape(text, shown, size);
    fputs(shown, out);
    if (shown != few)
        free(shown);
}

int finish_stdout(void)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return 0;
    fprintf(stderr, "sandbox: stdout can't be written: %s\n", strerror(errno));
    return EXIT_SANDBOX;
}

/* The excerpt, with each tab as one blank, so that the caret finds its column. */
static void plain_excerpt(const struct sbx_error *error, char *text)
{
    size_t i = 0;
    for (; error->excerpt[i]; i++)
        text[i] = error->excerpt[i] == '\t' ? ' ' : error->excerpt[i];
    text[i] = '\0';
}

/* How many columns the first `bytes` bytes of a text take, escaped. A character takes one. */
static int columns_of(const char *text, size_t bytes)
{
    char part[sizeof(((struct sbx_error *)NULL)->excerpt)], shown[4 * sizeof(part)];
    int columns = 0;
    snprintf(part, sizeof(part), "%.*s", (int)bytes, text);
    sbx_escape(part, shown, sizeof(shown));
    for (const char *at = shown; *at; at++)
        columns += ((unsigned char)*at & 0xc0) != 0x80;
    return columns;
}

void print_excerpt(FILE *out, const struct sbx_error *error)
{
    char text[sizeof(error->excerpt)];
    if (!error->excerpt[0])
        return;
    plain_excerpt(error, text);
    fprintf(out, "%5u | ", error->origin.line);
    print_escaped(out, text);
    fputc('\n', out);
    if (!error->origin.column)
        return;
    size_t left = strlen(text + error->caret);
    size_t length = error->origin.length < left ? error->origin.length : left;
    int marked = columns_of(text + error->caret, length);
    fprintf(out, "      | %*s^", columns_of(text, error->caret), "");
    for (int i = 1; i < marked; i++)
        fputc('~', out);
    fputc('\n', out);
}

void print_place(FILE *out, const struct sbx_error *error)
{
    if (!error->origin.file[0])
        return;
    print_escaped(out, error->origin.file);
    if (error->origin.line)
        fprintf(out, ":%u", error->origin.line);
    if (error->origin.line && error->origin.column)
        fprintf(out, ":%u", error->origin.column);
    fputs(": ", out);
}

void print_error(const struct sbx_error *error)
{
    fputs("sandbox: ", stderr);
    print_place(stderr, error);
    print_escaped(stderr, error->text);
    if (error->sys_errno)
        fprintf(stderr, ": %s", strerror(error->sys_errno));
    fputc('\n', stderr);
    print_excerpt(stderr, error);
    if (error->hint[0]) {
        fputs("sandbox: hint: ", stderr);
        print_escaped(stderr, error->hint);
        fputc('\n', stderr);
    }
}

void print_profile_errors(const struct sbx_error *first, const char *profile,
                          const char *const *sets, size_t count)
{
    struct sbx_findings *findings = NULL;
    struct sbx_error error;
    size_t printed = 0;
    if (first->code == SBX_E_PROFILE && sbx_check(profile, sets, count, &findings, &error) == 0) {
        for (size_t i = 0; i < sbx_findings_count(findings); i++) {
            const struct sbx_finding *finding = sbx_findings_at(findings, i);
            if (finding->severity != SBX_SEVERITY_ERROR)
                continue;
            print_error(&finding->error);
            printed++;
        }
        sbx_findings_free(findings);
    }
    if (!printed) /* not the profile alone, or it is another one by now */
        print_error(first);
}
