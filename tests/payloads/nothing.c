/* SPDX-License-Identifier: MIT
 *
 * nothing.c - ends at once. The smallest program there is.
 */
int main(void)
{
    return 0;
}
