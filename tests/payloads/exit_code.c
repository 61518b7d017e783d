/* SPDX-License-Identifier: MIT
 *
 * exit_code.c - ends with the exit status that its argument says.
 */
#include <stdlib.h>

int main(int argc, char **argv)
{
    return argc > 1 ? atoi(argv[1]) : 0;
}
