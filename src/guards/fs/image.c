/* SPDX-License-Identifier: MIT
 *
 * image.c - root.image: the layers of an OCI image. The helper program sandbox-image knows images;
 * it unpacks into the user's cache what is not there yet, and names the directories. For as long as
 * the sandbox runs they are locked, so that nobody removes them: the lock is an open directory's
 * (flock(2)), which PID 1 inherits.
 */
#include "base/fd.h"
#include "guards/fs/fs.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sandbox/sandbox.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ANSWER_MAX = 4 << 20 };
static const char key[] = "root.image";

/* ---- the helper ----------------------------------------------------------------------------- */

/* What it writes to stdout, and to stderr. */
struct answer {
    struct {
        int fd;
        char *text; /* with a 0 byte behind it */
        size_t length;
    } streams[2];
};

static void answer_free(struct answer *answer)
{
    for (int i = 0; i < 2; i++) {
        close_fd(&answer->streams[i].fd);
        free(answer->streams[i].text);
    }
}

static int no_start(const struct origin *origin, int sys_errno, struct sbx_error *error)
{
    err_set(error, SBX_E_RESOURCE, sys_errno, FS_STAGE, "%s: sandbox-image can't be started", key);
    return err_at(error, *origin);
}

/* The launcher has blocked signals, and its caller may ignore some: the helper is a program like
 * any other. */
