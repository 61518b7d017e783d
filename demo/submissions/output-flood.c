/* SPDX-License-Identifier: MIT
 * verdict: OLE
 *
 * Prints without end.
 */
#include <stdio.h>

int main(void)
{
    for (;;)
        puts("42");
    return 0;
}
