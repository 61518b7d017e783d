/* SPDX-License-Identifier: MIT
 *
 * watch.c - from a call to what is in its way: looks at what it names as the kernel will, a moment
 * before the kernel does.
 *
 * Told is what the sandbox keeps away and the host has. That something is nowhere is no obstacle:
 * programs look for much that is not there.
 */
#include "launch/watch.h"
#include "base/fd.h"
#include "base/sys.h"
#include "policy/policy.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/landlock.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <sys/un.h>

#ifndef SYS_pidfd_getfd
#define SYS_pidfd_getfd 438
#endif
#ifndef ST_NOSYMFOLLOW
#define ST_NOSYMFOLLOW 0x2000 /* Linux 5.10 */
#endif
#define LL_TRUNCATE (UINT64_C(1) << 14) /* what older headers lack: ABI 3, and ABI 4 */
enum { LL_BIND_TCP = 1 << 0, LL_CONNECT_TCP = 1 << 1 };

/* ---- as whom -------------------------------------------------------------------------------- */

static void become(const struct watch *watch, bool launcher)
{
    const struct ns_plan *ns = &watch->plan->ns;
    if (!watch->other_user)
        return;
    setfsgid(launcher ? 0 : ns->outer_gid);
    setfsuid(launcher ? 0 : ns->outer_uid);
}

void watch_start(struct watch *watch, const struct plan *plan, struct sbx_watch *record)
{
    *watch = (struct watch){.plan = plan, .record = record, .other_user = plan->host->root};
    if (watch->other_user && setgroups(0, NULL) != 0)
        watch->other_user = false; /* then what root may do is told */
    become(watch, false);
}

static bool host_has(const struct watch *watch, const char *path)
{
    struct stat st;
    become(watch, true);
    const bool has = lstat(path, &st) == 0;
    become(watch, false);
    return has;
}

/* ---- the record ----------------------------------------------------------------------------- */

static void note(struct watch *watch, const struct watched_call *call, const struct met *met)
{
    struct sbx_watch *record = watch->record;
    const char *wall = remedy_wall(met->wall);
    struct sbx_denial told;
    if (!call->waits(call->context))
        return;
    for (size_t i = 0; i < record->count; i++) {
        struct sbx_obstacle *old = &record->obstacles[i];
        if (strcmp(old->wall, wall) == 0 &&
            strncmp(old->path, met->path, sizeof(old->path) - 1) == 0) {
            old->count++;
            return;
        }
    }
    if (record->count == SBX_OBSTACLES_MAX) {
        record->left_out++;
        return;
    }
    struct sbx_obstacle *made = &record->obstacles[record->count];
    memset(made, 0, sizeof(*made));
    call->describe(call->context, &told);
    memcpy(made->call, told.call, sizeof(made->call));
    memcpy(made->args, told.args, sizeof(made->args));
    memcpy(made->comm, told.comm, sizeof(made->comm));
    made->pid = told.pid;
    made->count = 1;
    snprintf(made->path, sizeof(made->path), "%s", met->path);
    snprintf(made->wall, sizeof(made->wall), "%s", wall);
    become(watch, true); /* the remedy asks what the host has */
    remedy_tell(watch->plan, met, made);
    become(watch, false);
    record->count++;
}

/* ---- paths ---------------------------------------------------------------------------------- */

struct wish {
    enum path_wish kind;
    bool reads, writes, makes, exclusive;
    int access; /* R_OK, W_OK, X_OK */
};

