/* SPDX-License-Identifier: MIT
 * verdict: TLE
 *
 * Never ends, and uses no time of the processor for it.
 */
#include <unistd.h>

int main(void)
{
    for (;;)
        pause();
    return 0;
}
