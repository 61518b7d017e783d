/* SPDX-License-Identifier: MIT
 *
 * entry.c - makes files, directories, links, pipes and whiteouts. Everything here comes from
 * whoever made the archive; it names nothing but a component in a directory that tree.h has opened.
 */
#include "image/entry.h"
#include "base/error.h"
#include "base/fd.h"
#include "image/reference.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

/* ---- errors --------------------------------------------------------------------------------- */

/* "the entry 'NAME' ...". Returns -1. */
static int refuse(struct unpacking *u, const char *why, int number)
{
    const struct name *name = &u->name;
    return err_set(u->error, SBX_E_HOST, number, IMAGE_STAGE, "%s: the entry '%s%s%s'", why,
                   name->parent, *name->parent ? "/" : "", name->last);
}

static int failed(struct unpacking *u, const char *what, int number)
{
    refuse(u, what, number);
    if (number == ENOSPC || number == EDQUOT)
        err_hint(u->error, "XDG_CACHE_HOME can lead to a file system with more room");
    return -1;
}

/* What overlayfs wants to see, and not every file system can hold. */
static int unable(struct unpacking *u, const char *what, int number)
{
    refuse(u, what, number);
    return err_hint(u->error, "the cache must be on a file system with whiteouts and user.* "
                              "attributes, such as ext4, xfs or btrfs: XDG_CACHE_HOME can name it");
}

/* ---- directories --------------------------------------------------------------------------------
 */

static bool is_whiteout(const struct stat *status)
{
    return S_ISCHR(status->st_mode) && status->st_rdev == 0;
}

/* Hides all that the layers below have in a directory. */
static int make_opaque(struct unpacking *u, int parent, const char *name)
{
    autofd fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 || fsetxattr(fd, "user.overlay.opaque", "y", 1, 0) != 0)
        return unable(u, "can't mark a directory as opaque", errno);
    return 0;
}

/* What is in the way of a directory may be a whiteout of this layer, which speaks of the layers
 * below: it becomes a directory that hides what they have. 1 where it did; 0; -1 after an error. */
static int replace_whiteout(struct unpacking *u)
{
    struct name wrong;
    struct stat status;
    int parent;
    if (name_read(u->tree.wrong, &wrong) ||
        tree_folder(&u->tree, wrong.parent, false, &parent) != 0)
        return 0;
    if (fstatat(parent, wrong.last, &status, AT_SYMLINK_NOFOLLOW) != 0 || !is_whiteout(&status))
        return 0;
    if (unlinkat(parent, wrong.last, 0) != 0 || mkdirat(parent, wrong.last, 0755) != 0)
        return failed(u, "can't make a directory of the layer", errno);
    return make_opaque(u, parent, wrong.last) == 0 ? 1 : -1;
}

static int open_folder(struct unpacking *u, const char *path, int *fd)
{
    int result, replaced = 1;
    while ((result = tree_folder(&u->tree, path, true, fd)) == -ENOTDIR && replaced > 0)
        replaced = replace_whiteout(u);
    if (result == 0 || replaced < 0)
        return result == 0 ? 0 : -1;
    if (result != -ENOTDIR && result != -ELOOP)
        return failed(u, "can't open a directory of the layer", -result);
    return err_set(u->error, SBX_E_HOST, 0, IMAGE_STAGE,
                   "the layer leads through '%s', which is no directory: the entry '%s/%s'",
                   u->tree.wrong, u->name.parent, u->name.last);
}

/* ---- what stands there already -------------------------------------------------------------- */

/* Makes room for an entry: of two with one name the later one counts. A directory that is to be a
 * directory stays, *stays tells; *hides that the layer says that what is below is gone. */
