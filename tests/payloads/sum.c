/* SPDX-License-Identifier: MIT
 *
 * sum.c - adds the numbers on its standard input, and says the sum.
 */
#include <stdio.h>

int main(void)
{
    long long number, sum = 0;

    while (scanf("%lld", &number) == 1)
        sum += number;
    printf("%lld\n", sum);
    return 0;
}
