/* SPDX-License-Identifier: MIT
 *
 * probe_hidden.c - reads a file that files.hide hides, in a folder that the program may write, and
 * that is shown a second time at /again. See before_hidden() for what is there.
 */
#include "escape/probe.h"
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define HIDDEN_TEXT "nobody's business\n"

static char jail[4096];

static int reads(const char *start, const char *path)
{
    char whole[8192], text[64] = "";
    snprintf(whole, sizeof(whole), "%s%s", start, path);
    int fd = open(whole, O_RDONLY);
    int found = fd >= 0 && read(fd, text, sizeof(text) - 1) > 0 && strcmp(text, HIDDEN_TEXT) == 0;

    if (fd >= 0)
        close(fd);
    return found;
}

static const char *in_jail(const char *name)
{
    static char places[2][4200];
    static unsigned turn;
    char *place = places[turn++ % 2];

    snprintf(place, sizeof(places[0]), "%s/%s", jail, name);
    return place;
}

/* What is done first; what fails may have worked all the same. */
static int prepare(const char *variant)
{
    if (strcmp(variant, "rename") == 0)
        return rename(in_jail("deep/deeper/secret"), in_jail("deep/deeper/moved"));
    if (strcmp(variant, "rename-above") == 0)
        return rename(in_jail("deep/deeper"), in_jail("deep/moved"));
    if (strcmp(variant, "rename-top") == 0)
        return rename(in_jail("deep"), in_jail("moved"));
    if (strcmp(variant, "rename-again") == 0)
        return rename("/again/deep", "/again/moved");
    if (strcmp(variant, "link") == 0)
        return link(in_jail("deep/deeper/secret"), in_jail("deep/moved"));
    if (strcmp(variant, "symlink") == 0)
        return symlink("deep/deeper/secret", in_jail("moved"));
    if (strcmp(variant, "chmod") == 0)
        return chmod(in_jail("deep/deeper/secret"), 0666);
    if (strcmp(variant, "replace") == 0) {
        close(open(in_jail("new"), O_WRONLY | O_CREAT, 0600));
        return rename(in_jail("new"), in_jail("deep/deeper/secret"));
    }
    if (strcmp(variant, "remove") == 0)
        return unlink(in_jail("deep/deeper/secret"));
    return 0;
}

/* Every way that a path may go. */
static int found_anywhere(void)
{
    static const char *const starts[] = {"", "/proc/self/root", "/proc/self/cwd/../../../../../..",
                                         "/proc/1/root", "/proc/thread-self/root"};
    static const char *const names[] = {"deep/deeper/secret",  "deep/deeper/../deeper/./secret",
                                        "deep/deeper/moved",   "deep/moved",
                                        "deep/moved/secret",   "moved",
                                        "moved/deeper/secret", "before",
                                        "before-above/secret"};
    char path[8192];
    size_t i, j;

    for (i = 0; i < sizeof(starts) / sizeof(*starts); i++) {
        for (j = 0; j < sizeof(names) / sizeof(*names); j++) {
            if (reads(starts[i], in_jail(names[j])))
                return 1;
            snprintf(path, sizeof(path), "/again/%s", names[j]);
            if (reads(starts[i], path))
                return 1;
        }
    }
    return 0;
}

int main(int argc, char **argv)
{
    size_t length;

    if (argc < PROBE_ARGUMENTS)
        return BROKEN;
    length = strlen(argv[SECRET]) - strlen("/home/secret");
    snprintf(jail, sizeof(jail), "%.*s/work/jail", (int)length, argv[SECRET]);
    errno = 0;
    int result = prepare(argv[VARIANT]);

    int why = errno;
    if (found_anywhere())
        return escaped(argv[VARIANT]);
    /* To change what is hidden is as bad as to read it. */
    if (result == 0 && strncmp(argv[VARIANT], "re", 2) == 0)
        return escaped(argv[VARIANT]);
    errno = result == 0 ? errno : why;
    return blocked(argv[VARIANT]);
}
