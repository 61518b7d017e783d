/* SPDX-License-Identifier: MIT
 *
 * groups.c - reads groups.tbl, and writes what groups.c of the guard includes.
 */
#include "generate.h"
#include <stdlib.h>
#include <string.h>

/* Where the reader is. */
struct reader {
    struct source source;
    struct groups *groups;
    const struct calls *calls;
    unsigned abis; /* of the list that is open; 0 where none is */
    char last[NAME_SIZE];
};

static void copy(const struct reader *reader, char *to, size_t size, const char *from)
{
    if (strlen(from) >= size)
        wrong(reader->source.path, reader->source.line, "'%s' is too long", from);
    memcpy(to, from, strlen(from) + 1);
}

static const struct section *section_find(const struct groups *groups, const char *name)
{
    for (int i = 0; i < groups->count; i++)
        if (strcmp(groups->sections[i].name, name) == 0 ||
            strcmp(groups->sections[i].alias, name) == 0)
            return &groups->sections[i];
    return NULL;
}

/* A name of a group, with its '@'. */
static void take_name(const struct reader *reader, char *to, const char *name)
{
    const char *path = reader->source.path;
    if (name[0] != '@' || !name[1] ||
        strspn(name + 1, "abcdefghijklmnopqrstuvwxyz0123456789-") != strlen(name + 1))
        wrong(path, reader->source.line, "'%s' is no name of a group", name);
    if (section_find(reader->groups, name + 1))
        wrong(path, reader->source.line, "'%s' stands there twice", name);
    copy(reader, to, 16, name + 1);
}

static void add_word(struct reader *reader, const char *text)
{
    const char *path = reader->source.path;
    const unsigned line = reader->source.line;
    struct section *section = &reader->groups->sections[reader->groups->count - 1];
    if (*text != '@' && calls_find(reader->calls, text) < 0)
        wrong(path, line, "@%s: there is no system call '%s'", section->name, text);
    for (int i = 0; i < section->count; i++)
        if (strcmp(section->words[i].text, text) == 0)
            wrong(path, line, "@%s: '%s' stands there twice", section->name, text);
    if (strcmp(reader->last, text) >= 0)
        wrong(path, line, "@%s: '%s' belongs before '%s'", section->name, text, reader->last);
    if (section->count == WORDS_MAX)
        wrong(path, line, "@%s: more than %d words", section->name, WORDS_MAX);
    struct word *word = &section->words[section->count++];
    *word = (struct word){.abis = reader->abis, .line = line};
    copy(reader, word->text, sizeof(word->text), text);
    copy(reader, reader->last, sizeof(reader->last), text);
}

