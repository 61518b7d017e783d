/* SPDX-License-Identifier: MIT
 *
 * ns.c - namespaces, id maps and host name.
 *
 * The user, mount and pid namespaces are always new: without them there is neither the right to
 * build the other walls nor a way to end everything at once. Which host user the program runs as is
 * decided here too: an ordinary user stays who he is; root becomes uid and gid 65534, for a program
 * that ran as host uid 0 would own root's files and be exempt from RLIMIT_NPROC.
 *
 * Sources: user_namespaces(7), time_namespaces(7), namespaces(7), clone(2).
 */
#include "base/fd.h"
#include "base/sys.h"
#include "guards/guard.h"
#include "policy/policy.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/utsname.h>
#include <time.h>

enum { NOBODY = 65534, HOSTNAME_MAX = 64 };

static const char max_userns_file[] = "/proc/sys/user/max_user_namespaces";

/* Reads one number from a file of /proc; `missing` where there is none. */
static long read_number(const char *path, long missing)
{
    char text[32];
    long value;
    autofd fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return missing;
    ssize_t got = read(fd, text, sizeof(text) - 1);
    if (got <= 0)
        return missing;
    text[got] = '\0';
    return sscanf(text, "%ld", &value) == 1 ? value : missing;
}

/* Whether `id` exists in the user namespace that this process is in. */
static bool id_is_mapped(const char *map_file, unsigned long id)
{
    unsigned long first, outer, length;
    char text[4096];
    autofd fd = open(map_file, O_RDONLY | O_CLOEXEC);
    ssize_t got = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
    if (got <= 0)
        return false;
    text[got] = '\0';
    for (const char *line = text; line && *line; line = strchr(line, '\n'), line += line != NULL)
        if (sscanf(line, "%lu %lu %lu", &first, &outer, &length) == 3 && id >= first &&
            id - first < length)
            return true;
    return false;
}

static void ns_probe(struct host *host)
{
    struct utsname name;
    struct statvfs sysctl;
    if (uname(&name) != 0 ||
        sscanf(name.release, "%u.%u", &host->kernel_major, &host->kernel_minor) != 2)
        host->kernel_major = host->kernel_minor = 0;
    host->uid = geteuid();
    host->gid = getegid();
    host->root = host->uid == 0 && id_is_mapped("/proc/self/uid_map", NOBODY) &&
                 id_is_mapped("/proc/self/gid_map", NOBODY);
    host->max_user_namespaces = read_number(max_userns_file, -1);
    host->unprivileged_userns = (int)read_number("/proc/sys/kernel/unprivileged_userns_clone", -1);
    host->apparmor_userns =
        (int)read_number("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", -1);
    host->sysctl_read_only =
        statvfs("/proc/sys/user", &sysctl) != 0 || (sysctl.f_flag & ST_RDONLY) != 0;
}

static int ns_check(const struct sbx_policy *policy, struct diag *diag)
{
    const char *hostname = policy->identity_hostname.v;
    if (policy->namespaces_uts.v == SHARE_PRIVATE && hostname && strlen(hostname) > HOSTNAME_MAX)
        return diag_error(diag, policy->identity_hostname.origin, 0, "write a shorter name",
                          "identity.hostname is longer than %d bytes", HOSTNAME_MAX);
    return 0;
}

static void ns_review(const struct sbx_policy *policy, struct diag *diag)
{
    if (policy->namespaces_nested.v == YESNO_YES)
        diag_lint(diag, SBX_SEVERITY_WARNING, RULE_nested_namespaces,
                  policy->namespaces_nested.origin,
                  "leave it out, unless the program is a browser or builds sandboxes itself",
                  "namespaces.nested = yes: in a user namespace of its own the program has every "
                  "capability, which opens far more of the kernel to attack");
    if (policy->namespaces_ipc.v == SHARE_HOST)
        diag_lint(diag, SBX_SEVERITY_WARNING, RULE_host_ipc, policy->namespaces_ipc.origin,
                  "leave it out, unless the program shares memory with others on purpose",
                  "namespaces.ipc = host: System V shared memory and message queues of this user's "
                  "other programs can be read and written");
    if (policy->namespaces_uts.v == SHARE_HOST && policy->identity_hostname.origin.file)
        diag_lint(diag, SBX_SEVERITY_NOTE, RULE_no_effect, policy->identity_hostname.origin,
                  "set namespaces.uts = private, or take one of the two away",
                  "identity.hostname has no effect: namespaces.uts = host shows the host's name");
}

