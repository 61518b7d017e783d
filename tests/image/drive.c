/* SPDX-License-Identifier: MIT
 *
 * drive.c - the command, the cache and the folders of the tests of images.
 */
#include "image/drive.h"
#include "support/stage.h"
#include "support/test.h"
#include "support/tree.h"
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *drive_cache(void)
{
    return work_path("cache");
}

const char *const *drive_environment(void)
{
    static char cache[PATH_MAX + 32], home[PATH_MAX + 8];
    static const char *environment[] = {cache, home, "PATH=/usr/bin:/bin", NULL};
    snprintf(cache, sizeof(cache), "XDG_CACHE_HOME=%s", drive_cache());
    snprintf(home, sizeof(home), "HOME=%s", stage()->home);
    return environment;
}

void drive(struct result *result, const char *const *words)
{
    RUN(result, .profile = "", .no_report = true, .options = words, .env = drive_environment());
}

void drive_helper(struct result *result, const char *const *words)
{
    const char *argv[16] = {NULL};
    char path[PATH_MAX];
    size_t count = 1;
    snprintf(path, sizeof(path), "%s/sandbox-image", stage()->root);
    argv[0] = path;
    for (; words[count - 1]; count++)
        argv[count] = words[count - 1];
    RUN(result, .unconfined = true, .no_report = true, .argv = argv, .env = drive_environment());
}

const char *drive_layer(const struct oci *oci, unsigned i)
{
    char name[256];
    snprintf(name, sizeof(name), "cache/sandbox/layers/sha256/%s", oci->layers[i].diff_id.hex);
    return work_path(name);
}

const char *drive_file(const struct oci *oci, unsigned i, const char *name)
{
    static char texts[8][PATH_MAX];
    static unsigned turn;
    char *text = texts[turn++ % 8];
    snprintf(text, PATH_MAX, "%s/%s", drive_layer(oci, i), name);
    return text;
}

struct stat drive_stat(const struct oci *oci, unsigned i, const char *name)
{
    struct stat status;
    if (lstat(drive_file(oci, i, name), &status) != 0)
        fail_msg("there is no '%s' in the layer", name);
    return status;
}

const char *drive_content(const char *path)
{
    static char text[4096];
    FILE *file = fopen(path, "re");
    if (!file)
        return "(none)";
    size_t length = fread(text, 1, sizeof(text) - 1, file);
    text[length] = '\0';
    fclose(file);
    return text;
}

int drive_enter(void **state)
{
    (void)state;
    return mkdir(drive_cache(), 0700);
}

const char *drive_layout(void)
{
    return work_path("layout");
}

void drive_image(struct oci *oci)
{
    struct tar tar = {NULL, 0};
    oci_start(oci, drive_layout());
    oci->run = "{\"Env\": [\"A=b\", \"ODD=\\u001b[31m\"], \"Cmd\": [\"/bin/sh\", \"-c\", \"a b\"], "
               "\"User\": \"me\", \"WorkingDir\": \"/w\"}";
    TAR(&tar, "etc/", .type = '5');
    TAR(&tar, "etc/motd", .data = "lower");
    TAR(&tar, "gone", .data = "x");
    tar_end(&tar);
    oci_add(oci, &tar, PACK_NOT);
    TAR(&tar, ".wh.gone");
    TAR(&tar, "etc/motd", .data = "middle");
    tar_end(&tar);
    oci_add(oci, &tar, PACK_GZIP);
    TAR(&tar, "etc/.wh..wh..opq");
    TAR(&tar, "etc/new", .data = "upper");
    TAR(&tar, "link", .type = '2', .link = "/etc/new");
    TAR(&tar, "hard", .type = '1', .link = "etc/new");
    tar_end(&tar);
    oci_add(oci, &tar, PACK_ZSTD);
    oci_finish(oci, "3.18");
}

void drive_unpack(struct oci *oci, struct tar *tar, struct result *result)
{
    tar_end(tar);
    oci_simple(oci, drive_layout(), tar);
    DRIVE(result, "unpack", "--max-size", "64M", drive_layout());
}

void drive_succeeded(const struct result *result)
{
    if (result->status != 0)
        result_print(result);
    assert_int_equal(result->status, 0);
}

void drive_fails(const char *image, const char *why)
{
    struct result r;
    DRIVE(&r, "unpack", image);
    if (r.status != 125 || !strstr(r.err, why)) {
        result_print(&r);
        fail_msg("expected: %s", why);
    }
    result_free(&r);
}

/* ---- a folder in words ---------------------------------------------------------------------- */

static FILE *words;

static int describe(const char *path, const struct stat *status, int type, struct FTW *where)
{
    (void)type, (void)where;
    fprintf(words, "%s %o %lu %lld %lld.%ld", path, status->st_mode,
            (unsigned long)status->st_nlink,
            S_ISREG(status->st_mode) ? (long long)status->st_size : 0,
            (long long)status->st_mtim.tv_sec, status->st_mtim.tv_nsec);
    if (S_ISREG(status->st_mode))
        fprintf(words, " '%s'", drive_content(path));
    fputc('\n', words);
    return 0;
}

char *drive_snapshot(const char *path)
{
    char *text = NULL;
    size_t size = 0;
    words = open_memstream(&text, &size);
    assert_non_null(words);
    nftw(path, describe, 16, FTW_PHYS);
    assert_int_equal(fclose(words), 0);
    return text;
}

int drive_leave(void **state)
{
    struct result r;
    (void)state;
    DRIVE(&r, "remove", "--all");
    if (r.status != 0)
        result_print(&r);
    int status = r.status;
    result_free(&r);
    /* What is left of the cache are its folders alone: a layer or rubbish would keep one. */
    if (status == 0 && (rmdir(work_path("cache/sandbox/layers/sha256")) != 0 ||
                        rmdir(work_path("cache/sandbox/layers/sha512")) != 0)) {
        fprintf(stderr, "something is left in the cache\n");
        status = 1;
    }
    tree_remove(drive_cache());
    tree_remove(work_path("layout"));
    tree_remove(work_path("outside"));
    return status;
}