static struct wish wish_of(const struct call_path *path, const struct watched_call *call)
{
    const uint32_t flags = path->flags >= 0 ? (uint32_t)call->args[path->flags] : 0;
    struct wish wish = {.kind = path->wish};
    switch (path->wish) {
    case WISH_OPEN:
        if (path->flags < 0) { /* creat(2) */
            wish.writes = wish.makes = true;
        } else if (!(flags & O_PATH)) {
            wish.writes = (flags & O_ACCMODE) != O_RDONLY || flags & O_TRUNC ||
                          (flags & O_TMPFILE) == O_TMPFILE;
            wish.reads = (flags & O_ACCMODE) != O_WRONLY;
            wish.makes = flags & O_CREAT;
            wish.exclusive = wish.makes && flags & O_EXCL;
        }
        wish.access = (wish.reads ? R_OK : 0) | (wish.writes ? W_OK : 0);
        break;
    case WISH_ACCESS:
        wish.access = (int)(flags & (R_OK | W_OK | X_OK));
        wish.writes = flags & W_OK;
        break;
    case WISH_ENTER:
    case WISH_EXEC:
        wish.access = X_OK;
        break;
    case WISH_CHANGE:
        wish.writes = true;
        break;
    case WISH_MAKE:
    case WISH_BIND:
        wish.makes = wish.exclusive = wish.writes = true;
        break;
    case WISH_REMOVE:
        wish.writes = true;
        break;
    case WISH_CONNECT:
        wish.access = W_OK;
        break;
    case WISH_LOOK:
    case WISH_NONE:
        break;
    }
    return wish;
}

/* What Landlock's rules give to a place, that of the rules above it included. */
static bool landlock_refuses(const struct plan *plan, const char *path, uint64_t wanted)
{
    const struct landlock_plan *landlock = &plan->landlock;
    wanted &= landlock->handled_fs;
    for (size_t i = 0; i < landlock->count && landlock->abi; i++) {
        const char *place = landlock->rules[i].place;
        const size_t length = strlen(place);
        if (length == 1 ||
            (strncmp(path, place, length) == 0 && (path[length] == '/' || path[length] == '\0')))
            wanted &= ~landlock->rules[i].rights;
    }
    return landlock->abi && wanted;
}

static uint64_t landlock_wanted(const struct wish *wish, const struct place *place)
{
    if (wish->kind == WISH_EXEC)
        return LANDLOCK_ACCESS_FS_EXECUTE;
    if (wish->kind != WISH_OPEN)
        return 0;
    if (S_ISDIR(place->type))
        return LANDLOCK_ACCESS_FS_READ_DIR;
    return (wish->reads ? LANDLOCK_ACCESS_FS_READ_FILE : 0) |
           (wish->writes ? LANDLOCK_ACCESS_FS_WRITE_FILE : 0);
}

static bool is_plain(mode_t type)
{
    return S_ISREG(type) || S_ISDIR(type) || S_ISLNK(type);
}

/* Something is there. */
static enum wall_kind met_there(const struct watch *watch, const struct wish *wish,
                                const struct place *place)
{
    if (wish->exclusive || (wish->kind == WISH_OPEN && wish->writes && S_ISDIR(place->type)))
        return WALL_NONE; /* the kernel's own answer has nothing to do with the sandbox */
    const bool changes = wish->writes && (is_plain(place->type) || wish->kind == WISH_CHANGE);
    if (wish->kind == WISH_EXEC && S_ISREG(place->type) && place->flags & ST_NOEXEC)
        return WALL_NO_EXEC;
    const int mode = wish->access | (wish->kind == WISH_REMOVE ? W_OK | X_OK : 0);
    const int error = mode && !S_ISLNK(place->type) ? place_permits(place, mode) : 0;
    if (error == EACCES) {
        const struct fs_step *cover = remedy_cover(watch->plan, place->real);
        return cover && (cover->op == FS_HIDE_FILE || cover->op == FS_HIDE_DIR) ? WALL_HIDDEN
                                                                                : WALL_PERMISSIONS;
    }
    if (changes && place->flags & ST_RDONLY)
        return WALL_READ_ONLY;
    return landlock_refuses(watch->plan, place->real, landlock_wanted(wish, place)) ? WALL_LANDLOCK
                                                                                    : WALL_NONE;
}

/* What the C library looks for in each program by itself, and does without as well. */
static bool is_done_without(const char *path)
{
    static const char *const files[] = {"/etc/ld.so.cache", "/etc/ld.so.preload",
                                        "/etc/locale.alias"};
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
        if (strcmp(path, files[i]) == 0)
            return true;
    return false;
}