static int make_room(struct unpacking *u, int parent, bool folder, bool *stays, bool *hides)
{
    struct stat status;
    *stays = *hides = false;
    if (fstatat(parent, u->name.last, &status, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == ENOENT ? 0 : failed(u, "can't look at what is there already", errno);
    *hides = is_whiteout(&status);
    *stays = folder && S_ISDIR(status.st_mode);
    if (*stays)
        return 0;
    int result = tree_remove_at(parent, u->name.last);
    return result == 0 ? 0 : failed(u, "can't replace what is there already", -result);
}

/* ---- attributes ----------------------------------------------------------------------------- */

static struct timespec time_of(struct archive_entry *entry)
{
    struct timespec time = {.tv_sec = archive_entry_mtime(entry),
                            .tv_nsec = archive_entry_mtime_nsec(entry)};
    const time_t last = 253402300799; /* the year 9999: file systems hold no more, or less */
    if (time.tv_sec > last)
        time.tv_sec = last;
    if (time.tv_sec < -last)
        time.tv_sec = -last;
    if (time.tv_nsec < 0 || time.tv_nsec > 999999999)
        time.tv_nsec = 0;
    return time;
}

/* Without set-user-id and set-group-id: they would lend the owner of the cache. */
static mode_t mode_of(struct unpacking *u, struct archive_entry *entry)
{
    mode_t mode = archive_entry_perm(entry), keep = 0777;
    if (archive_entry_filetype(entry) == AE_IFDIR)
        keep |= S_ISVTX;
    u->unpacked->modes += (mode & (S_ISUID | S_ISGID)) != 0;
    return mode & keep;
}

/* None is kept: with some of them, user.overlay.* for one, a layer could speak to overlayfs, and
 * the others say what an unprivileged sandbox has no use for. */
static void count_attributes(struct unpacking *u, struct archive_entry *entry)
{
    u->unpacked->attributes +=
        archive_entry_xattr_count(entry) > 0 || archive_entry_acl_types(entry) != 0;
}

/* ---- kinds of entries ----------------------------------------------------------------------- */

static int write_piece(struct unpacking *u, int fd, const char *data, size_t length, off_t at)
{
    while (length) {
        ssize_t put = pwrite(fd, data, length, at);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return failed(u, "can't write a file of the layer", put < 0 ? errno : EIO);
        data += put;
        at += put;
        length -= (size_t)put;
    }
    return 0;
}

/* The content. Holes stay holes. */
static int write_content(struct unpacking *u, int fd, la_int64_t size)
{
    const void *data;
    size_t length;
    la_int64_t offset;
    int status;
    while ((status = archive_read_data_block(u->archive, &data, &length, &offset)) == ARCHIVE_OK) {
        if (offset < 0 || offset > size || length > (uint64_t)(size - offset))
            return refuse(u, "a file is longer than it says", 0);
        if (write_piece(u, fd, data, length, offset) != 0)
            return -1;
    }
    if (status != ARCHIVE_EOF)
        return refuse(u, archive_error_string(u->archive), 0);
    return ftruncate(fd, size) == 0 ? 0 : failed(u, "can't write a file of the layer", errno);
}

static int take_file(struct unpacking *u, int parent, struct archive_entry *entry)
{
    la_int64_t size = archive_entry_size(entry);
    struct timespec times[2] = {time_of(entry), time_of(entry)};
    if (size < 0 || (uint64_t)size > u->budget->bytes - u->unpacked->bytes) {
        refuse(u, "the image is larger, unpacked, than what is allowed", 0);
        return err_hint(u->error, "if it may be so large: sandbox image unpack --max-size SIZE");
    }
    u->unpacked->bytes += (uint64_t)size;
    autofd fd =
        openat(parent, u->name.last, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return failed(u, "can't make a file of the layer", errno);
    if (write_content(u, fd, size) != 0)
        return -1;
    if (fchmod(fd, mode_of(u, entry)) != 0 || futimens(fd, times) != 0)
        return failed(u, "can't set mode and time of a file of the layer", errno);
    return 0;
}

/* A further name of a file of this layer. */
static int take_hard_link(struct unpacking *u, struct archive_entry *entry)
{
    struct stat status;
    bool stays, hides;
    int from, to;
    const char *why = name_read(archive_entry_hardlink(entry), &u->target);
    if (why || u->target.kind != NAME_ENTRY || !*u->target.last)
        return refuse(u, why ? why : "a hard link to what can't have one", 0);
    int result = tree_folder(&u->tree, u->target.parent, false, &from);
    if (result == 0 && fstatat(from, u->target.last, &status, AT_SYMLINK_NOFOLLOW) != 0)
        result = -errno;
    if (result != 0)
        return refuse(u, "a hard link to what is not in this layer", -result);
    if (!S_ISREG(status.st_mode) && !S_ISLNK(status.st_mode))
        return refuse(u, "a hard link to what is no file", 0);
    if (strcmp(u->target.parent, u->name.parent) == 0 && strcmp(u->target.last, u->name.last) == 0)
        return refuse(u, "a hard link to itself", 0);

    autofd source = fcntl(from, F_DUPFD_CLOEXEC, 3); /* the tree holds one directory at a time */
    if (source < 0)
        return failed(u, "can't make a hard link of the layer", errno);
    if (open_folder(u, u->name.parent, &to) != 0 || make_room(u, to, false, &stays, &hides) != 0)
        return -1;
    if (linkat(source, u->target.last, to, u->name.last, 0) != 0)
        return failed(u, "can't make a hard link of the layer", errno);
    return 0;
}

static int take_symbolic_link(struct unpacking *u, int parent, struct archive_entry *entry)
{
    const char *target = archive_entry_symlink(entry);
    struct timespec times[2] = {time_of(entry), time_of(entry)};
    if (!target || !*target)
        return refuse(u, "a symbolic link that leads nowhere", 0);
    if (symlinkat(target, parent, u->name.last) != 0 ||
        utimensat(parent, u->name.last, times, AT_SYMLINK_NOFOLLOW) != 0)
        return failed(u, "can't make a symbolic link of the layer", errno);
    return 0;
}

static int take_pipe(struct unpacking *u, int parent, struct archive_entry *entry)
{
    struct timespec times[2] = {time_of(entry), time_of(entry)};
    if (mkfifoat(parent, u->name.last, 0600) != 0 ||
        fchmodat(parent, u->name.last, mode_of(u, entry), 0) != 0 ||
        utimensat(parent, u->name.last, times, AT_SYMLINK_NOFOLLOW) != 0)
        return failed(u, "can't make a named pipe of the layer", errno);
    return 0;
}

/* Remembers what a directory shall be like. */
static int remember_folder(struct unpacking *u, struct archive_entry *entry)
{
    char *path = NULL;
    if (u->folder_count == u->folder_room) {
        size_t room = u->folder_room ? 2 * u->folder_room : 256;
        struct folder *more = reallocarray(u->folders, room, sizeof(*more));
        if (!more)
            return err_memory(u->error, IMAGE_STAGE);
        u->folders = more;
        u->folder_room = room;
    }
    const char *parent = u->name.parent;
    if (asprintf(&path, "%s%s%s", parent, *parent ? "/" : "", u->name.last) < 0)
        return err_memory(u->error, IMAGE_STAGE);
    u->folders[u->folder_count] = (struct folder){
        .path = path, .order = u->folder_count, .mode = mode_of(u, entry), .time = time_of(entry)};
    u->folder_count++;
    return 0;
}

static int take_folder(struct unpacking *u, int parent, bool stays, bool hides,
                       struct archive_entry *entry)
{
    if (!stays && mkdirat(parent, u->name.last, 0700) != 0)
        return failed(u, "can't make a directory of the layer", errno);
    if (hides && make_opaque(u, parent, u->name.last) != 0)
        return -1;
    return remember_folder(u, entry);
}

/* ---- whiteouts ------------------------------------------------------------------------------ */

/* What the layer itself has of that name is not hidden by it; of a directory all else is. */
static int take_whiteout(struct unpacking *u, int parent)
{
    struct stat status;
    u->unpacked->whiteouts++;
    if (fstatat(parent, u->name.last, &status, AT_SYMLINK_NOFOLLOW) == 0)
        return S_ISDIR(status.st_mode) ? make_opaque(u, parent, u->name.last) : 0;
    if (mknodat(parent, u->name.last, S_IFCHR | 0600, 0) != 0)
        return unable(u, "can't make a whiteout", errno);
    return 0;
}

static int take_mark(struct unpacking *u, struct archive_entry *entry)
{
    int parent;
    if (u->name.kind == NAME_RESERVED) {
        u->unpacked->reserved++;
        return 0;
    }
    if (archive_entry_filetype(entry) != AE_IFREG && !archive_entry_hardlink(entry))
        return refuse(u, "a whiteout that is no file", 0);
    if (open_folder(u, u->name.parent, &parent) != 0)
        return -1;
    if (u->name.kind == NAME_WHITEOUT)
        return take_whiteout(u, parent);
    u->unpacked->opaque++;
    return make_opaque(u, parent, ".");
}

/* ---- all of them ---------------------------------------------------------------------------- */

static int take_thing(struct unpacking *u, struct archive_entry *entry)
{
    mode_t type = archive_entry_filetype(entry);
    bool stays, hides;
    int parent;
    if (open_folder(u, u->name.parent, &parent) != 0 ||
        make_room(u, parent, type == AE_IFDIR, &stays, &hides) != 0)
        return -1;
    count_attributes(u, entry);
    switch (type) {
    case AE_IFREG:
        return take_file(u, parent, entry);
    case AE_IFDIR:
        return take_folder(u, parent, stays, hides, entry);
    case AE_IFLNK:
        return take_symbolic_link(u, parent, entry);
    case AE_IFIFO:
        return take_pipe(u, parent, entry);
    default:
        return refuse(u, "an entry of a kind that layers don't have", 0);
    }
}

int entry_take(struct unpacking *u, struct archive_entry *entry)
{
    const char *text = archive_entry_pathname(entry);
    const char *why = text ? name_read(text, &u->name) : "an entry without a name";
    mode_t type = archive_entry_filetype(entry);
    if (why)
        return err_set(u->error, SBX_E_HOST, 0, IMAGE_STAGE, "%s: the entry '%s'", why,
                       text ? text : "");
    if (u->name.kind != NAME_ENTRY)
        return take_mark(u, entry);
    if (!*u->name.last) /* the layer's own root */
        return type == AE_IFDIR && !archive_entry_hardlink(entry)
                   ? remember_folder(u, entry)
                   : refuse(u, "the layer's root is to be no directory", 0);
    if (type == AE_IFCHR || type == AE_IFBLK) {
        u->unpacked->devices++;
        return 0;
    }
    return archive_entry_hardlink(entry) ? take_hard_link(u, entry) : take_thing(u, entry);
}
