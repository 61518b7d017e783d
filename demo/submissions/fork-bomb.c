/* SPDX-License-Identifier: MIT
 * verdict: TLE
 *
 * Forks without end. The kernel soon refuses, and the time runs out.
 */
#include <unistd.h>

int main(void)
{
    for (;;)
        fork();
    return 0;
}
