/* SPDX-License-Identifier: MIT
 *
 * seccomp_fixture.h - policies made by hand, and what their filter answers.
 *
 * No profile is loaded: lists are written as words, each word is one line of "test.ini".
 */
#ifndef UNIT_SECCOMP_FIXTURE_H
#define UNIT_SECCOMP_FIXTURE_H

#include "guards/guard.h"
#include "policy/policy.h"
#include "policy/ports.h"
#include "support/bpf_sim.h"

#include "support/test.h"
#include <errno.h>
#include <linux/audit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#if defined(__x86_64__)
#define TEST_ARCH AUDIT_ARCH_X86_64
#else
#define TEST_ARCH AUDIT_ARCH_AARCH64
#endif

#define KILLED     ((int64_t)SECCOMP_RET_KILL_PROCESS)
#define ALLOWED    ((int64_t)SECCOMP_RET_ALLOW)
#define LOGGED     ((int64_t)SECCOMP_RET_LOG)
#define FAILS(err) ((int64_t)(SECCOMP_RET_ERRNO | (err)))

/* Adds to a text in an array. */
#define text_add(text, ...)                                                                        \
    ((void)snprintf((text) + strlen(text), sizeof(text) - strlen(text), __VA_ARGS__))

/* A policy with the plan that was made of it. */
struct made {
    struct sbx_policy policy;
    struct plan plan;
    unsigned line;
};

/* Adds one word, "name", "@group", "name:38", each with '?' in front or not. */
static inline void made_word(struct made *made, struct value_list *list, const char *word)
{
    struct arena *arena = &made->policy.arena;
    struct item *items = arena_array(arena, list->count + 1, sizeof(*items));
    assert_non_null(items);
    if (list->count)
        memcpy(items, list->items, list->count * sizeof(*items));
    struct item *item = &items[list->count];
    item->optional = *word == '?';
    item->text = arena_strdup(arena, word + item->optional);
    size_t length = strcspn(item->text, ":");
    item->first = arena_strndup(arena, item->text, length);
    item->number = item->text[length] ? (int)strtol(item->text + length + 1, NULL, 10) : 0;
    item->origin = (struct origin){.file = "test.ini", .line = ++made->line};
    if (!list->count)
        list->origin = item->origin;
    list->items = items;
    list->count++;
}

