/* SPDX-License-Identifier: MIT
 * verdict: RE
 *
 * Knows that it is wrong, and says so by its exit status.
 */
int main(void)
{
    return 3;
}
