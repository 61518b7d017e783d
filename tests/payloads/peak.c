/* SPDX-License-Identifier: MIT
 *
 * peak.c - touches some memory, gives it back, and says its own peak: peak KILOBYTES.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static long peak_kilobytes(void)
{
    char line[256];
    long peak = -1;
    FILE *file = fopen("/proc/self/status", "r");

    while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
        if (strncmp(line, "VmHWM:", 6) == 0)
            peak = atol(line + 6);
    }
    if (file != NULL)
        fclose(file);
    return peak;
}

int main(int argc, char **argv)
{
    size_t bytes = argc > 1 ? (size_t)atol(argv[1]) * 1024 : 0;

    if (bytes > 0) {
        char *memory =
            mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

        if (memory == MAP_FAILED)
            return 2;
        memset(memory, 1, bytes);
        munmap(memory, bytes);
    }
    printf("peak_bytes %ld\n", peak_kilobytes() * 1024);
    return 0;
}
