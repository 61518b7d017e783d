/* SPDX-License-Identifier: MIT
 *
 * die.c - dies in the way that its argument says: abort, segv, or the number of a signal.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    int *volatile nowhere = NULL;

    if (argc < 2)
        return 2;
    if (strcmp(argv[1], "abort") == 0)
        abort();
    if (strcmp(argv[1], "segv") == 0)
        return *nowhere;
    kill(getpid(), atoi(argv[1]));
    return 2;
}
