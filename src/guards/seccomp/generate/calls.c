/* SPDX-License-Identifier: MIT
 *
 * calls.c - reads calls.tbl, and writes what table.c includes.
 */
#include "generate.h"
#include <stdlib.h>
#include <string.h>

/* "2.6.16", or "-". Parts are bytes; the first is not 0. */
static int parse_since(const char *text, uint8_t since[3])
{
    unsigned parts[3] = {0, 0, 0};
    int used = 0;
    memset(since, 0, 3);
    if (strcmp(text, "-") == 0)
        return 0;
    if (sscanf(text, "%u.%u%n", &parts[0], &parts[1], &used) != 2)
        return -1;
    if (text[used] && (sscanf(text, "%u.%u.%u%n", &parts[0], &parts[1], &parts[2], &used) != 3 ||
                       parts[2] == 0 || text[used]))
        return -1;
    for (int i = 0; i < 3; i++) {
        if (parts[i] > UINT8_MAX)
            return -1;
        since[i] = (uint8_t)parts[i];
    }
    return parts[0] ? 0 : -1;
}

static int parse_number(const struct source *source, const char *text)
{
    char *end;
    if (strcmp(text, "-") == 0)
        return -1;
    const long number = strtol(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end || number >= CALLS_MAX)
        wrong(source->path, source->line, "'%s' is no number below %d", text, CALLS_MAX);
    return (int)number;
}

/* What a row must not have in common with those above it. */
static void check_row(const struct calls *calls, const struct row *row, const char *path)
{
    const struct row *last = calls->count ? &calls->rows[calls->count - 1] : NULL;
    int lacking = 0;
    if (last && strcmp(last->name, row->name) == 0)
        wrong(path, row->line, "%s stands there twice", row->name);
    if (last && strcmp(last->name, row->name) > 0)
        wrong(path, row->line, "%s belongs above %s", row->name, last->name);
    for (int abi = 0; abi < ABIS; abi++) {
        lacking += row->numbers[abi] < 0;
        for (int i = 0; i < calls->count && row->numbers[abi] >= 0; i++)
            if (calls->rows[i].numbers[abi] == row->numbers[abi])
                wrong(path, row->line, "%s and %s have one number on %s", row->name,
                      calls->rows[i].name, abi_name((enum call_abi)abi));
    }
    if (lacking == ABIS)
        wrong(path, row->line, "no ABI has %s", row->name);
}

/* "~NAME", "NAME" or "~". */
static void take_like(struct row *row, const char *text)
{
    row->differs = *text == '~';
    snprintf(row->like, sizeof(row->like), "%s", text + row->differs);
}

/* What can be told only at the end. */
static void check_likes(const struct calls *calls, const char *path)
{
    for (int i = 0; i < calls->count; i++) {
        const struct row *row = &calls->rows[i];
        const int only = row->numbers[ABI_X86_64] < 0 && row->numbers[ABI_AARCH64] < 0;
        const int like = *row->like ? calls_find(calls, row->like) : -1;
        if ((row->differs || *row->like) && row->numbers[ABI_I386] < 0)
            wrong(path, row->line, "i386 has no %s", row->name);
        if (*row->like && (like < 0 || calls->rows[like].numbers[ABI_X86_64] < 0))
            wrong(path, row->line, "%s is like '%s', which x86_64 lacks", row->name, row->like);
        if (*row->like && !only)
            wrong(path, row->line, "%s is no call of i386 alone", row->name);
        if (row->differs && !*row->like && only)
            wrong(path, row->line, "no other ABI has %s: say which call it is like", row->name);
    }
}