static enum wall_kind met_missing(const struct watch *watch, const struct wish *wish,
                                  const struct place *place)
{
    if (place->error == EACCES)
        return WALL_PERMISSIONS;
    if (place->error == ELOOP)
        return place->flags & ST_NOSYMFOLLOW ? WALL_NO_LINKS : WALL_NONE;
    if (place->error != ENOENT && place->error != ENOTDIR)
        return WALL_NONE;
    if (wish->makes && place->direct) {
        const int error = place_permits(place, W_OK | X_OK);
        return error == EACCES            ? WALL_PERMISSIONS
               : place->flags & ST_RDONLY ? WALL_READ_ONLY
                                          : WALL_NONE;
    }
    if (is_done_without(place->path) || !host_has(watch, place->path))
        return WALL_NONE;
    const struct fs_step *cover = remedy_cover(watch->plan, place->real);
    return cover && cover->op == FS_HIDE_DIR ? WALL_HIDDEN : WALL_VIEW;
}

/* The names by which a program reaches its own files and streams lead elsewhere for everybody else.
 */
static bool is_own(const char *path)
{
    static const char *const own[] = {"/proc/self", "/proc/thread-self", "/dev/fd",
                                      "/dev/stdin", "/dev/stdout",       "/dev/stderr"};
    if (strncmp(path, "/proc/", 6) == 0 && path[6] >= '0' && path[6] <= '9')
        return true;
    for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
        const size_t length = strlen(own[i]);
        if (strncmp(path, own[i], length) == 0 && (path[length] == '/' || !path[length]))
            return true;
    }
    return false;
}

static void parent_of(const char *path, char parent[PATH_MAX])
{
    snprintf(parent, PATH_MAX, "%s", path);
    char *slash = strrchr(parent, '/');
    if (slash)
        slash[slash == parent] = '\0';
}

/* Looks at one path. What is to be removed is a matter of the directory that it is in. */
static void look_at_path(struct watch *watch, const struct watched_call *call,
                         const struct call_path *path, const char *text)
{
    const int directory = path->directory >= 0 ? (int)call->args[path->directory] : AT_FDCWD;
    const bool flagged = path->flags >= 0 && path->wish != WISH_OPEN && path->wish != WISH_ACCESS &&
                         call->args[path->flags] & AT_SYMLINK_NOFOLLOW;
    const bool not_followed =
        path->wish == WISH_OPEN && path->flags >= 0 && call->args[path->flags] & O_NOFOLLOW;
    const struct wish wish = wish_of(path, call);
    const bool is_link = path->is_link || flagged || not_followed;
    struct place place, above;
    struct met met = {.writes = wish.writes};
    char parent[PATH_MAX];
    if (place_look(call->tid, directory, text, is_link, &place) != 0)
        return;
    met.path = place.path;
    met.where = place.real;
    if (is_own(place.path))
        goto done;
    if (place.error) {
        met.wall = met_missing(watch, &wish, &place);
        met.makes = wish.makes;
        parent_of(place.path, parent);
        if (met.wall == WALL_NONE && place.error == ENOENT && wish.makes && !place.direct &&
            host_has(watch, parent)) { /* what is to be made has nowhere to be */
            met.wall = WALL_VIEW;
            met.path = met.where = parent;
        }
    } else if (wish.kind == WISH_REMOVE) {
        parent_of(place.path, parent);
        if (place_look(call->tid, AT_FDCWD, parent, false, &above) == 0) {
            met.wall = above.error ? WALL_NONE : met_there(watch, &wish, &above);
            met.makes = true; /* the directory is what is to be changed */
            place_close(&above);
        }
    } else {
        met.wall = met_there(watch, &wish, &place);
    }
    if (met.wall != WALL_NONE)
        note(watch, call, &met);
done:
    place_close(&place);
}

/* ---- addresses ------------------------------------------------------------------------------ */

