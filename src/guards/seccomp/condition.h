/* SPDX-License-Identifier: MIT
 *
 * condition.h - from the text of a condition to an expression.
 */
#ifndef GUARDS_SECCOMP_CONDITION_H
#define GUARDS_SECCOMP_CONDITION_H

#include "base/arena.h"
#include "guards/seccomp/expr.h"
#include "policy/diag.h"
#include "policy/types.h"

/* Reads the condition of a rule in [syscall CALL].
 *
 *     CONDITION = AND [|| AND]...      AND = NOT [&& NOT]...      NOT = [!]... ( CONDITION ) | TEST
 *     TEST      = OPERAND COMPARISON VALUE | OPERAND in { VALUE, ... } | ARGUMENT & VALUE
 *     OPERAND   = ARGUMENT [& VALUE], in parentheses or not
 *     VALUE     = TERM [| TERM]...     TERM = CONSTANT | NUMBER | -NUMBER | ~TERM | ( VALUE )
 *
 * A mask binds more tightly than a comparison, other than in C. Arguments have the names of the
 * manual, or arg0 to arg5.
 *
 * rule   item->first is the call, item->second the condition
 * expr   receives the expression, which lives in the arena
 *
 * Reports an argument that the call has not, one that is an address, a constant that is not known
 * or is none of the argument's, a number that the argument has no room for, and what is no
 * condition. Returns 0 or -1; *expr is untouched on failure. */
int condition_read(const struct item *rule, struct arena *arena, const struct expr **expr,
                   struct diag *diag);

#endif
