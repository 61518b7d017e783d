/* SPDX-License-Identifier: MIT
 *
 * replay.c - main() of a target without libFuzzer: feeds it files, so that what a fuzzer has found
 * once is an ordinary test for every compiler.
 *
 *     fuzz_TARGET FILE|FOLDER...
 */
#include "expect.h"
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { INPUT_BYTES = 1024 * 1024 };

static int fail(const char *path, const char *what)
{
    fprintf(stderr, "replay: %s: %s: %s\n", path, what, strerror(errno));
    return -1;
}

/* Each input has a buffer of just its size, for the sanitizer to see its end. */
static int replay_file(const char *path)
{
    static uint8_t buffer[INPUT_BYTES];
    FILE *file = fopen(path, "re");
    if (!file)
        return fail(path, "can't open it");
    size_t size = fread(buffer, 1, sizeof(buffer), file);
    int broken = ferror(file);
    fclose(file);
    uint8_t *input = broken ? NULL : malloc(size ? size : 1);
    if (!input)
        return fail(path, "can't read it");
    memcpy(input, buffer, size);
    fprintf(stderr, "replay: %s\n", path); /* the last one is the one that failed */
    LLVMFuzzerTestOneInput(input, size);
    free(input);
    return 0;
}

static int replay_folder(const char *path, size_t *count)
{
    DIR *folder = opendir(path);
    const struct dirent *entry;
    int result = 0;
    if (!folder)
        return fail(path, "can't open it");
    while (result == 0 && (entry = readdir(folder)) != NULL) {
        char name[4096];
        if (entry->d_name[0] == '.')
            continue;
        snprintf(name, sizeof(name), "%s/%s", path, entry->d_name);
        result = replay_file(name);
        ++*count;
    }
    closedir(folder);
    return result;
}

int main(int argc, char **argv)
{
    size_t count = 0;
    for (int i = 1; i < argc; i++) {
        struct stat status;
        bool folder = stat(argv[i], &status) == 0 && S_ISDIR(status.st_mode);
        count += !folder;
        if ((folder ? replay_folder(argv[i], &count) : replay_file(argv[i])) != 0)
            return 1;
    }
    fprintf(stderr, "replay: %zu inputs\n", count);
    return count ? 0 : 1;
}
