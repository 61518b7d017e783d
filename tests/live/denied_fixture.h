/* SPDX-License-Identifier: MIT
 *
 * denied_fixture.h - runs of the payload `deny`, and what the report says of its calls.
 */
#ifndef LIVE_DENIED_FIXTURE_H
#define LIVE_DENIED_FIXTURE_H

#include "support/run.h"
#include "support/stage.h"
#include "support/test.h"
#include <string.h>

#define DENY(...)    LIST(payload("deny"), __VA_ARGS__)
#define REPORT       "syscalls.report+=truncate:EACCES unlinkat:EACCES"
#define IN_A_SECOND  1000000000
#define PTRACE_TRACE "PTRACE_TRACEME, 0, 0, 0"

/* ---- what the report says ------------------------------------------------------------------- */

static inline const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text != NULL ? text : "(null)";
}

static inline const json_t *denial_at(const struct result *r, size_t index)
{
    return json_array_get(json_object_get(r->report, "denials"), index);
}

static inline void expect_text(const struct result *r, const json_t *object, const char *key,
                               const char *text)
{
    if (strcmp(text_of(object, key), text) != 0) {
        result_print(r);
        fail_msg("%s is \"%s\", not \"%s\"", key, text_of(object, key), text);
    }
}

/* What killed the program, with where that stands. */
static inline void expect_denied(const struct result *r, const char *call, const char *args,
                                 const char *rule)
{
    const json_t *denied = json_object_get(r->report, "denied");

    expect_outcome(r, "denied", 159);
    expect_text(r, denied, "syscall", call);
    expect_text(r, denied, "args", args);
    expect_text(r, denied, "action", "kill");
    expect_text(r, denied, "rule", rule);
    assert_true(json_is_true(json_object_get(denied, "ended")));
    assert_int_equal(json_integer_value(json_object_get(denied, "inner_pid")), 2);
    assert_true(json_integer_value(json_object_get(denied, "pid")) > 2);
}

static inline int64_t count_of(const struct result *r, const char *call, const char *action)
{
    const json_t *calls = json_object_get(r->report, "denied_calls"), *one;
    size_t i;

    json_array_foreach((json_t *)calls, i,
                       one) if (strcmp(text_of(one, "syscall"), call) == 0 &&
                                strcmp(text_of(one, "action"), action) ==
                                    0) return json_integer_value(json_object_get(one, "count"));
    return 0;
}

#endif
