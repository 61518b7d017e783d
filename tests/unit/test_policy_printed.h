/* SPDX-License-Identifier: MIT
 *
 * test_policy_printed.h - a policy as text.
 */
#ifndef UNIT_TEST_POLICY_PRINTED_H
#define UNIT_TEST_POLICY_PRINTED_H

#include "policy/print.h"
#include "test_policy.h"

/* Owned: free(). */
static inline char *printed(const struct sbx_policy *policy, bool origins)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    assert_int_equal(policy_print(policy, origins, out), 0);
    assert_int_equal(fclose(out), 0);
    return text;
}

#endif
