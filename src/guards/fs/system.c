/* SPDX-License-Identifier: MIT
 *
 * system.c - root.base = host: the system's directories of this machine, read-only, and a small
 * /etc of our own. Nothing else of the host is shown by it. Where the profile shows a directory of
 * its own choice, that one is shown as it is.
 */
#include "guards/fs/fs.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

static const char *const system_directories[] = {
    "/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", NULL,
};
const struct fs_machine fs_this_machine = {
    .prefix = "", .system = system_directories, .mounts = "/proc/self/mountinfo"};

enum { NOBODY = 65534 };

/* Adds a claim unless the profile says what is there, or above there. */
static int add(struct fs_build *build, struct fs_claim *claim, struct sbx_error *error)
{
    const size_t length = strlen(claim->target);
    const struct fs_claim *cover = fs_claims_cover(&build->claims, claim->target, length);
    const bool hides = cover && cover->kind == FS_CLAIM_HIDDEN && cover->length == length;
    if (cover && !(hides && claim->kind == FS_CLAIM_SYMLINK)) /* what hides a link is led by it */
        return 0;
    claim->builtin = true;
    claim->key = "root.base";
    claim->origin = build->plan->policy->root_base.origin;
    return fs_claims_add(&build->claims, claim, error);
}

/* One of the system's directories. On a merged-/usr system most are links, and stay links. */
static int add_directory(struct fs_build *build, const char *path, struct sbx_error *error)
{
    char host[PATH_MAX], content[PATH_MAX];
    struct fs_claim claim = {.kind = FS_CLAIM_SYMLINK, .target = path + 1};
    struct arena *arena = build->claims.arena;
    if (snprintf(host, sizeof(host), "%s%s", build->machine->prefix, path) >= (int)sizeof(host))
        return 0;
    ssize_t got = readlink(host, content, sizeof(content) - 1);
    if (got >= 0) {
        claim.source = arena_strndup(arena, content, (size_t)got);
        return claim.source ? add(build, &claim, error) : err_memory(error, FS_STAGE);
    }
    struct fs_source source;
    int ret = fs_source_look(arena, host, &source);
    if (ret == ENOENT || (ret == 0 && !S_ISDIR(source.mode)))
        return 0;
    if (ret != 0) {
        err_set(error, SBX_E_HOST, ret, FS_STAGE, "root.base = host: %s can't be reached", host);
        return err_at(error, build->plan->policy->root_base.origin);
    }
    claim = fs_source_claim(&source, path + 1, false);
    return add(build, &claim, error);
}

static int add_text(struct fs_build *build, const char *target, const char *text,
                    struct sbx_error *error)
{
    struct fs_claim claim = {.kind = FS_CLAIM_TEXT, .target = target, .source = text, .mode = 0444};
    return text ? add(build, &claim, error) : err_memory(error, FS_STAGE);
}

/* A colon or a line's end would make a field of passwd(5) two. */
static bool is_home(const char *path)
{
    return path && *path == '/' && !strpbrk(path, ":\n");
}

/* The home that the profile gives, for some (Java's virtual machine) ask for it by uid alone and
 * would write their caches into the working directory. */
static const char *home_field(const struct sbx_policy *policy)
{
    const struct value_list *set = &policy->environment_set;
    for (size_t i = set->count; i > 0; i--)
        if (strcmp(set->items[i - 1].first, "HOME") == 0 && is_home(set->items[i - 1].second))
            return set->items[i - 1].second;
    return is_home(policy->root_cwd.v) ? policy->root_cwd.v : "/";
}

static const char *passwd_text(struct fs_build *build)
{
    const struct ns_plan *ns = &build->plan->ns;
    const char *home = home_field(build->plan->policy);
    struct arena *arena = build->claims.arena;
    const char *nobody = "nobody:x:65534:65534:nobody:/:/usr/sbin/nologin\n";
    if (ns->inner_uid == 0)
        return arena_printf(arena, "root:x:0:%u:root:%s:/bin/sh\n%s", ns->inner_gid, home, nobody);
    return arena_printf(arena,
                        "root:x:0:0:root:/:/usr/sbin/nologin\nuser:x:%u:%u:user:%s:/bin/sh\n%s",
                        ns->inner_uid, ns->inner_gid, home, ns->inner_uid == NOBODY ? "" : nobody);
}

static const char *group_text(struct fs_build *build)
{
    const struct ns_plan *ns = &build->plan->ns;
    const char *nogroup = "nogroup:x:65534:\n";
    if (ns->inner_gid == 0)
        return arena_printf(build->claims.arena, "root:x:0:\n%s", nogroup);
    return arena_printf(build->claims.arena, "root:x:0:\nuser:x:%u:\n%s", ns->inner_gid,
                        ns->inner_gid == NOBODY ? "" : nogroup);
}

static const char *hosts_text(struct fs_build *build)
{
    struct utsname name;
    const char *hostname = build->plan->ns.hostname;
    if (!hostname && uname(&name) == 0)
        hostname = name.nodename;
    if (hostname && strpbrk(hostname, " \t\n#")) /* it would be more than one name */
        hostname = NULL;
    return arena_printf(build->claims.arena,
                        "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n%s%s%s",
                        hostname ? "127.0.1.1\t" : "", hostname ? hostname : "",
                        hostname ? "\n" : "");
}

/* Names come from files alone, except where the program shares the host's network. */
static const char *nsswitch_text(struct fs_build *build)
{
    bool dns = build->plan->policy->network_mode.v == NETMODE_HOST;
    return arena_printf(build->claims.arena,
                        "passwd: files\ngroup: files\nshadow: files\n"
                        "hosts: files%s\nnetworks: files\nprotocols: files\nservices: files\n",
                        dns ? " dns" : "");
}

int fs_system_claims(struct fs_build *build, struct sbx_error *error)
{
    if (build->plan->policy->root_base.v != BASE_HOST)
        return 0;
    for (const char *const *path = build->machine->system; *path; path++)
        if (add_directory(build, *path, error) != 0)
            return -1;
    if (add_text(build, "etc/passwd", passwd_text(build), error) != 0 ||
        add_text(build, "etc/group", group_text(build), error) != 0 ||
        add_text(build, "etc/hosts", hosts_text(build), error) != 0 ||
        add_text(build, "etc/nsswitch.conf", nsswitch_text(build), error) != 0)
        return -1;
    return 0;
}
