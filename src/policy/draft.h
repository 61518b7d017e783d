/* SPDX-License-Identifier: MIT
 *
 * draft.h - a policy in the making: what profiles and overrides set, laid one over the other.
 */
#ifndef POLICY_DRAFT_H
#define POLICY_DRAFT_H

#include "policy/policy.h"
#include "policy/profile.h"

/* A list while it grows. */
struct draft_list {
    struct node *head, **tail;
    size_t count;
    struct origin origin;
};

struct draft {
    struct sbx_policy *policy;
    struct profile_memory memory;
    bool set[KEY_COUNT];
    struct draft_list lists[KEY_COUNT];
    bool incomplete[KEY_COUNT]; /* part of the list could not be read */
    bool all_incomplete;        /* a whole profile could not be read */
};

/* How a list takes in another one. A scalar is always replaced. */
enum draft_mode { DRAFT_ADD, DRAFT_REPLACE };

void draft_init(struct draft *draft, struct sbx_policy *policy, struct profile_memory memory);

/* Lays a setting over the draft. */
int draft_apply(struct draft *draft, const struct setting *setting, enum draft_mode mode);

/* Gives a key its default, where nothing set it. */
int draft_default(struct draft *draft, const struct key *key);

/* Gives each key that nothing set its default, and makes the lists final. */
int draft_finish(struct draft *draft);

#endif
