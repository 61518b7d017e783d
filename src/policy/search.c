/* SPDX-License-Identifier: MIT
 *
 * search.c - where profiles live. It makes paths; it opens nothing but directories, and those only
 * to suggest a name.
 */
#include "policy/search.h"
#include "policy/suggest.h"
#include <dirent.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char suffix[] = ".ini";

static int has_suffix(const char *name)
{
    size_t length = strlen(name);
    return length >= sizeof(suffix) - 1 &&
           strcmp(name + length - (sizeof(suffix) - 1), suffix) == 0;
}

int search_is_path(const char *name)
{
    return strchr(name, '/') || has_suffix(name);
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
static int add_user(struct arena *arena, struct search *search)
{
    const char *config = getenv("XDG_CONFIG_HOME");
    const char *home = getenv("HOME");
    if (config && *config == '/')
        return add(search, arena_printf(arena, "%s/sandbox/profiles/", config));
    if (home && *home == '/')
        return add(search, arena_printf(arena, "%s/.config/sandbox/profiles/", home));
    return 0;
}

/* Beside the running executable: a build tree, or an installation that was moved. */
static int add_executable(struct arena *arena, struct search *search)
{
    char path[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 1);
    if (length <= 0)
        return 0;
    path[length] = '\0';
    const char *prefix = search_prefix_of(arena, path);
    if (!prefix || add(search, arena_printf(arena, "%sprofiles/", prefix)) != 0)
        return -1;
    return add(search, arena_printf(arena, "%s../share/sandbox/profiles/", prefix));
}

int search_path(struct arena *arena, const char *extending, struct search *search)
{
    search->count = 0;
    if (extending && add(search, search_prefix_of(arena, extending)) != 0)
        return -1;
    if (add_user(arena, search) != 0 || add(search, "/etc/sandbox/profiles/") != 0 ||
        add_executable(arena, search) != 0)
        return -1;
    return add(search, SANDBOX_DATADIR "/profiles/");
}

static void offer_directory(const char *prefix, struct suggest *suggest)
{
    DIR *directory = opendir(*prefix ? prefix : ".");
    struct dirent *entry;
    if (!directory)
        return;
    while ((entry = readdir(directory)) != NULL) {
        size_t length = strlen(entry->d_name);
        if (!has_suffix(entry->d_name))
            continue;
        entry->d_name[length - (sizeof(suffix) - 1)] = '\0';
        suggest_offer(suggest, entry->d_name);
    }
    closedir(directory);
}

void search_suggest(const struct search *search, const char *name, char *text, size_t size)
{
    struct suggest suggest;
    suggest_start(&suggest, name);
    for (size_t i = 0; i < search->count; i++)
        offer_directory(search->prefix[i], &suggest);
    suggest_text(&suggest, text, size);
}