static bool is_tcp(const struct watched_call *call)
{
    struct sbx_denial told;
    int type = 0;
    socklen_t size = sizeof(type);
    call->describe(call->context, &told); /* for the process of the thread */
    autofd pidfd = (int)sys(SYS_pidfd_open, told.pid, 0);
    autofd copy = pidfd < 0 ? -1 : (int)sys(SYS_pidfd_getfd, pidfd, (int)call->args[0], 0);
    return copy >= 0 && getsockopt(copy, SOL_SOCKET, SO_TYPE, &type, &size) == 0 &&
           type == SOCK_STREAM;
}

static bool port_allowed(const struct landlock_plan *landlock, unsigned port, uint64_t right)
{
    if (!(landlock->handled_net & right))
        return true;
    for (size_t i = 0; i < landlock->port_count; i++)
        if (landlock->ports[i].port == port && landlock->ports[i].rights & right)
            return true;
    return false;
}

static void look_at_network(struct watch *watch, const struct watched_call *call,
                            const struct call_path *path, const char *host, unsigned port,
                            bool is_local)
{
    const struct plan *plan = watch->plan;
    const bool binds = path->wish == WISH_BIND;
    const bool reached = !plan->net.private_ns || (is_local && plan->net.loopback_up);
    char text[INET6_ADDRSTRLEN + 16];
    struct met met = {.path = text, .where = text, .is_local = is_local, .port = (int)port};
    snprintf(text, sizeof(text), strchr(host, ':') ? "[%s]:%u" : "%s:%u", host, port);
    if (!binds && !reached)
        met.wall = WALL_NETWORK;
    else if (!port_allowed(&plan->landlock, port, binds ? LL_BIND_TCP : LL_CONNECT_TCP) &&
             is_tcp(call))
        met.wall = binds ? WALL_BINDS : WALL_CONNECTS;
    if (met.wall != WALL_NONE)
        note(watch, call, &met);
}

static void look_at_address(struct watch *watch, const struct watched_call *call,
                            const struct call_path *path)
{
    union {
        struct sockaddr any;
        struct sockaddr_un local;
        struct sockaddr_in inet;
        struct sockaddr_in6 inet6;
        char bytes[sizeof(struct sockaddr_un) + 1];
    } address;
    char host[INET6_ADDRSTRLEN] = "";
    uint64_t length = call->args[path->flags];
    memset(&address, 0, sizeof(address));
    if (length > sizeof(address.local))
        length = sizeof(address.local);
    const struct iovec here = {&address, length};
    const struct iovec there = {(void *)(uintptr_t)call->args[path->path], length};
    if (!call->args[path->path] || length < sizeof(sa_family_t) ||
        sys(SYS_process_vm_readv, call->tid, &here, 1, &there, 1, 0) != (long)length)
        return;
    if (address.any.sa_family == AF_UNIX && address.local.sun_path[0]) {
        const struct call_path named = {path->wish, -1, path->path, -1, false};
        look_at_path(watch, call, &named, address.local.sun_path);
    } else if (address.any.sa_family == AF_INET) {
        inet_ntop(AF_INET, &address.inet.sin_addr, host, sizeof(host));
        look_at_network(watch, call, path, host, ntohs(address.inet.sin_port),
                        ntohl(address.inet.sin_addr.s_addr) >> 24 == IN_LOOPBACKNET);
    } else if (address.any.sa_family == AF_INET6) {
        inet_ntop(AF_INET6, &address.inet6.sin6_addr, host, sizeof(host));
        look_at_network(watch, call, path, host, ntohs(address.inet6.sin6_port),
                        IN6_IS_ADDR_LOOPBACK(&address.inet6.sin6_addr));
    }
}

void watch_look(struct watch *watch, const struct watched_call *call)
{
    const struct call_paths *paths = call_paths_of(call->number);
    char text[PATH_MAX];
    bool more;
    watch->record->calls++;
    for (size_t i = 0; paths && i < CALL_PATHS && paths->of[i].wish != WISH_NONE; i++) {
        const struct call_path *path = &paths->of[i];
        if (path->wish == WISH_CONNECT || path->wish == WISH_BIND)
            look_at_address(watch, call, path);
        else if (call->memory->read(call->memory->context, call->args[path->path], text,
                                    sizeof(text), &more) == 0 &&
                 !more)
            look_at_path(watch, call, path, text);
    }
}
