/* SPDX-License-Identifier: MIT
 * verdict: WA
 *
 * Takes a 32-bit sum for good enough.
 */
#include <stdint.h>
#include <stdio.h>

int main(void)
{
    long long count, number;
    uint32_t sum = 0;

    if (scanf("%lld", &count) != 1)
        return 1;
    while (count-- > 0 && scanf("%lld", &number) == 1)
        sum += (uint32_t)number;
    printf("%d\n", (int32_t)sum);
    return 0;
}
