/* SPDX-License-Identifier: MIT
 *
 * probe_see_host.c - looks for what else is on the host: its variant is a folder.
 */
#include "escape/probe.h"
#include <dirent.h>

int main(int argc, char **argv)
{
    struct dirent *entry;
    DIR *folder;

    if (argc < PROBE_ARGUMENTS)
        return BROKEN;
    folder = opendir(argv[VARIANT]);
    if (folder == NULL)
        return blocked(argv[VARIANT]);
    while ((entry = readdir(folder)) != NULL) {
        if (entry->d_name[0] != '.')
            return escaped(entry->d_name);
    }
    return blocked("the folder is empty");
}