/* Refuses by name what the kernel would refuse with a bare EPERM or ENOSPC. */
static int ns_host_can(const struct host *host, struct sbx_error *error)
{
    if (host->kernel_major < 5 || (host->kernel_major == 5 && host->kernel_minor < 14)) {
        err_set(error, SBX_E_HOST, 0, "ns",
                "this kernel is Linux %u.%u; sandbox needs 5.14 or newer", host->kernel_major,
                host->kernel_minor);
        return err_hint(error, "run a newer kernel; there is no weaker mode");
    }
    if (host->max_user_namespaces == 0) {
        err_set(error, SBX_E_HOST, ENOSPC, "ns", "this machine allows no user namespaces: %s is 0",
                max_userns_file);
        return err_hint(error, "as root: sysctl -w user.max_user_namespaces=10000");
    }
    if (host->unprivileged_userns == 0 && host->uid != 0) {
        err_set(error, SBX_E_HOST, EPERM, "ns",
                "this machine allows user namespaces to root only: "
                "/proc/sys/kernel/unprivileged_userns_clone is 0");
        return err_hint(error, "as root: sysctl -w kernel.unprivileged_userns_clone=1");
    }
    return 0;
}

/* A private time namespace starts near zero, so that it tells nothing of the host's uptime. The
 * offsets count whole seconds: what remains is under a second. */
static int ns_prepare_time(struct plan *plan, struct sbx_error *error)
{
    struct timespec monotonic, boottime;
    clock_gettime(CLOCK_MONOTONIC, &monotonic);
    clock_gettime(CLOCK_BOOTTIME, &boottime);
    plan->ns.unshare_time = true;
    plan->ns.monotonic_offset_ns = -(int64_t)monotonic.tv_sec * 1000000000;
    plan->ns.timens_offsets =
        arena_printf(&plan->arena, "monotonic -%" PRId64 " 0\nboottime -%" PRId64 " 0\n",
                     (int64_t)monotonic.tv_sec, (int64_t)boottime.tv_sec);
    return plan->ns.timens_offsets ? 0 : err_memory(error, "ns");
}

static int ns_prepare(struct plan *plan, const struct host *host, struct sbx_error *error)
{
    const struct sbx_policy *policy = plan->policy;
    struct ns_plan *ns = &plan->ns;
    if (ns_host_can(host, error) != 0)
        return -1;
    ns->clone_flags |= CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID;
    if (policy->namespaces_ipc.v == SHARE_PRIVATE)
        ns->clone_flags |= CLONE_NEWIPC;
    if (policy->namespaces_uts.v == SHARE_PRIVATE) {
        ns->clone_flags |= CLONE_NEWUTS;
        ns->hostname = policy->identity_hostname.v;
    }
    ns->unshare_cgroup = policy->namespaces_cgroup.v == SHARE_PRIVATE;
    if (policy->namespaces_time.v == SHARE_PRIVATE && ns_prepare_time(plan, error) != 0)
        return -1;
    ns->forbid_nested = policy->namespaces_nested.v == YESNO_NO && !host->sysctl_read_only;
    ns->bound_inotify = !host->sysctl_read_only;
    ns->inner_uid = policy->identity_uid.v;
    ns->inner_gid = policy->identity_gid.v;
    ns->outer_uid = host->root ? NOBODY : host->uid;
    ns->outer_gid = host->root ? NOBODY : host->gid;
    ns->drop_groups = host->root;
    ns->uid_map = arena_printf(&plan->arena, "%u %u 1\n", ns->inner_uid, ns->outer_uid);
    ns->gid_map = arena_printf(&plan->arena, "%u %u 1\n", ns->inner_gid, ns->outer_gid);
    return ns->uid_map && ns->gid_map ? 0 : err_memory(error, "ns");
}

