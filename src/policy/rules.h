/* SPDX-License-Identifier: MIT
 *
 * rules.h - the rules of the lint, as rules.def has them.
 */
#ifndef POLICY_RULES_H
#define POLICY_RULES_H

enum rule {
#define RULE(id, name, help) RULE_##id,
#include "policy/rules.def"
#undef RULE
    RULE_COUNT
};

struct rule_row {
    const char *name, *help;
};

/* In the order of enum rule. */
extern const struct rule_row policy_rules[RULE_COUNT];

/* The rule of that name; RULE_COUNT where there is none. */
enum rule rule_find(const char *name);

#endif
