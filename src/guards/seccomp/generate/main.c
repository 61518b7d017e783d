/* SPDX-License-Identifier: MIT
 *
 * main.c - the program: generate CALLS.tbl GROUPS.tbl CALLS.inc GROUPS.inc
 */
#include "generate.h"
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

void wrong(const char *path, unsigned line, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fprintf(stderr, "%s:%u: error: ", path, line);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(1);
}

void source_open(struct source *source, const char *path)
{
    *source = (struct source){.path = path, .file = fopen(path, "re")};
    if (!source->file)
        wrong(path, 0, "%s", strerror(errno));
}

int source_next(struct source *source)
{
    while (fgets(source->text, sizeof(source->text), source->file)) {
        const size_t length = strcspn(source->text, "\n");
        source->line++;
        if (source->text[length] != '\n')
            wrong(source->path, source->line, "the line is too long, or has no end");
        source->text[length] = '\0';
        source->text[strcspn(source->text, "#")] = '\0';
        if (source->text[strspn(source->text, " ")])
            return 1;
    }
    if (ferror(source->file))
        wrong(source->path, source->line, "%s", strerror(errno));
    fclose(source->file);
    return 0;
}

static FILE *output(const char *path, const char *from)
{
    FILE *out = fopen(path, "we");
    if (!out)
        wrong(path, 0, "%s", strerror(errno));
    fprintf(out, "/* Made of %s by src/guards/seccomp/generate. */\n", from);
    return out;
}

static void finish(FILE *out, const char *path)
{
    if (ferror(out) || fclose(out) != 0)
        wrong(path, 0, "%s", strerror(errno));
}

int main(int argc, char **argv)
{
    static struct calls calls;
    static struct groups groups;
    if (argc != 5) {
        fputs("usage: generate CALLS.tbl GROUPS.tbl CALLS.inc GROUPS.inc\n", stderr);
        return 2;
    }
    calls_read(&calls, argv[1]);
    groups_read(&groups, &calls, argv[2]);
    FILE *out = output(argv[3], "syscalls/calls.tbl");
    calls_write(&calls, out);
    finish(out, argv[3]);
    out = output(argv[4], "syscalls/groups.tbl");
    groups_write(&groups, &calls, out);
    finish(out, argv[4]);
    return 0;
}
