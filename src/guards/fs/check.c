/* SPDX-License-Identifier: MIT
 *
 * check.c - what is wrong with [files] and [root] whatever the machine. Pure: it looks at no file.
 */
#include "guards/fs/fs.h"
#include <string.h>

static bool is_root(const char *path)
{
    return path && strcmp(path, "/") == 0;
}

/* They live in a tmpfs whose size nobody chose. */
enum { TEXTS_MAX = 2 << 20, PAGE = 4096 };

/* What a user namespace shows of ids that it does not have: user_namespaces(7). */
enum { OVERFLOW_ID = 65534 };

static void check_texts(const struct value_list *list, struct diag *diag)
{
    size_t sum = 0;
    for (size_t i = 0; i < list->count; i++) {
        const struct item *item = &list->items[i];
        if (is_root(item->first))
            diag_error(diag, item->origin, 0, "name a path below /",
                       "files.text: the root can't be a file");
        sum += strlen(item->second) / PAGE * PAGE + PAGE;
        if (sum > TEXTS_MAX) {
            diag_error(diag, item->origin, 0, "show large files of the host, with files.bind",
                       "files.text: all files together have more than 2M");
            return;
        }
    }
}

static int check_writable_root(const struct item *item, struct diag *diag)
{
    return diag_error(diag, item->origin, 0, "name the directories that the program has to write",
                      "the host's whole file system must not be writable inside");
}

/* What an overlay is made of, and what is said of one that there is not. */
static void check_overlay(const struct sbx_policy *policy, struct diag *diag)
{
    const struct value_upper *upper = &policy->root_upper;
    const struct value_string *image = &policy->root_image;
    const bool overlay = policy->root_base.v == BASE_OVERLAY;
    if (overlay && policy->root_lower.count == 0 && !image->v)
        diag_error(diag, policy->root_base.origin, 0,
                   "name its layers, the topmost first: lower = DIRECTORY ...; or an image",
                   "root.base = overlay has no layer: root.lower is empty");
    if (image->v && strncmp(image->v, "oci:/", 5) != 0)
        diag_error(diag, image->origin, 0,
                   "write oci:DIRECTORY or oci:DIRECTORY:TAG, with an absolute path; "
                   "${PROFILE_DIR} and ${PWD} are known",
                   "root.image: '%s' names no image", image->v);
    if (!overlay && image->v)
        diag_error(diag, image->origin, 0, "say root.base = overlay",
                   "root.image: only an overlay has layers");
    if (!overlay && policy->root_lower.count > 0)
        diag_error(diag, policy->root_lower.items[0].origin, 0, "say root.base = overlay",
                   "root.lower: only an overlay has layers");
    if (!overlay && (upper->v || upper->tmpfs))
        diag_error(diag, upper->origin, 0, "say root.base = overlay and root.lower = DIRECTORY ...",
                   "root.upper: only an overlay has a place for changes");
}

/* fuse-overlayfs sees the files of all other users as those of one, who must not be the program. */
static void check_driver(const struct sbx_policy *policy, struct diag *diag)
{
    const struct value_id *const ids[] = {&policy->identity_uid, &policy->identity_gid};
    static const char *const keys[] = {"identity.uid", "identity.gid"};
    const struct value_upper *upper = &policy->root_upper;
    if (policy->root_driver.v != DRIVER_FUSE)
        return;
    if (policy->root_base.v != BASE_OVERLAY)
        diag_error(diag, policy->root_driver.origin, 0,
                   "say root.base = overlay and root.lower = DIRECTORY ...",
                   "root.driver = fuse: only an overlay has a driver");
    if (upper->v)
        diag_error(
            diag, upper->origin, 0, "say root.driver = kernel, or root.upper = tmpfs",
            "root.upper: changes can be kept by the kernel's driver alone, for fuse-overlayfs "
            "marks what was removed in another way");
    for (size_t i = 0; i < 2; i++)
        if (ids[i]->v == OVERFLOW_ID)
            diag_error(diag, ids[i]->origin, 0, "choose another number, such as 1000",
                       "%s = %d is what every other user's files have with root.driver = fuse",
                       keys[i], OVERFLOW_ID);
}

int fs_check(const struct sbx_policy *policy, struct diag *diag)
{
    const size_t before = diag->errors;
    for (size_t i = 0; i < policy->files_rw.count; i++)
        if (is_root(policy->files_rw.items[i].first))
            check_writable_root(&policy->files_rw.items[i], diag);
    for (size_t i = 0; i < policy->files_bind.count; i++)
        if (policy->files_bind.items[i].writable && is_root(policy->files_bind.items[i].first))
            check_writable_root(&policy->files_bind.items[i], diag);
    for (size_t i = 0; i < policy->files_tmpfs.count; i++)
        if (is_root(policy->files_tmpfs.items[i].first))
            diag_error(diag, policy->files_tmpfs.items[i].origin, 0,
                       "name a directory; root.cwd is a writable one",
                       "files.tmpfs: the root is a tmpfs already, and read-only");
    for (size_t i = 0; i < policy->files_symlink.count; i++)
        if (is_root(policy->files_symlink.items[i].second))
            diag_error(diag, policy->files_symlink.items[i].origin, 0, "name a path below /",
                       "files.symlink: the root can't be a symbolic link");
    if (policy->files_mqueue.v == MQUEUE_PRIVATE && policy->namespaces_ipc.v == SHARE_HOST)
        diag_error(diag, policy->files_mqueue.origin, 0,
                   "say namespaces.ipc = private, or leave files.mqueue out",
                   "files.mqueue = private needs message queues of the sandbox's own, and "
                   "namespaces.ipc = host shares the host's");
    check_overlay(policy, diag);
    check_driver(policy, diag);
    check_texts(&policy->files_text, diag);
    for (size_t i = 0; i < policy->files_hide.count; i++)
        if (is_root(policy->files_hide.items[i].first))
            diag_error(diag, policy->files_hide.items[i].origin, 0,
                       "root.base = empty shows nothing but what [files] names",
                       "files.hide: the root can't be hidden");
    return diag->errors == before ? 0 : -1;
}
