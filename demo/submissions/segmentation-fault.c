/* SPDX-License-Identifier: MIT
 * verdict: RE
 *
 * Writes where nothing is.
 */
int main(void)
{
    volatile int *volatile nowhere = 0;

    *nowhere = 1;
    return 0;
}
