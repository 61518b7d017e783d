/* SPDX-License-Identifier: MIT
 *
 * expand.c - variables, and the form of paths.
 */
#include "policy/expand.h"
#include "policy/outside.h"
#include "policy/words.h"
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The kernel takes no longer word for a program's environment. */
enum { EXPANDED_MAX = 128 * 1024, ALL_EXPANDED_MAX = 8 * 1024 * 1024 };

const char *const expand_variables[] = {"HOME",        "PWD", "USER", "UID", "XDG_RUNTIME_DIR",
                                        "PROFILE_DIR", NULL};

/* The end of the ${...} at `text`, behind its brace; NULL where it has none. */
static const char *variable_end(const char *text, const char *end)
{
    const char *brace = memchr(text, '}', (size_t)(end - text));
    return brace ? brace + 1 : NULL;
}

size_t fields_split(const char *word, char separator, struct field *fields, size_t max)
{
    size_t count = 0;
    const char *start = word;
    const char *end = word + strlen(word);
    for (const char *c = word;; c++) {
        for (;;) { /* one variable may stand right behind another */
            const char *behind = NULL;
            if (c[0] == '$' && c[1] == '{')
                behind = variable_end(c, end);
            else if (c[0] == WORD_LITERAL)
                behind = c + 2;
            else
                break;
            c = behind ? behind : end;
        }
        if (c != end && *c != separator)
            continue;
        if (count < max)
            fields[count] = (struct field){start, (size_t)(c - start)};
        count++;
        start = c + 1;
        if (c == end)
            return count;
    }
}

static const char *profile_directory(const struct parse *parse)
{
    const struct outside *outside = parse->outside;
    const char *slash = strrchr(parse->profile_path, '/');
    const char *path = ".";
    if (slash)
        path =
            arena_strndup(parse->arena, parse->profile_path,
                          slash == parse->profile_path ? 1 : (size_t)(slash - parse->profile_path));
    return path ? outside->directory(outside->context, parse->arena, path) : NULL;
}

/* What a variable without "env:" holds; NULL where it is not set. An empty one counts as not set:
 * "${HOME}/x" must not become "/x". */
static const char *named_variable(const struct parse *parse, const char *name)
{
    if (strcmp(name, "UID") == 0)
        return arena_printf(parse->arena, "%u", (unsigned)getuid());
    /* The variable is wrong in a child of a program that used chdir(2) without telling it. */
    if (strcmp(name, "PWD") == 0)
        return parse->outside->directory(parse->outside->context, parse->arena, ".");
    if (strcmp(name, "PROFILE_DIR") == 0)
        return profile_directory(parse);
    const char *value = parse->outside->variable(parse->outside->context, name);
    return value && *value ? value : NULL;
}

static int unknown_variable(const struct parse *parse, const char *name)
{
    char hint[HINT_SIZE];
    struct suggest suggest;
    suggest_start(&suggest, name);
    for (const char *const *known = expand_variables; *known; known++)
        suggest_offer(&suggest, *known);
    if (suggest_best(&suggest))
        suggest_text(&suggest, hint, sizeof(hint));
    else
        snprintf(hint, sizeof(hint), "write ${env:NAME} for any other variable of the environment");
    return value_error(parse, hint, "there is no variable ${%s}", name);
}

/* Looks up the variable NAME of ${NAME}. Returns 0, ITEM_DROPPED or -1. */
static int variable_value(const struct parse *parse, const char *name, bool optional,
                          const char **value)
{
    const char *found = NULL;
    if (strchr(name, WORD_LITERAL))
        return value_error(parse, "write the name as it is",
                           "no backslash may stand in the name of a variable");
    if (strncmp(name, "env:", 4) == 0) {
        if (!name[4] || strchr(name, '='))
            return value_error(parse, "write ${env:NAME}", "'${%s}' names no variable", name);
        found = parse->outside->variable(parse->outside->context, name + 4);
    } else {
        const char *const *known = expand_variables;
        while (*known && strcmp(*known, name) != 0)
            known++;
        if (!*known)
            return unknown_variable(parse, name);
        found = named_variable(parse, name);
    }
    if (!found && optional)
        return ITEM_DROPPED;
    if (!found)
        return value_error(parse, "set it, or in a list mark the word as optional with '?'",
                           "the variable ${%s} is not set or empty", name);
    *value = found;
    return 0;
}

/* A text that grows, without copying it for each piece. */
struct text_buffer {
    char *start;
    size_t length, room;
};

/* Bounds what a profile of a few bytes a word can make of a long variable. It is told once. */
static int count_expanded(const struct parse *parse, size_t length)
{
    struct diag *diag = parse->diag;
    const bool told = diag->expanded > ALL_EXPANDED_MAX;
    diag->expanded += told ? 0 : length;
    if (diag->expanded <= ALL_EXPANDED_MAX)
        return 0;
    return told ? -1
                : value_error(parse, "leave some of the variables out",
                              "all values together have more than %d bytes once variables are in "
                              "them",
                              ALL_EXPANDED_MAX);
}

