/* SPDX-License-Identifier: MIT
 *
 * probe_personality.c - takes address space randomisation away from its children.
 */
#include "escape/probe.h"
#include <sys/personality.h>

int main(void)
{
    return judge_call("personality", personality(ADDR_NO_RANDOMIZE));
}