static inline void made_words(struct made *made, struct value_list *list, const char *words)
{
    char *copy = strdup(words), *rest = NULL;
    assert_non_null(copy);
    for (char *word = strtok_r(copy, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
        made_word(made, list, word);
    free(copy);
}

static inline void made_family(struct made *made, int number)
{
    made_word(made, &made->policy.network_families, "family");
    struct item *items = (struct item *)made->policy.network_families.items;
    items[made->policy.network_families.count - 1].number = number;
}

/* Adds one rule to [syscall CALL]: "allow if fd == 0", "errno:13", each one more line of
 * "test.ini". Rules of one call must follow each other. */
static inline void made_rule(struct made *made, const char *call, const char *text)
{
    static const char *const kinds[] = {[ACTION_ALLOW] = "allow",
                                        [ACTION_LOG] = "log",
                                        [ACTION_ERRNO] = "errno",
                                        [ACTION_REPORT] = "report",
                                        [ACTION_KILL] = "kill"};
    struct value_list *list = &made->policy.syscall_rules;
    const char *condition = strstr(text, " if "), *colon = strchr(text, ':');
    made_word(made, list, call);
    struct item *item = (struct item *)&list->items[list->count - 1];
    item->text = arena_strdup(&made->policy.arena, text);
    item->second = condition ? item->text + (condition + 4 - text) : NULL;
    item->number =
        colon && (!condition || colon < condition) ? (int)strtol(colon + 1, NULL, 10) : 0;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (kinds[i] && strncmp(text, kinds[i], strlen(kinds[i])) == 0)
            item->kind = (enum action_kind)i;
}

static const struct item made_any_port = {.text = "any", .first = "any", .last = PORT_MAX};

/* default = kill, unknown = errno:ENOSYS, families = unix inet inet6, refused = errno:EAFNOSUPPORT,
 * and the given allow-list. */
static inline struct made *made_new(const char *allow)
{
    struct made *made = calloc(1, sizeof(*made));
    assert_non_null(made);
    made->plan.policy = &made->policy;
    made->policy.syscalls_default.kind = ACTION_KILL;
    made->policy.syscalls_unknown.kind = ACTION_ERRNO;
    made->policy.syscalls_unknown.error = ENOSYS;
    made->policy.network_refused.kind = ACTION_ERRNO;
    made->policy.network_refused.error = EAFNOSUPPORT;
    made->policy.network_tcp_connect = (struct value_list){.items = &made_any_port, .count = 1};
    made->policy.network_tcp_bind = made->policy.network_tcp_connect;
    made_family(made, AF_UNIX);
    made_family(made, AF_INET);
    made_family(made, AF_INET6);
    made->line = 0;
    made_words(made, &made->policy.syscalls_allow, allow);
    return made;
}

static inline void made_free(struct made *made)
{
    arena_free(&made->plan.arena);
    arena_free(&made->policy.arena);
    free(made);
}

static inline void made_compile(struct made *made)
{
    struct sbx_error error = {0};
    const struct host host = {0};
    if (guard_seccomp.prepare(&made->plan, &host, &error) != 0)
        fail_msg("prepare: %s", error.text);
    assert_true(made->plan.seccomp.on);
}

/* What the filter answers to one call of the native ABI. */
static inline int64_t answer4(const struct made *made, long number, uint64_t a, uint64_t b,
                              uint64_t c, uint64_t d)
{
    const struct seccomp_data data = {
        .nr = (int)number, .arch = TEST_ARCH, .instruction_pointer = 0x1000, .args = {a, b, c, d}};
    return bpf_sim(&made->plan.seccomp.program, &data);
}

static inline int64_t answer(const struct made *made, long number, uint64_t a, uint64_t b)
{
    return answer4(made, number, a, b, 0, 0);
}

/* What a filter answers that gives this action, and asks nobody. */
static inline int64_t returned(struct value_action action)
{
    switch (action.kind) {
    case ACTION_ALLOW:
        return ALLOWED;
    case ACTION_LOG:
        return LOGGED;
    case ACTION_ERRNO:
    case ACTION_REPORT:
        return FAILS(action.error);
    case ACTION_KILL:
        break;
    }
    return KILLED;
}

/* Both of what can refuse a policy, in the launch's order. */
static inline int made_try(struct made *made, struct sbx_error *error)
{
    const struct host host = {0};
    struct diag diag = {.error = error};
    if (guard_seccomp.check(&made->policy, &diag) != 0)
        return -1;
    return guard_seccomp.prepare(&made->plan, &host, error);
}

/* That the policy is refused at that line of test.ini, with these parts in text and hint. */
static inline void expect_error(struct made *made, unsigned line, const char *text,
                                const char *hint)
{
    struct sbx_error error = {0};
    assert_int_equal(made_try(made, &error), -1);
    assert_false(made->plan.seccomp.on);
    assert_null(made->plan.seccomp.program.filter);
    assert_int_equal(error.code, SBX_E_PROFILE);
    if (!strstr(error.text, text) || !strstr(error.hint, hint))
        fail_msg("text \"%s\", hint \"%s\"", error.text, error.hint);
    assert_int_equal(error.origin.line, line);
    assert_string_equal(error.origin.file, line ? "test.ini" : "");
}

/* That it is not, and leaves the plan as if nothing had been tried. */
static inline void expect_good(struct made *made)
{
    struct sbx_error error = {0};
    if (made_try(made, &error) != 0)
        fail_msg("refused: %s", error.text);
    arena_free(&made->plan.arena);
    made->plan.seccomp = (struct seccomp_plan){.on = false};
}

/* ---- what is found in a policy ------------------------------------------------------------- */

struct found {
    struct arena arena;
    struct sbx_error error;
    struct diag diag;
};

/* What sbx_check() would do with this guard. Owned: found_free(). */
static inline struct found *found_new(const struct sbx_policy *policy)
{
    struct found *found = calloc(1, sizeof(*found));
    assert_non_null(found);
    found->diag = (struct diag){.error = &found->error, .arena = &found->arena};
    guard_seccomp.names(policy, &found->diag);
    if (found->diag.errors == 0)
        guard_seccomp.check(policy, &found->diag);
    if (found->diag.errors == 0)
        guard_seccomp.review(policy, &found->diag);
    assert_false(found->diag.broken);
    return found;
}

static inline void found_free(struct found *found)
{
    arena_free(&found->arena);
    free(found);
}

/* How many findings there are of a rule; of any where it is NULL. */
static inline unsigned found_count(const struct found *found, const char *rule)
{
    unsigned count = 0;
    for (const struct finding *one = found->diag.first; one; one = one->next)
        if (!rule || strcmp(one->rule, rule) == 0)
            count++;
    return count;
}

/* That there is a finding of the rule, at that line of test.ini, with this part in its text. */
static inline void expect_found(const struct found *found, enum sbx_severity severity,
                                const char *rule, unsigned line, const char *text)
{
    for (const struct finding *one = found->diag.first; one; one = one->next)
        if (strcmp(one->rule, rule) == 0 && one->severity == severity && one->origin.line == line &&
            strstr(one->text, text))
            return;
    for (const struct finding *one = found->diag.first; one; one = one->next)
        fprintf(stderr, "%d %s %u %s\n", one->severity, one->rule, one->origin.line, one->text);
    fail_msg("no %s at line %u: %s", rule, line, text);
}

#endif