static int set_signals(posix_spawnattr_t *attributes)
{
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    int ret = posix_spawnattr_setsigmask(attributes, &none);
    if (ret == 0)
        ret = posix_spawnattr_setsigdefault(attributes, &all);
    return ret ? ret
               : posix_spawnattr_setflags(attributes,
                                          POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
}

static int spawn_helper(const char *path, const char *image, const int ends[2], pid_t *pid)
{
    const char *const words[] = {path, "layers", "--", image, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int ret = posix_spawn_file_actions_init(&actions);
    if (ret != 0)
        return ret;
    if ((ret = posix_spawnattr_init(&attributes)) != 0) {
        posix_spawn_file_actions_destroy(&actions);
        return ret;
    }
    ret = set_signals(&attributes);
    if (ret == 0)
        ret = posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    for (int i = 0; i < 2 && ret == 0; i++)
        ret = posix_spawn_file_actions_adddup2(&actions, ends[i], i + 1);
    if (ret == 0) /* the words are not changed */
        ret = posix_spawn(pid, path, &actions, &attributes, (char **)(uintptr_t)words, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return ret;
}

static int start(const struct value_string *image, struct answer *answer, pid_t *pid,
                 struct sbx_error *error)
{
    char path[PATH_MAX];
    int ends[2] = {-1, -1}, ret = 0;
    if (sbx_helper("sandbox-image", path, sizeof(path), error) != 0)
        return err_at(error, image->origin);
    for (int i = 0; i < 2 && ret == 0; i++) {
        int pair[2];
        ret = pipe2(pair, O_CLOEXEC) == 0 ? 0 : errno;
        if (ret == 0) {
            answer->streams[i].fd = pair[0];
            ends[i] = pair[1];
        }
    }
    if (ret == 0)
        ret = spawn_helper(path, image->v, ends, pid);
    close_fd(&ends[0]);
    close_fd(&ends[1]);
    return ret == 0 ? 0 : no_start(&image->origin, ret, error);
}

/* Reads what there is. False where too much came, or memory has run out. */
static bool take(struct answer *answer, int i)
{
    char part[4096];
    ssize_t got = read(answer->streams[i].fd, part, sizeof(part));
    if (got < 0 && errno == EINTR)
        return true;
    if (got <= 0) {
        close_fd(&answer->streams[i].fd);
        return true;
    }
    size_t length = answer->streams[i].length + (size_t)got;
    char *text = length <= ANSWER_MAX ? realloc(answer->streams[i].text, length + 1) : NULL;
    if (!text)
        return false;
    memcpy(text + answer->streams[i].length, part, (size_t)got);
    text[length] = '\0';
    answer->streams[i].text = text;
    answer->streams[i].length = length;
    return true;
}

static bool read_all(struct answer *answer)
{
    while (answer->streams[0].fd >= 0 || answer->streams[1].fd >= 0) {
        struct pollfd fds[2];
        for (int i = 0; i < 2; i++)
            fds[i] = (struct pollfd){.fd = answer->streams[i].fd, .events = POLLIN};
        if (poll(fds, 2, -1) < 0 && errno != EINTR)
            return false;
        for (int i = 0; i < 2; i++)
            if (fds[i].fd >= 0 && fds[i].revents && !take(answer, i))
                return false;
    }
    return true;
}

/* The first line says what is wrong, the second what to do. */
static int failed(const struct value_string *image, const struct answer *answer, int status,
                  struct sbx_error *error)
{
    char *text = answer->streams[1].text, *hint = text ? strchr(text, '\n') : NULL;
    if (WIFSIGNALED(status)) {
        err_set(error, SBX_E_HOST, 0, FS_STAGE, "%s: sandbox-image was ended by signal %d (%s)",
                key, WTERMSIG(status), strsignal(WTERMSIG(status)));
        return err_at(error, image->origin);
    }
    if (hint)
        *hint++ = '\0';
    err_set(error, SBX_E_HOST, 0, FS_STAGE, "%s: %s", key,
            text && *text ? text : "sandbox-image failed, and did not say why");
    if (hint && *hint) {
        hint[strcspn(hint, "\n")] = '\0';
        err_hint(error, "%s", hint);
    }
    return err_at(error, image->origin);
}

static int ask(const struct value_string *image, struct answer *answer, struct sbx_error *error)
{
    pid_t pid = -1;
    int status = 0;
    if (start(image, answer, &pid, error) != 0)
        return -1;
    const bool whole = read_all(answer);
    close_fd(&answer->streams[0].fd); /* it does not wait for a reader who is gone */
    close_fd(&answer->streams[1].fd);
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return no_start(&image->origin, errno, error);
    if (!whole)
        return err_memory(error, FS_STAGE);
    if (status != 0)
        return failed(image, answer, status, error);
    return 0;
}

/* ---- its layers ----------------------------------------------------------------------------- */

static int add_layer(struct fs_build *build, const char *path, struct fs_image *image,
                     struct sbx_error *error)
{
    struct fs_source source;
    int ret = fs_source_look(build->claims.arena, path, &source);
    if (ret == ENOMEM)
        return err_memory(error, FS_STAGE);
    if (ret != 0 || !S_ISDIR(source.mode)) {
        err_set(error, SBX_E_HOST, ret, FS_STAGE, "%s: the layer %s has gone", key, path);
        err_hint(error, "run it again");
        return err_at(error, image->origin);
    }
    image->layers[image->count++] = (struct fs_image_layer){
        .path = source.path,
        .device = source.device,
        .inode = source.inode,
        .mode = source.mode,
        .uid = source.uid,
        .gid = source.gid,
        .lock = -1,
    };
    return 0;
}

/* Absolute paths, each with a NUL byte behind it. */
static bool is_list(const char *text, size_t length)
{
    if (!text || length == 0 || text[length - 1] != '\0')
        return false;
    for (const char *path = text; path < text + length; path += strlen(path) + 1)
        if (path[0] != '/')
            return false;
    return true;
}

static int read_layers(struct fs_build *build, const char *text, size_t length,
                       struct fs_image *image, struct sbx_error *error)
{
    size_t count = 0;
    if (!is_list(text, length)) {
        err_set(error, SBX_E_HOST, 0, FS_STAGE,
                "%s: the answer of sandbox-image names no directories", key);
        err_hint(error, "is it of another version than sandbox?");
        return err_at(error, image->origin);
    }
    for (size_t i = 0; i < length; i++)
        count += text[i] == '\0';
    image->layers = arena_array(build->claims.arena, count, sizeof(*image->layers));
    if (!image->layers)
        return err_memory(error, FS_STAGE);
    for (const char *path = text; path < text + length; path += strlen(path) + 1)
        if (add_layer(build, path, image, error) != 0)
            return -1;
    return 0;
}

int fs_image(struct fs_build *build, struct sbx_error *error)
{
    const struct value_string *image = &build->plan->policy->root_image;
    struct answer answer = {.streams = {{.fd = -1}, {.fd = -1}}};
    struct fs_image found = {.origin = image->origin};
    if (!image->v)
        return 0;
    int ret = ask(image, &answer, error);
    if (ret == 0 && answer.streams[0].length == 0)
        ret = failed(image, &answer, 0, error);
    if (ret == 0)
        ret = read_layers(build, answer.streams[0].text, answer.streams[0].length, &found, error);
    if (ret == 0)
        build->plan->fs.image = found;
    answer_free(&answer);
    return ret;
}

/* ---- in use --------------------------------------------------------------------------------- */

static bool is_layer(const struct fs_image_layer *layer, const struct stat *st)
{
    return st->st_dev == layer->device && st->st_ino == layer->inode;
}

/* Returns 0 or an errno value. What is locked must be the layer, and after that its path must still
 * lead to it: whoever removes a layer has it locked meanwhile. */
static int lock_layer(struct fs_image_layer *layer)
{
    struct stat locked, there;
    autofd lock = open(layer->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (lock < 0 || flock(lock, LOCK_SH) != 0 || fstat(lock, &locked) != 0 ||
        lstat(layer->path, &there) != 0)
        return errno;
    if (!is_layer(layer, &locked) || !is_layer(layer, &there))
        return ESTALE;
    layer->lock = take_fd(&lock);
    return 0;
}

int fs_image_arm(struct plan *plan, struct sbx_error *error)
{
    struct fs_image *image = &plan->fs.image;
    for (size_t i = 0; i < image->count; i++) {
        const int ret = lock_layer(&image->layers[i]);
        if (ret == 0)
            continue;
        fs_image_disarm(plan);
        err_set(error, SBX_E_HOST, ret, FS_STAGE, "%s: the layer %s can't be kept in place", key,
                image->layers[i].path);
        if (ret == ENOENT || ret == ESTALE)
            err_hint(error, "it was removed while the sandbox was starting: run it again");
        return err_at(error, image->origin);
    }
    return 0;
}

void fs_image_disarm(struct plan *plan)
{
    for (size_t i = 0; i < plan->fs.image.count; i++)
        close_fd(&plan->fs.image.layers[i].lock);
}