static void add_words(struct reader *reader, char *text)
{
    char *rest = NULL;
    for (char *word = strtok_r(text, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
        add_word(reader, word);
}

static unsigned abis_of(const char *key)
{
    for (int abi = 0; abi < ABIS; abi++)
        if (strcmp(key, abi_name((enum call_abi)abi)) == 0)
            return 1U << abi;
    return strcmp(key, "calls") == 0 ? ABIS_ALL : 0;
}

static void open_section(struct reader *reader, char *text)
{
    struct groups *groups = reader->groups;
    char *end = strchr(text, ']');
    if (!end || end[1])
        wrong(reader->source.path, reader->source.line, "a section is [@NAME]");
    if (groups->count == GROUPS_MAX)
        wrong(reader->source.path, reader->source.line, "more than %d groups", GROUPS_MAX);
    *end = '\0';
    struct section section = {.line = reader->source.line};
    take_name(reader, section.name, text + 1);
    groups->sections[groups->count++] = section;
    reader->abis = 0;
}

static void read_key(struct reader *reader, char *text)
{
    const struct source *source = &reader->source;
    char *value = strstr(text, " =");
    if (!value || !reader->groups->count)
        wrong(source->path, source->line, "a line is [@NAME], KEY = VALUE, or more of a list");
    struct section *section = &reader->groups->sections[reader->groups->count - 1];
    *value = '\0';
    value += 2;
    value += strspn(value, " ");
    reader->abis = abis_of(text);
    reader->last[0] = '\0';
    if (reader->abis)
        add_words(reader, value);
    else if (strcmp(text, "help") == 0 && !*section->help && *value && !strpbrk(value, "\"\\"))
        copy(reader, section->help, 80, value);
    else if (strcmp(text, "alias") == 0 && !*section->alias)
        take_name(reader, section->alias, value);
    else
        wrong(source->path, source->line, "@%s: '%s' is no key, or stands there twice",
              section->name, text);
}

/* What can be told only at the end: groups may name groups below them. */
static void check_sections(const struct reader *reader)
{
    const struct groups *groups = reader->groups;
    if (!groups->count)
        wrong(reader->source.path, reader->source.line, "no group");
    for (int i = 0; i < groups->count; i++) {
        const struct section *section = &groups->sections[i];
        if (!*section->help || !section->count)
            wrong(reader->source.path, section->line, "@%s has no help, or no calls",
                  section->name);
        for (int j = 0; j < section->count; j++) {
            const struct word *word = &section->words[j];
            const struct section *other =
                *word->text == '@' ? section_find(groups, word->text + 1) : NULL;
            if (*word->text == '@' && !other)
                wrong(reader->source.path, word->line, "@%s: there is no group '%s'", section->name,
                      word->text);
            for (int k = 0; other && k < other->count; k++)
                if (*other->words[k].text == '@')
                    wrong(reader->source.path, word->line, "@%s: '%s' has groups in it itself",
                          section->name, word->text);
        }
    }
}

void groups_read(struct groups *groups, const struct calls *calls, const char *path)
{
    struct reader reader = {.groups = groups, .calls = calls};
    source_open(&reader.source, path);
    while (source_next(&reader.source)) {
        char *text = reader.source.text;
        if (*text == '[')
            open_section(&reader, text);
        else if (*text != ' ')
            read_key(&reader, text);
        else if (reader.abis)
            add_words(&reader, text);
        else
            wrong(path, reader.source.line, "no list is open here");
    }
    check_sections(&reader);
}

/* ---- what is written ------------------------------------------------------------------------ */

static void mark(const struct section *section, const struct calls *calls, unsigned *marks)
{
    for (int i = 0; i < section->count; i++)
        if (*section->words[i].text != '@')
            marks[calls_find(calls, section->words[i].text)] |= section->words[i].abis;
}

/* Writes one column of the members of a group: the calls, or their numbers on an ABI, -1 where that
 * is none. Where a call is in it, so are those that do the same on i386. Returns how many
 * they are. */
static int write_members(const struct groups *groups, const struct section *section,
                         const struct calls *calls, int abi, FILE *out)
{
    unsigned marks[ROWS_MAX] = {0};
    int count = 0;
    mark(section, calls, marks);
    for (int i = 0; i < section->count; i++)
        if (*section->words[i].text == '@')
            mark(section_find(groups, section->words[i].text + 1), calls, marks);
    for (int call = 0; call < calls->count; call++) {
        const char *like = calls->rows[call].like;
        if (*like && marks[calls_find(calls, like)] >> ABI_I386 & 1)
            marks[call] |= 1U << ABI_I386;
    }
    for (int call = 0; call < calls->count; call++) {
        if (!marks[call])
            continue;
        const struct row *row = &calls->rows[call];
        const int number = abi < ABIS && marks[call] >> abi & 1 ? row->numbers[abi] : -1;
        fprintf(out, "%d, /* %s */\n", abi < ABIS ? number : call, row->name);
        count++;
    }
    return count;
}

void groups_write(const struct groups *groups, const struct calls *calls, FILE *out)
{
    int counts[GROUPS_MAX] = {0}, first = 0;
    fputs("static const int16_t group_calls[] = {\n", out);
    for (int i = 0; i < groups->count; i++)
        counts[i] = write_members(groups, &groups->sections[i], calls, ABIS, out);
    fputs("};\nstatic const int16_t group_members[ABIS][sizeof(group_calls) / 2] = {\n", out);
    for (int abi = 0; abi < ABIS; abi++) {
        fputs("{\n", out);
        for (int i = 0; i < groups->count; i++)
            write_members(groups, &groups->sections[i], calls, abi, out);
        fputs("},\n", out);
    }
    fputs("};\nconst struct call_group call_groups[] = {\n", out);
    for (int i = 0; i < groups->count; i++) {
        const struct section *section = &groups->sections[i];
        fprintf(out, "    {\"%s\", \"%s\", \"%s\", %d, %d},\n", section->name, section->alias,
                section->help, first, counts[i]);
        first += counts[i];
    }
    fputs("};\n", out);
}
