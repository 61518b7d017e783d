/* SPDX-License-Identifier: MIT
 * verdict: OK
 *
 * Adds the numbers, as it was asked to.
 */
#include <stdio.h>

int main(void)
{
    long long count, number, sum = 0;

    if (scanf("%lld", &count) != 1)
        return 1;
    while (count-- > 0 && scanf("%lld", &number) == 1)
        sum += number;
    printf("%lld\n", sum);
    return 0;
}
