/* SPDX-License-Identifier: MIT
 *
 * remedy.c - what people are told of an obstacle. Each change is the smallest that the profile's
 * language has: one more word for one path, not a wider directory.
 */
#include "launch/remedy.h"
#include "policy/policy.h"
#include "policy/words.h"
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

struct telling {
    const struct plan *plan;
    const struct met *met;
    struct sbx_obstacle *obstacle;
    struct arena arena; /* of words */
    size_t count;       /* of settings */
};

const char *remedy_wall(enum wall_kind wall)
{
    static const char *const names[] = {
        [WALL_NONE] = "",
        [WALL_VIEW] = "view",
        [WALL_HIDDEN] = "hidden",
        [WALL_READ_ONLY] = "read-only",
        [WALL_NO_EXEC] = "noexec",
        [WALL_NO_LINKS] = "nosymfollow",
        [WALL_PERMISSIONS] = "permissions",
        [WALL_LANDLOCK] = "landlock",
        [WALL_NETWORK] = "network",
        [WALL_CONNECTS] = "tcp_connect",
        [WALL_BINDS] = "tcp_bind",
    };
    return names[wall];
}

/* Whether a path is `above`, or lies in it. */
static bool lies_in(const char *path, const char *above)
{
    const size_t length = strlen(above);
    return length == 1 ||
           (strncmp(path, above, length) == 0 && (path[length] == '/' || path[length] == '\0'));
}

const struct fs_step *remedy_cover(const struct plan *plan, const char *path)
{
    const struct fs_step *found = NULL;
    for (size_t i = plan->fs.staged; i < plan->fs.count; i++) {
        const struct fs_step *step = &plan->fs.steps[i];
        const size_t length = strlen(step->target);
        const bool covers = !length || (strncmp(path + 1, step->target, length) == 0 &&
                                        (path[length + 1] == '/' || !path[length + 1]));
        if (covers && step->op != FS_DIR && step->op != FS_FILE && step->op != FS_SYMLINK &&
            step->op != FS_SEAL && (!found || length >= strlen(found->target)))
            found = step;
    }
    return found;
}

/* ---- what is said --------------------------------------------------------------------------- */

__attribute__((format(printf, 2, 3))) static void why(struct telling *telling, const char *format,
                                                      ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(telling->obstacle->why, sizeof(telling->obstacle->why), format, arguments);
    va_end(arguments);
}

static void origin(struct telling *telling, struct origin from)
{
    struct sbx_origin *to = &telling->obstacle->origin;
    *to = (struct sbx_origin){.line = from.line, .column = from.column};
    snprintf(to->file, sizeof(to->file), "%s", from.file ? from.file : "");
}

/* No change of the profile helps. */
__attribute__((format(printf, 2, 3))) static void none(struct telling *telling, const char *format,
                                                       ...)
{
    va_list arguments;
    memset(telling->obstacle->settings, 0, sizeof(telling->obstacle->settings));
    va_start(arguments, format);
    vsnprintf(telling->obstacle->fix, sizeof(telling->obstacle->fix), format, arguments);
    va_end(arguments);
}

/* One more setting; what would be cut off is none. */
static void setting(struct telling *telling, const char *key, const char *relation,
                    const char *value)
{
    struct sbx_obstacle *obstacle = telling->obstacle;
    const size_t used = strlen(obstacle->fix);
    if (!value || telling->count == SBX_SETTINGS_MAX ||
        strlen(key) + strlen(value) + 3 > sizeof(obstacle->settings[0]) ||
        used + strlen(key) + strlen(value) + 16 > sizeof(obstacle->fix)) {
        none(telling, "a change that is too long to be told");
        telling->count = SBX_SETTINGS_MAX;
        return;
    }
    snprintf(obstacle->settings[telling->count++], sizeof(obstacle->settings[0]), "%s%s%s", key,
             relation, value);
    snprintf(obstacle->fix + used, sizeof(obstacle->fix) - used, "%s%s = %s", used ? ", and " : "",
             key, value);
}

/* The word that names a path, as a list of [files] takes it. */
static void add_path(struct telling *telling, const char *key, const char *path)
{
    const struct piece piece = {path, ":"};
    setting(telling, key, "+=", word_write(&telling->arena, &piece, 1));
}

static void take_word(struct telling *telling, const char *key, const struct item *item)
{
    setting(telling, key, "+=", arena_printf(&telling->arena, "!%s", item->text));
}