static int text_add(const struct parse *parse, struct text_buffer *text, const char *piece,
                    size_t length)
{
    if (length > EXPANDED_MAX - text->length)
        return value_error(parse, NULL, "the value has more than %d bytes once variables are in it",
                           EXPANDED_MAX);
    if (count_expanded(parse, length) != 0)
        return -1;
    if (text->length + length >= text->room) {
        /* The last piece fits exactly; what grows again is doubled. */
        size_t room = (text->start ? 2 : 1) * (text->length + length) + 1;
        char *larger = arena_alloc(parse->arena, room);
        if (!larger) {
            diag_memory(parse->diag);
            return -1;
        }
        if (text->length)
            memcpy(larger, text->start, text->length);
        text->start = larger;
        text->room = room;
    }
    if (length)
        memcpy(text->start + text->length, piece, length);
    text->length += length;
    text->start[text->length] = '\0';
    return 0;
}

/* Adds what the variable at `dollar`, up to `behind`, holds. */
static int add_variable(const struct parse *parse, struct text_buffer *text, const char *dollar,
                        const char *behind, bool optional)
{
    const char *value = NULL;
    char *name = arena_strndup(parse->arena, dollar + 2, (size_t)(behind - dollar) - 3);
    if (!name)
        return diag_memory(parse->diag);
    int result = variable_value(parse, name, optional, &value);
    return result ? result : text_add(parse, text, value, strlen(value));
}

/* How many bytes from `c` stand for themselves. */
static size_t plain_length(const char *c, const char *end)
{
    const char *at = c;
    while (at < end && *at != WORD_LITERAL && !(at[0] == '$' && at + 1 < end && at[1] == '{'))
        at++;
    return (size_t)(at - c);
}

/* expand(), with a result that the caller may still change. */
static int expand_text(const struct parse *parse, struct field field, bool optional, char **out)
{
    struct text_buffer text = {NULL, 0, 0};
    const char *c = field.text;
    const char *end = field.text + field.length;
    for (;;) {
        size_t plain = plain_length(c, end);
        if (text_add(parse, &text, c, plain) != 0)
            return -1;
        c += plain;
        if (c == end)
            break;
        if (*c == WORD_LITERAL) {
            if (text_add(parse, &text, c + 1, 1) != 0)
                return -1;
            c += 2;
            continue;
        }
        const char *behind = variable_end(c, end);
        if (!behind)
            return value_error(parse, "a variable is written ${NAME}; in quotes \\$ is a plain '$'",
                               "'${' without its '}'");
        int result = add_variable(parse, &text, c, behind, optional);
        if (result)
            return result;
        c = behind;
    }
    *out = text.start;
    return 0;
}

int expand(const struct parse *parse, struct field field, bool optional, const char **out)
{
    char *text = NULL;
    int result = expand_text(parse, field, optional, &text);
    if (result == 0)
        *out = text;
    return result;
}

static bool has_dots(const char *path)
{
    while (*path) {
        size_t length = strcspn(path, "/");
        if ((length == 1 && path[0] == '.') || (length == 2 && path[0] == '.' && path[1] == '.'))
            return true;
        path += length;
        path += *path == '/';
    }
    return false;
}

/* Brings an absolute path into its one form, in place. */
static int path_normalise(const struct parse *parse, char *path)
{
    if (*path != '/') {
        const char *hint = "write it from '/', or start it with ${PWD}/ or ${PROFILE_DIR}/";
        if (*path == '~')
            hint = "write ${HOME} in place of '~'";
        else if (*path == '$')
            hint = "a variable is written ${NAME}, with braces";
        return value_error(parse, hint, "'%s' is not an absolute path", path);
    }
    if (has_dots(path))
        return value_error(parse, "write the path without them",
                           "'%s': a path may not have '.' or '..' in it", path);
    char *to = path;
    for (const char *from = path; *from;) {
        const char *name = from + 1; /* *from is a slash */
        size_t length = strcspn(name, "/");
        if (length) {
            *to++ = '/';
            memmove(to, name, length);
            to += length;
        }
        from = name + length;
    }
    if (to == path)
        *to++ = '/';
    *to = '\0';
    if (to - path >= PATH_MAX)
        return value_error(parse, NULL, "the path has more than %d bytes", PATH_MAX - 1);
    return 0;
}

int expand_path(const struct parse *parse, struct field field, bool optional, const char **out)
{
    char *path = NULL;
    int result = expand_text(parse, field, optional, &path);
    if (result == 0)
        result = path_normalise(parse, path);
    if (result == 0)
        *out = path;
    return result;
}