void calls_read(struct calls *calls, const char *path)
{
    struct source source;
    source_open(&source, path);
    while (source_next(&source)) {
        struct row row = {.line = source.line};
        char numbers[ABIS][8], since[16], like[NAME_SIZE] = "", rest[2];
        const int columns =
            sscanf(source.text, "%39s %7s %7s %7s %15s %39s %1s", row.name, numbers[ABI_X86_64],
                   numbers[ABI_AARCH64], numbers[ABI_I386], since, like, rest);
        if (columns != 5 && columns != 6)
            wrong(path, source.line, "a row is NAME X86_64 AARCH64 I386 SINCE [LIKE]");
        for (int abi = 0; abi < ABIS; abi++)
            row.numbers[abi] = parse_number(&source, numbers[abi]);
        if (strspn(row.name, "abcdefghijklmnopqrstuvwxyz0123456789_") != strlen(row.name))
            wrong(path, source.line, "'%s' is no name of a system call", row.name);
        if (parse_since(since, row.since) != 0)
            wrong(path, source.line, "'%s' is no version of the kernel", since);
        take_like(&row, like);
        check_row(calls, &row, path);
        if (calls->count == ROWS_MAX)
            wrong(path, source.line, "more than %d rows", ROWS_MAX);
        calls->rows[calls->count++] = row;
    }
    if (!calls->count)
        wrong(path, source.line, "no system call");
    check_likes(calls, path);
}

int calls_find(const struct calls *calls, const char *name)
{
    for (int i = 0; i < calls->count; i++)
        if (strcmp(calls->rows[i].name, name) == 0)
            return i;
    return -1;
}

/* ---- what is written ------------------------------------------------------------------------ */

static int of_number(const struct calls *calls, int abi, int number)
{
    for (int i = 0; i < calls->count; i++)
        if (calls->rows[i].numbers[abi] == number)
            return i;
    return -1;
}

static void write_names(const struct calls *calls, FILE *out)
{
    size_t place = 0;
    fputs("static const char table_names[] =\n", out);
    for (int i = 0; i < calls->count; i++)
        fprintf(out, "    \"%s\\0\"\n", calls->rows[i].name);
    fputs("    ;\nstatic const uint16_t table_places[TABLE_CALLS] = {\n", out);
    for (int i = 0; i < calls->count; i++) {
        fprintf(out, "    %zu,\n", place);
        place += strlen(calls->rows[i].name) + 1;
    }
    fputs("};\n", out);
}

static void write_numbers(const struct calls *calls, FILE *out)
{
    fputs("static const int16_t table_numbers[ABIS][TABLE_CALLS] = {\n", out);
    for (int abi = 0; abi < ABIS; abi++) {
        fputs("    {\n", out);
        for (int i = 0; i < calls->count; i++)
            fprintf(out, "        %d,\n", calls->rows[i].numbers[abi]);
        fputs("    },\n", out);
    }
    fputs("};\nstatic const int16_t table_by_number[ABIS][CALLS_MAX] = {\n", out);
    for (int abi = 0; abi < ABIS; abi++) {
        fputs("    {\n", out);
        for (int number = 0; number < CALLS_MAX; number++)
            fprintf(out, "        %d,\n", of_number(calls, abi, number));
        fputs("    },\n", out);
    }
    fputs("};\nstatic const int16_t table_last[ABIS] = {", out);
    for (int abi = 0; abi < ABIS; abi++) {
        int last = CALLS_MAX - 1;
        while (of_number(calls, abi, last) < 0)
            last--;
        fprintf(out, "%d, ", last);
    }
    fputs("};\n", out);
}

static void write_likes(const struct calls *calls, FILE *out)
{
    fputs("static const struct like {\n    int16_t call;\n    bool differs;\n"
          "} table_likes[TABLE_CALLS] = {\n",
          out);
    for (int i = 0; i < calls->count; i++)
        fprintf(out, "    {%d, %d},\n",
                *calls->rows[i].like ? calls_find(calls, calls->rows[i].like) : -1,
                calls->rows[i].differs);
    fputs("};\n", out);
}

void calls_write(const struct calls *calls, FILE *out)
{
    fprintf(out, "enum { TABLE_CALLS = %d };\n", calls->count);
    write_names(calls, out);
    write_numbers(calls, out);
    fputs("static const uint8_t table_kernels[TABLE_CALLS][3] = {\n", out);
    for (int i = 0; i < calls->count; i++)
        fprintf(out, "    {%d, %d, %d},\n", calls->rows[i].since[0], calls->rows[i].since[1],
                calls->rows[i].since[2]);
    fputs("};\n", out);
    write_likes(calls, out);
}