static void set(struct telling *telling, const char *key, const char *value)
{
    setting(telling, key, "=", value);
}

/* ---- walls of [files] ----------------------------------------------------------------------- */

static bool host_has(const char *path)
{
    struct stat st;
    return lstat(path, &st) == 0;
}

/* The deepest word of a list that is about a path, or about a directory above it. */
static const struct item *word_on(const struct value_list *list, const char *path, bool at_target,
                                  unsigned options)
{
    const struct item *found = NULL;
    size_t longest = 0;
    for (size_t i = 0; i < list->count; i++) {
        const struct item *item = &list->items[i];
        const char *place = at_target ? item->second : item->first;
        if (!place || !lies_in(path, place) || (item->options & options) != options ||
            strlen(place) < longest)
            continue;
        found = item;
        longest = strlen(place);
    }
    return found;
}

static void tell_view(struct telling *telling)
{
    const struct met *met = telling->met;
    const struct sbx_policy *policy = telling->plan->policy;
    const int proc = policy->files_proc.v;
    why(telling, "%s is not shown inside, and it is there on the host", met->path);
    if (lies_in(met->path, "/proc"))
        set(telling, "files.proc", proc == PROC_PRIVATE ? "unmasked" : "private");
    else if (lies_in(met->path, "/sys"))
        set(telling, "files.sys", "ro");
    else if (lies_in(met->path, "/dev/mqueue"))
        set(telling, "files.mqueue", "private");
    else if (policy->files_dev.v == DEV_NONE &&
             (strcmp(met->path, "/dev/null") == 0 || strcmp(met->path, "/dev/zero") == 0 ||
              strcmp(met->path, "/dev/urandom") == 0 || strcmp(met->path, "/dev/random") == 0 ||
              strcmp(met->path, "/dev/full") == 0 || strcmp(met->path, "/dev/tty") == 0))
        set(telling, "files.dev", "minimal");
    else
        add_path(telling, met->writes ? "files.rw" : "files.ro", met->path);
}

static void tell_hidden(struct telling *telling)
{
    const struct met *met = telling->met;
    const struct value_list *hide = &telling->plan->policy->files_hide;
    const struct item *item = word_on(hide, met->path, false, 0);
    why(telling, "%s is hidden", met->path);
    if (!item)
        item = word_on(hide, met->where, false, 0);
    if (item) {
        origin(telling, item->origin);
        take_word(telling, "files.hide", item);
    } else if (lies_in(met->path, "/proc")) {
        origin(telling, telling->plan->policy->files_proc.origin);
        set(telling, "files.proc", "unmasked");
    } else {
        none(telling, "it is hidden because another path of files.hide is the same thing");
    }
}

/* A second word about the same path would be refused: the first is taken away. */
static void make_writable(struct telling *telling, const char *place)
{
    const struct sbx_policy *policy = telling->plan->policy;
    const struct item *bound = word_on(&policy->files_bind, place, true, 0);
    const struct item *shown = word_on(&policy->files_ro, place, false, 0);
    if (bound) {
        none(telling, "say :rw in the word of files.bind that shows it, %s", bound->text);
        return;
    }
    if (shown && strcmp(shown->first, place) == 0)
        take_word(telling, "files.ro", shown);
    add_path(telling, "files.rw", place);
}

static void tell_read_only(struct telling *telling)
{
    const struct met *met = telling->met;
    char place[PATH_MAX];
    snprintf(place, sizeof(place), "%s", met->where);
    char *slash = strrchr(place, '/');
    if (met->makes && slash)
        slash[slash == place] = '\0';
    why(telling, "%s is read-only inside", place);
    if (lies_in(place, "/proc"))
        set(telling, "files.proc", "unmasked");
    else if (lies_in(place, "/sys"))
        none(telling, "no profile makes /sys writable");
    else if (place[1] == '\0')
        none(telling, "the root itself stays as it is: programs write to root.cwd, and to what "
                      "files.tmpfs and files.rw name");
    else if (met->makes && /* what lies in it stays: it is a directory of the sandbox's own */
             (!remedy_cover(telling->plan, place) || !host_has(place) ||
              strcmp(place, "/tmp") == 0 || strcmp(place, "/var/tmp") == 0))
        add_path(telling, "files.tmpfs", place);
    else if (!host_has(place) && !word_on(&telling->plan->policy->files_bind, place, true, 0))
        none(telling,
             "it is the sandbox's own: show one of the host with files.bind = SOURCE:%s:rw", place);
    else
        make_writable(telling, place);
}

