/* SPDX-License-Identifier: MIT
 *
 * rules.c - the table of the rules of the lint.
 */
#include "policy/rules.h"
#include <string.h>

const struct rule_row policy_rules[RULE_COUNT] = {
#define RULE(id, name, help) {name, help},
#include "policy/rules.def"
#undef RULE
};

enum rule rule_find(const char *name)
{
    unsigned rule = 0;
    while (rule < RULE_COUNT && strcmp(policy_rules[rule].name, name) != 0)
        rule++;
    return (enum rule)rule;
}
