/* SPDX-License-Identifier: MIT
 *
 * print.c - a policy as canonical INI. Each value is written by its type, and each word of a list
 * has its one form already.
 */
#include "policy/print.h"
#include "base/utf8.h"
#include "policy/value.h"
#include <string.h>

enum { ORIGIN_COLUMN = 44 }; /* where the comments start */

const char *origin_text(struct arena *arena, struct origin origin)
{
    if (!origin.file)
        return arena_strdup(arena, "built in");
    if (!origin.line)
        return arena_strdup(arena, origin.file);
    if (!origin.column)
        return arena_printf(arena, "%s:%u", origin.file, origin.line);
    return arena_printf(arena, "%s:%u:%u", origin.file, origin.line, origin.column);
}

static struct origin scalar_origin(const struct sbx_policy *policy, const struct key *key)
{
    struct origin origin;
    memcpy(&origin, (const char *)key_field(policy, key) + value_origin_offset(key->type),
           sizeof(origin));
    return origin;
}

/* Ends a line that has `used` characters; with a comment where origins are asked for. */
static int end_line(struct arena *arena, size_t used, bool origins, struct origin origin, FILE *out)
{
    const char *text = origins ? origin_text(arena, origin) : "";
    if (!text)
        return -1;
    if (origins) {
        fprintf(out, "%*s ; ", used < ORIGIN_COLUMN ? (int)(ORIGIN_COLUMN - used) : 0, "");
        text_put(out, text);
    }
    fputc('\n', out);
    return 0;
}

/* Writes a word that has a line for itself. One that would be taken for a section or a key there is
 * put in quotes: it has none, and needs no escape but for its backslashes. */
static size_t print_item(const struct key *key, const struct item *item, FILE *out)
{
    const char *text = item->text;
    if (item->optional || (*text != '[' && !key_at_start(key->section, text)))
        return (size_t)fprintf(out, "    %s%s", item->optional ? "?" : "", text);
    size_t used = (size_t)fprintf(out, "    \"");
    for (; *text; text++)
        used += (size_t)fprintf(out, "%s%c", *text == '\\' ? "\\" : "", *text);
    return used + (size_t)fprintf(out, "\"");
}

static int print_list(const struct sbx_policy *policy, const struct key *key, bool origins,
                      FILE *out)
{
    struct arena arena = {NULL};
    const struct value_list *list = key_field(policy, key);
    size_t used = (size_t)fprintf(out, "%s =", key->name);
    int result = end_line(&arena, used, origins, list->origin, out);
    for (size_t i = 0; i < list->count && result == 0; i++) {
        used = print_item(key, &list->items[i], out);
        result = end_line(&arena, used, origins, list->items[i].origin, out);
    }
    arena_free(&arena);
    return result;
}

/* A section for each call; a key without one would have no meaning. */
static int print_rules(const struct sbx_policy *policy, const struct key *key, bool origins,
                       FILE *out)
{
    struct arena arena = {NULL};
    const struct value_list *list = key_field(policy, key);
    const char *call = "";
    int result = 0;
    for (size_t i = 0; i < list->count && result == 0; i++) {
        const struct item *item = &list->items[i];
        if (strcmp(call, item->first) != 0)
            fprintf(out, "\n[%s %s%s]\n%s =\n", key->section, item->optional ? "?" : "",
                    item->first, key->name);
        call = item->first;
        const size_t used = (size_t)fprintf(out, "    %s", item->text);
        result = end_line(&arena, used, origins, item->origin, out);
    }
    arena_free(&arena);
    return result;
}

static int print_scalar(const struct sbx_policy *policy, const struct key *key, bool origins,
                        FILE *out)
{
    struct arena arena = {NULL};
    int result = -1;
    const char *text = key->type->print(&arena, key->type, key_field(policy, key));
    if (text) {
        size_t used = (size_t)fprintf(out, "%s =%s%s", key->name, *text ? " " : "", text);
        result = end_line(&arena, used, origins, scalar_origin(policy, key), out);
    }
    arena_free(&arena);
    return result;
}

int policy_print(const struct sbx_policy *policy, bool origins, FILE *out)
{
    const char *section = "";
    for (const struct key *key = policy_keys; key < policy_keys + KEY_COUNT; key++) {
        if (key == &policy_keys[KEY_profile_extends])
            continue;
        if (key->type->of_call) {
            if (print_rules(policy, key, origins, out) != 0)
                return -1;
            continue;
        }
        if (strcmp(section, key->section) != 0)
            fprintf(out, "%s[%s]\n", *section ? "\n" : "", key->section);
        section = key->section;
        int result = key->type->item ? print_list(policy, key, origins, out)
                                     : print_scalar(policy, key, origins, out);
        if (result != 0)
            return -1;
    }
    return 0;
}

const char *policy_value_text(struct arena *arena, const struct sbx_policy *policy,
                              const struct key *key)
{
    if (!key->type->item)
        return key->type->print(arena, key->type, key_field(policy, key));
    const struct value_list *list = key_field(policy, key);
    const bool of_call = key->type->of_call;
    const char *call = "";
    size_t size = 1;
    for (size_t i = 0; i < list->count; i++)
        size += strlen(list->items[i].text) + sizeof(" ?") +
                (of_call ? strlen(list->items[i].first) + sizeof("[] ") : 0);
    char *text = arena_alloc(arena, size), *end = text;
    for (size_t i = 0; i < list->count && text; i++) {
        const struct item *item = &list->items[i];
        const bool head = of_call && strcmp(call, item->first) != 0;
        end = i ? stpcpy(end, " ") : end;
        end = head ? stpcpy(end, "[") : end;
        end = item->optional && (head || !of_call) ? stpcpy(end, "?") : end;
        end = head ? stpcpy(stpcpy(end, item->first), "] ") : end;
        end = stpcpy(end, item->text);
        call = of_call ? item->first : call;
    }
    return text;
}
