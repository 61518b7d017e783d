/* SPDX-License-Identifier: MIT
 *
 * probe_list_processes.c - looks for processes that are neither its own nor its PID 1.
 */
#include "escape/probe.h"
#include <ctype.h>
#include <dirent.h>
#include <unistd.h>

int main(void)
{
    struct dirent *entry;
    DIR *proc = opendir("/proc");

    if (proc == NULL)
        return blocked("/proc");
    while ((entry = readdir(proc)) != NULL) {
        if (isdigit((unsigned char)entry->d_name[0]) && atoi(entry->d_name) != 1 &&
            atoi(entry->d_name) != getpid())
            return escaped(entry->d_name);
    }
    return blocked("no other process");
}
