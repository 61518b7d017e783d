/* SPDX-License-Identifier: MIT
 *
 * search.c - where profiles live. It makes paths, and opens nothing.
 */
#include "policy/search.h"
#include <string.h>

static const char suffix[] = ".ini";

size_t search_stem(const char *name)
{
    size_t length = strlen(name), tail = sizeof(suffix) - 1;
    return length > tail && strcmp(name + length - tail, suffix) == 0 ? length - tail : 0;
}

int search_is_path(const char *name)
{
    return strchr(name, '/') || search_stem(name) || strcmp(name, suffix) == 0;
}

const char *search_prefix_of(struct arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');
    return arena_strndup(arena, path, slash ? (size_t)(slash - path) + 1 : 0);
}

static int add(struct search *search, const char *prefix)
{
    if (!prefix)
        return -1;
    if (search->count < SEARCH_MAX)
        search->prefix[search->count++] = prefix;
    return 0;
}

/* The user's own profiles. A relative directory in the environment means nothing. */
static int add_user(const struct outside *outside, struct arena *arena, struct search *search)
{
    const char *config = outside->variable(outside->context, "XDG_CONFIG_HOME");
    const char *home = outside->variable(outside->context, "HOME");
    if (config && *config == '/')
        return add(search, arena_printf(arena, "%s/sandbox/profiles/", config));
    if (home && *home == '/')
        return add(search, arena_printf(arena, "%s/.config/sandbox/profiles/", home));
    return 0;
}

/* Beside the running executable: a build tree, or an installation that was moved. Only what lies in
 * a "bin" has a "share" of its own beside it: what stands above a build tree may be anybody's. The
 * executable's path has no links in it, so that the directory above can be named without "..". */
static int add_program(const struct outside *outside, struct arena *arena, struct search *search)
{
    static const char bin[] = "/bin/";
    const char *prefix = outside->program(outside->context, arena);
    if (!prefix || *prefix != '/')
        return 0;
    if (add(search, arena_printf(arena, "%sprofiles/", prefix)) != 0)
        return -1;
    size_t length = strlen(prefix), tail = sizeof(bin) - 1;
    if (length < tail || strcmp(prefix + length - tail, bin) != 0)
        return 0;
    return add(search,
               arena_printf(arena, "%.*s/share/sandbox/profiles/", (int)(length - tail), prefix));
}

int search_path(const struct outside *outside, struct arena *arena, const char *extending,
                struct search *search)
{
    search->count = 0;
    if (extending && add(search, search_prefix_of(arena, extending)) != 0)
        return -1;
    if (add_user(outside, arena, search) != 0 || add(search, "/etc/sandbox/profiles/") != 0 ||
        add_program(outside, arena, search) != 0)
        return -1;
    return add(search, SANDBOX_DATADIR "/profiles/");
}

void search_suggest(const struct outside *outside, const struct search *search, const char *name,
                    char *text, size_t size)
{
    struct suggest suggest;
    suggest_start(&suggest, name);
    for (size_t i = 0; i < search->count; i++)
        outside->names(outside->context, search->prefix[i], &suggest);
    suggest_text(&suggest, text, size);
}
