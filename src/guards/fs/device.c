/* SPDX-License-Identifier: MIT
 *
 * device.c - files.dev = minimal: the few devices that programs can't do without, terminals of the
 * sandbox's own, and shared memory. No device that reaches hardware or another process.
 */
#include "guards/fs/fs.h"
#include <errno.h>
#include <string.h>

enum { SHM_SIZE = 64 * 1024 * 1024, SHM_INODES = 4096, DEV_SIZE = 64 * 1024, DEV_INODES = 64 };

static int add(struct fs_build *build, struct fs_claim claim, struct sbx_error *error)
{
    if (fs_claims_at(&build->claims, claim.target, strlen(claim.target)))
        return 0; /* the profile has its own */
    claim.builtin = true;
    claim.key = "files.dev";
    claim.origin = build->plan->policy->files_dev.origin;
    return fs_claims_add(&build->claims, &claim, error);
}

static int add_node(struct fs_build *build, const char *path, bool needed, struct sbx_error *error)
{
    struct fs_source source;
    int ret = fs_source_look(build->claims.arena, path, &source);
    if (ret == ENOENT && !needed)
        return 0;
    if (ret == ENOMEM)
        return err_memory(error, FS_STAGE);
    if (ret != 0 || !S_ISCHR(source.mode)) {
        err_set(error, SBX_E_HOST, ret, FS_STAGE, "files.dev = minimal: this machine's %s %s", path,
                ret ? "can't be reached" : "is not a character device");
        err_hint(error, "give this machine, or the container it is, a usual /dev; "
                        "files.dev = none does without");
        return err_at(error, build->plan->policy->files_dev.origin);
    }
    /* Writable: a read-only mount of a device node would still let it be written, and say not. */
    return add(build, fs_source_claim(&source, path + 1, true), error);
}

static int add_nodes(struct fs_build *build, struct sbx_error *error)
{
    static const char *const needed[] = {"/dev/null", "/dev/zero", "/dev/full", "/dev/random",
                                         "/dev/urandom"};
    for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
        if (add_node(build, needed[i], true, error) != 0)
            return -1;
    return add_node(build, "/dev/tty", false, error);
}

static int add_links(struct fs_build *build, struct sbx_error *error)
{
    static const char *const links[][2] = {
        {"dev/fd", "/proc/self/fd"},       {"dev/stdin", "/proc/self/fd/0"},
        {"dev/stdout", "/proc/self/fd/1"}, {"dev/stderr", "/proc/self/fd/2"},
        {"dev/ptmx", "pts/ptmx"},
    };
    for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
        struct fs_claim claim = {
            .kind = FS_CLAIM_SYMLINK, .target = links[i][0], .source = links[i][1]};
        if (add(build, claim, error) != 0)
            return -1;
    }
    return 0;
}

static int add_mounts(struct fs_build *build, struct sbx_error *error)
{
    struct fs_claim pts = {
        .kind = FS_CLAIM_DEVPTS,
        .target = "dev/pts",
        .attributes = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC,
    };
    struct fs_claim shm = {
        .kind = FS_CLAIM_TMPFS,
        .target = "dev/shm",
        .attributes = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV,
        .size = SHM_SIZE,
        .inodes = SHM_INODES,
        .mode = 01777,
    };
    return add(build, pts, error) != 0 ? -1 : add(build, shm, error);
}

/* Where the profile shows a host directory as the root, its /dev gets a tmpfs of ours on top. */
static int add_dev_itself(struct fs_build *build, struct sbx_error *error)
{
    struct fs_claim claim = {
        .kind = FS_CLAIM_TMPFS,
        .target = "dev",
        .attributes = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC,
        .size = DEV_SIZE,
        .inodes = DEV_INODES,
        .mode = 0755,
    };
    return add(build, claim, error);
}

int fs_device_claims(struct fs_build *build, struct sbx_error *error)
{
    const struct fs_claim *cover = fs_claims_cover(&build->claims, "dev", strlen("dev"));
    if (build->plan->policy->files_dev.v != DEV_MINIMAL)
        return 0;
    if (cover && cover->length && cover->kind != FS_CLAIM_TMPFS)
        return 0; /* the profile shows a /dev of its own, as it is */
    if (cover && !cover->length && add_dev_itself(build, error) != 0)
        return -1;
    if (add_nodes(build, error) != 0 || add_links(build, error) != 0)
        return -1;
    return add_mounts(build, error);
}