/* Writes a whole text to a file of /proc, in one write(2) as those files want it. */
static long write_proc(const char *path, const char *text)
{
    long length = 0, fd = sys(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return fd;
    while (text[length])
        length++;
    long wrote = sys(SYS_write, fd, text, length);
    sys(SYS_close, fd);
    return wrote < 0 ? wrote : wrote == length ? 0 : -EIO;
}

/* inotify counts by host user: without a bound of its own a sandbox could take them all from the
 * user who started it. A kernel without inotify has no such file. */
static long bound_inotify(void)
{
    long ret = write_proc("/proc/sys/user/max_inotify_instances", "64");
    if (ret == 0)
        ret = write_proc("/proc/sys/user/max_inotify_watches", "8192");
    return ret == -ENOENT ? 0 : ret;
}

enum ns_item {
    NS_CGROUP,
    NS_TIME,
    NS_TIME_OFFSETS,
    NS_NESTED,
    NS_INOTIFY,
    NS_GID,
    NS_UID,
    NS_HOSTNAME
};

static int ns_enter(const struct plan *plan, int *item)
{
    const struct ns_plan *ns = &plan->ns;
    long ret;
    if (ns->unshare_cgroup) {
        *item = NS_CGROUP;
        if ((ret = sys(SYS_unshare, CLONE_NEWCGROUP)) < 0)
            return (int)ret;
    }
    if (ns->unshare_time) {
        *item = NS_TIME;
        if ((ret = sys(SYS_unshare, CLONE_NEWTIME)) < 0)
            return (int)ret;
        *item = NS_TIME_OFFSETS;
        if ((ret = write_proc("/proc/self/timens_offsets", ns->timens_offsets)) < 0)
            return (int)ret;
    }
    if (ns->forbid_nested) {
        /* The file shows the limit of the writer's own user namespace: the new one. */
        *item = NS_NESTED;
        if ((ret = write_proc(max_userns_file, "0")) < 0)
            return (int)ret;
    }
    *item = NS_INOTIFY;
    if (ns->bound_inotify && (ret = bound_inotify()) < 0)
        return (int)ret;
    *item = NS_GID;
    if ((ret = sys(SYS_setresgid, ns->inner_gid, ns->inner_gid, ns->inner_gid)) < 0)
        return (int)ret;
    *item = NS_UID;
    if ((ret = sys(SYS_setresuid, ns->inner_uid, ns->inner_uid, ns->inner_uid)) < 0)
        return (int)ret;
    if (ns->hostname) {
        long length = 0;
        while (ns->hostname[length])
            length++;
        *item = NS_HOSTNAME;
        if ((ret = sys(SYS_sethostname, ns->hostname, length)) < 0)
            return (int)ret;
    }
    return 0;
}

static void ns_explain(const struct plan *plan, int item, struct sbx_error *error)
{
    const struct sbx_policy *policy = plan->policy;
    const char *what[] = {
        [NS_CGROUP] = "a private cgroup namespace",
        [NS_TIME] = "a private time namespace",
        [NS_TIME_OFFSETS] = "the offsets of the time namespace",
        [NS_NESTED] = "forbidding nested user namespaces",
        [NS_INOTIFY] = "a bound on inotify",
        [NS_GID] = "the group id inside",
        [NS_UID] = "the user id inside",
        [NS_HOSTNAME] = "the host name inside",
    };
    const struct origin origins[] = {
        [NS_CGROUP] = policy->namespaces_cgroup.origin,
        [NS_TIME] = policy->namespaces_time.origin,
        [NS_TIME_OFFSETS] = policy->namespaces_time.origin,
        [NS_NESTED] = policy->namespaces_nested.origin,
        [NS_INOTIFY] = {.file = NULL},
        [NS_GID] = policy->identity_gid.origin,
        [NS_UID] = policy->identity_uid.origin,
        [NS_HOSTNAME] = policy->identity_hostname.origin,
    };
    if (item < NS_CGROUP || item > NS_HOSTNAME)
        return;
    snprintf(error->text, sizeof(error->text), "could not set up %s", what[item]);
    err_at(error, origins[item]);
}

static void ns_observe(const struct plan *plan, struct sbx_report *report)
{
    const struct ns_plan *ns = &plan->ns;
    guard_report(report, "ns", SBX_STATE_ENFORCED,
                 "namespaces: user mount pid%s%s%s%s; uid %u is host uid %u; setgroups denied%s",
                 ns->clone_flags & CLONE_NEWIPC ? " ipc" : "",
                 ns->clone_flags & CLONE_NEWUTS ? " uts" : "", ns->unshare_cgroup ? " cgroup" : "",
                 ns->unshare_time ? " time" : "", ns->inner_uid, ns->outer_uid,
                 ns->forbid_nested ? "; max_user_namespaces 0" : "");
}

static void ns_describe(const struct plan *plan, FILE *out)
{
    const struct sbx_policy *policy = plan->policy;
    const struct ns_plan *ns = &plan->ns;
    const struct origin nowhere = {.file = NULL};
    guard_line(out, nowhere, "clone3 with new namespaces: user mount pid%s%s%s",
               ns->clone_flags & CLONE_NEWIPC ? " ipc" : "",
               ns->clone_flags & CLONE_NEWUTS ? " uts" : "",
               ns->clone_flags & CLONE_NEWNET ? " net" : "");
    if (ns->drop_groups)
        guard_line(out, nowhere, "drop root's supplementary groups: none is inherited");
    guard_line(out, nowhere, "write deny to setgroups");
    guard_line(out, policy->identity_uid.origin, "uid_map: uid %u inside is uid %u of the host",
               ns->inner_uid, ns->outer_uid);
    guard_line(out, policy->identity_gid.origin, "gid_map: gid %u inside is gid %u of the host",
               ns->inner_gid, ns->outer_gid);
    if (ns->unshare_cgroup)
        guard_line(out, policy->namespaces_cgroup.origin, "unshare CLONE_NEWCGROUP");
    if (ns->unshare_time)
        guard_line(out, policy->namespaces_time.origin,
                   "unshare CLONE_NEWTIME: monotonic and boot-time clocks start near zero");
    if (ns->forbid_nested)
        guard_line(out, policy->namespaces_nested.origin, "write 0 to %s", max_userns_file);
    if (ns->bound_inotify)
        guard_line(out, nowhere, "write 64 and 8192 to max_inotify_instances and _watches");
    guard_line(out, policy->identity_gid.origin, "setresgid %u", ns->inner_gid);
    guard_line(out, policy->identity_uid.origin, "setresuid %u", ns->inner_uid);
    if (ns->hostname)
        guard_line(out, policy->identity_hostname.origin, "sethostname %s", ns->hostname);
}

static bool wall_namespace(bool private, const char *kind, struct wall *wall)
{
    if (private)
        return guard_wall(wall, SBX_STATE_ENFORCED, "%s namespace of its own", kind);
    return guard_wall(wall, SBX_STATE_OFF, "the host's %s namespace", kind);
}

/* The file of /proc is one of two ways: the seccomp filter keeps the calls away. */
static bool wall_nested(const struct plan *plan, struct wall *wall)
{
    if (plan->policy->namespaces_nested.v == YESNO_YES)
        return guard_wall(wall, SBX_STATE_OFF, "user namespaces may be made");
    if (plan->ns.forbid_nested)
        return guard_wall(wall, SBX_STATE_ENFORCED,
                          "max_user_namespaces 0 in the new user namespace; seccomp refuses the "
                          "flags of clone, and unshare");
    return guard_wall(wall, SBX_STATE_ENFORCED,
                      "seccomp alone, which refuses the flags of clone, and unshare: /proc/sys is "
                      "read-only here");
}

static bool ns_wall(const struct plan *plan, enum key_id key, struct wall *wall)
{
    const struct ns_plan *ns = &plan->ns;
    switch (key) {
    case KEY_namespaces_ipc:
        return wall_namespace(ns->clone_flags & CLONE_NEWIPC, "ipc", wall);
    case KEY_namespaces_uts:
        return wall_namespace(ns->clone_flags & CLONE_NEWUTS, "uts", wall);
    case KEY_namespaces_cgroup:
        return wall_namespace(ns->unshare_cgroup, "cgroup", wall);
    case KEY_namespaces_time:
        return wall_namespace(ns->unshare_time, "time", wall);
    case KEY_namespaces_nested:
        return wall_nested(plan, wall);
    case KEY_identity_uid:
        return guard_wall(wall, SBX_STATE_ENFORCED, "uid_map \"%u %u 1\", setresuid", ns->inner_uid,
                          ns->outer_uid);
    case KEY_identity_gid:
        return guard_wall(wall, SBX_STATE_ENFORCED,
                          "gid_map \"%u %u 1\", setresgid, setgroups denied", ns->inner_gid,
                          ns->outer_gid);
    case KEY_identity_hostname:
        return ns->hostname ? guard_wall(wall, SBX_STATE_ENFORCED, "sethostname in a uts namespace")
                            : guard_wall(wall, SBX_STATE_OFF, "the host's own name");
    default:
        return false;
    }
}

const struct guard guard_ns = {
    .name = "ns",
    .check = ns_check,
    .review = ns_review,
    .probe = ns_probe,
    .prepare = ns_prepare,
    .enter = ns_enter,
    .explain = ns_explain,
    .observe = ns_observe,
    .describe = ns_describe,
    .wall = ns_wall,
};
