/* SPDX-License-Identifier: MIT
 *
 * probe_sysv_shm.c - attaches a shared memory segment of the host.
 */
#include "escape/probe.h"
#include <stdint.h>
#include <sys/shm.h>

int main(int argc, char **argv)
{
    const char *memory;

    if (argc < PROBE_ARGUMENTS)
        return BROKEN;
    memory = shmat(atoi(argv[SHM]), NULL, SHM_RDONLY);
    if ((intptr_t)memory == -1)
        return blocked("shmat");
    return strcmp(memory, SECRET_TEXT) == 0 ? escaped("shmat") : blocked("another segment");
}