static void tell_no_exec(struct telling *telling)
{
    const struct met *met = telling->met;
    const struct sbx_policy *policy = telling->plan->policy;
    const struct item *item = word_on(&policy->files_noexec, met->where, false, 0);
    why(telling, "%s lies where nothing can be executed", met->path);
    if (item) {
        origin(telling, item->origin);
        take_word(telling, "files.noexec", item);
        return;
    }
    const struct value_list *lists[] = {&policy->files_ro, &policy->files_rw};
    static const char *const keys[] = {"files.ro", "files.rw"};
    for (size_t i = 0; i < 2; i++) {
        item = word_on(lists[i], met->where, false, VIEW_NOEXEC);
        if (!item)
            continue;
        origin(telling, item->origin);
        take_word(telling, keys[i], item);
        add_path(telling, keys[i], item->first);
        return;
    }
    none(telling, "what shows it says noexec, or is a file system of the host that does");
}

/* A device or a named pipe, for which the mount alone says nothing. */
static void tell_landlock(struct telling *telling)
{
    const struct met *met = telling->met;
    why(telling, "Landlock refuses it: %s is shown without the right to %s it", met->path,
        met->writes ? "write" : "read or execute");
    origin(telling, telling->plan->policy->landlock_mode.origin);
    if (met->writes &&
        (host_has(met->where) || word_on(&telling->plan->policy->files_bind, met->where, true, 0)))
        make_writable(telling, met->where);
    else
        set(telling, "landlock.mode", "off");
}

static void tell_permissions(struct telling *telling)
{
    why(telling, "the permissions of %s, or of a directory above it, refuse it",
        telling->met->path);
    none(telling,
         "no change of the profile: the program is user %u outside of the sandbox; change the "
         "owner or the mode, or show it a copy with --file",
         (unsigned)telling->plan->ns.outer_uid);
}

/* ---- the whole ------------------------------------------------------------------------------ */

static void tell_network(struct telling *telling)
{
    const struct sbx_policy *policy = telling->plan->policy;
    const struct met *met = telling->met;
    char port[16];
    snprintf(port, sizeof(port), "%d", met->port);
    if (met->wall == WALL_NETWORK) {
        why(telling, "%s can't be reached: network.mode = %s", met->path,
            policy->network_mode.v == NETMODE_NONE ? "none" : "loopback");
        origin(telling, policy->network_mode.origin);
        set(telling, "network.mode", met->is_local ? "loopback" : "host");
    } else if (met->wall == WALL_CONNECTS) {
        why(telling, "network.tcp_connect does not name port %s", port);
        origin(telling, policy->network_tcp_connect.origin);
        setting(telling, "network.tcp_connect", "+=", port);
    } else {
        why(telling, "network.tcp_bind does not name port %s", port);
        origin(telling, policy->network_tcp_bind.origin);
        setting(telling, "network.tcp_bind", "+=", port);
    }
}

static void tell_wall(struct telling *telling)
{
    switch (telling->met->wall) {
    case WALL_VIEW:
        tell_view(telling);
        break;
    case WALL_HIDDEN:
        tell_hidden(telling);
        break;
    case WALL_READ_ONLY:
        tell_read_only(telling);
        break;
    case WALL_NO_EXEC:
        tell_no_exec(telling);
        break;
    case WALL_NO_LINKS:
        why(telling, "%s leads through a symbolic link that is not followed there",
            telling->met->path);
        none(telling, "leave nosymfollow out of the word of files.bind that shows it");
        break;
    case WALL_PERMISSIONS:
        tell_permissions(telling);
        break;
    case WALL_LANDLOCK:
        tell_landlock(telling);
        break;
    case WALL_NETWORK:
    case WALL_CONNECTS:
    case WALL_BINDS:
        tell_network(telling);
        break;
    case WALL_NONE:
        break;
    }
}

void remedy_tell(const struct plan *plan, const struct met *met, struct sbx_obstacle *obstacle)
{
    struct telling telling = {.plan = plan, .met = met, .obstacle = obstacle};
    const bool in_files = met->wall <= WALL_PERMISSIONS;
    const struct fs_step *cover = in_files ? remedy_cover(plan, met->where) : NULL;
    if (cover)
        origin(&telling, cover->origin);
    tell_wall(&telling);
    arena_free(&telling.arena);
}
