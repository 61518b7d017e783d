/* SPDX-License-Identifier: MIT
 *
 * probe_given_file.c - changes a file that was put beside the program for it to read.
 */
#include "escape/probe.h"
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

int main(void)
{
    if (open("given", O_WRONLY) >= 0 || truncate("given", 0) == 0)
        return escaped("it can be written");
    if (chmod("given", 0777) == 0)
        return escaped("its mode can be changed");
    if (rename("given", "other") == 0 || unlink("given") == 0)
        return escaped("it can be replaced");
    return blocked("given");
}
