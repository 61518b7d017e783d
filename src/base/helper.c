/* SPDX-License-Identifier: MIT
 *
 * helper.c - where the helper programs are. Starts none of them.
 */
#include "base/error.h"
#include <errno.h>
#include <limits.h>
#include <sandbox/sandbox.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define HELPER_STAGE "helper"

/* The directory of the running executable, without links and without its last slash. */
static int program_folder(char path[PATH_MAX])
{
    ssize_t length = readlink("/proc/self/exe", path, PATH_MAX - 1);
    if (length <= 0)
        return -1;
    path[length] = '\0';
    char *slash = strrchr(path, '/');
    if (!slash)
        return -1;
    *slash = '\0';
    return 0;
}

/* As with the profiles: only what lies in a "bin" is an installation that was moved; else a program
 * lies beside its helpers, as in a build tree. */
static int beside(const char *name, char *path, size_t size)
{
    static const char bin[] = "/bin";
    char folder[PATH_MAX];
    if (program_folder(folder) != 0)
        return -1;
    size_t length = strlen(folder), tail = sizeof(bin) - 1;
    bool installed = length >= tail && strcmp(folder + length - tail, bin) == 0;
    int used = installed ? snprintf(path, size, "%.*s/libexec/sandbox/%s", (int)(length - tail),
                                    folder, name)
                         : snprintf(path, size, "%s/%s", folder, name);
    return used > 0 && (size_t)used < size && access(path, X_OK) == 0 ? 0 : -1;
}

int sbx_helper(const char *name, char *path, size_t size, struct sbx_error *error)
{
    char found[PATH_MAX];
    int used;
    if (beside(name, found, sizeof(found)) != 0) {
        used = snprintf(found, sizeof(found), SANDBOX_LIBEXECDIR "/%s", name);
        if (used < 0 || (size_t)used >= sizeof(found) || access(found, X_OK) != 0) {
            err_set(error, SBX_E_HOST, ENOENT, HELPER_STAGE, "there is no helper program '%s'",
                    name);
            return err_hint(error, "it is installed with sandbox as %s/%s", SANDBOX_LIBEXECDIR,
                            name);
        }
    }
    if (strlen(found) >= size)
        return err_set(error, SBX_E_USAGE, ENAMETOOLONG, HELPER_STAGE, "the path of '%s'", name);
    memcpy(path, found, strlen(found) + 1);
    return 0;
}
