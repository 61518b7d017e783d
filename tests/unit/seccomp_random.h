/* SPDX-License-Identifier: MIT
 *
 * seccomp_random.h - policies made by chance, the same in each run, and filters compiled of them
 * and of the shipped profiles.
 */
#ifndef UNIT_SECCOMP_RANDOM_H
#define UNIT_SECCOMP_RANDOM_H

#include "guards/seccomp/cases.h"
#include "guards/seccomp/filter.h"
#include "guards/seccomp/numbers.h"
#include "policy/load.h"
#include "seccomp_fixture.h"

struct chance {
    uint64_t state;
};

/* xorshift64; not 0 at the start. */
static inline uint32_t chance(struct chance *chance, uint32_t below)
{
    chance->state ^= chance->state << 13;
    chance->state ^= chance->state >> 7;
    chance->state ^= chance->state << 17;
    return (uint32_t)(chance->state >> 32) % below;
}

/* Zero at first; what is compiled before is freed by what is compiled next. */
struct compiled {
    struct arena arena;
    struct call_table table;
    struct filter filter;
};

static inline void compile_policy(const struct sbx_policy *policy, struct compiled *compiled)
{
    struct sbx_error error = {0};
    struct diag diag = {.error = &error};
    arena_free(&compiled->arena);
    if (filter_settle(policy, &compiled->arena, &compiled->table, &diag) != 0 ||
        filter_write(policy, &compiled->table, &compiled->filter, &diag) != 0)
        fail_msg("%s", error.text);
}

/* Whether a call has rules of its own, or what it gets depends on its arguments. */
static inline bool is_narrowed(const struct sbx_policy *policy, const struct call_table *table,
                               int number)
{
    static struct cases cases;
    cases_make(policy, table, number, &cases);
    return cases.count > 1 || table->of[number].rules;
}

static const char *const shipped_profiles[] = {
    "base", "build", "dry-run", "judge", "judge-java", "judge-node", "judge-python",
};
enum {
    SHIPPED_JUDGE = 3,
    SHIPPED_PROFILES = sizeof(shipped_profiles) / sizeof(shipped_profiles[0])
};

/* Owned: policy_free(). */
static inline struct sbx_policy *load_shipped(size_t index)
{
    struct sbx_policy *policy = NULL;
    struct sbx_error error = {0};
    char path[4096];
    snprintf(path, sizeof(path), "%s/%s.ini", SANDBOX_PROFILES, shipped_profiles[index]);
    if (policy_load(path, NULL, 0, &policy, &error) != 0)
        fail_msg("%s: %s", path, error.text);
    return policy;
}

static inline struct value_action random_action(struct chance *by)
{
    static const int errors[] = {EPERM, ENOSYS, EACCES, 133};
    return (struct value_action){.kind = (enum action_kind)chance(by, 5),
                                 .error = errors[chance(by, 4)]};
}

/* Gives the call to one of the lists, or to none. */
static inline void random_word(struct made *made, struct chance *by, const char *name, int number)
{
    char word[CALL_NAME_SIZE + 16];
    static const struct call_table native = {.abi = ABI_NATIVE};
    const char *why, *instead;
    const bool may_pass = !house_forbids(&native, number, &why, &instead);
    const bool must_pass = number == SYS_execve || number == SYS_exit_group;
    struct sbx_policy *policy = &made->policy;
    snprintf(word, sizeof(word), "%s:%u", name, 1 + chance(by, 3));
    const uint32_t which = must_pass ? 0 : may_pass ? chance(by, 6) : 2 + chance(by, 4);
    if (which == 0)
        made_word(made, &policy->syscalls_allow, name);
    else if (which == 1)
        made_word(made, &policy->syscalls_log, name);
    else if (which == 2)
        made_word(made, &policy->syscalls_errno, word);
    else if (which == 3)
        made_word(made, &policy->syscalls_kill, name);
    else if (which == 4)
        made_word(made, &policy->syscalls_report, word);
}

/* A condition on one of some arguments, of each width and order. */
static inline void random_test(struct chance *by, char *text, size_t size)
{
    static const char *const arguments[] = {"fd", "offset", "whence", "arg1 & 0xff00ff00ff"};
    static const char *const comparisons[] = {"==", "!=", "<", "<=", ">", ">="};
    static const char *const values[] = {"0", "1", "7", "0x7fffffff", "2", "0x100"};
    static const char *const wide[] = {"0x100000000", "0xff000000ff", "0xff00000000"};
    const uint32_t which = chance(by, 5);
    if (which == 3)
        snprintf(text, size, "%s == %s", arguments[3], chance(by, 2) ? wide[1] : "0xff");
    else if (which == 4)
        snprintf(text, size, "offset in {%s, 5, %s, -1} && whence & %s", wide[chance(by, 3)],
                 wide[chance(by, 3)], values[1 + chance(by, 5)]);
    else
        snprintf(text, size, "%s%s %s %s%s", chance(by, 4) ? "" : "! ", arguments[which],
                 comparisons[chance(by, 6)], which < 3 && chance(by, 3) == 0 ? "-" : "",
                 which == 1 && chance(by, 2) ? wide[chance(by, 3)] : values[chance(by, 6)]);
}

/* Rules on lseek, up to six. */
static inline void random_rules(struct made *made, struct chance *by)
{
    static const char *const actions[] = {"allow", "log", "errno:13", "errno:1", "kill"};
    for (unsigned more = chance(by, 7); more; more--) {
        char one[128], other[128], rule[512];
        random_test(by, one, sizeof(one));
        random_test(by, other, sizeof(other));
        snprintf(rule, sizeof(rule), "%s if (%s) %s %s", actions[chance(by, 5)], one,
                 chance(by, 2) ? "&&" : "||", other);
        made_rule(made, "lseek", rule);
    }
    if (chance(by, 2))
        made_rule(made, "lseek", actions[chance(by, 5)]);
}

/* `dense` of ten calls stand in a list. Owned: made_free(). */
static inline struct made *made_random(struct chance *by, unsigned dense)
{
    struct made *made = made_new("");
    struct sbx_policy *policy = &made->policy;
    policy->syscalls_default = random_action(by);
    policy->syscalls_unknown = random_action(by);
    policy->syscalls_tell.v = (int)chance(by, 3);
    policy->network_refused.kind = chance(by, 2) ? ACTION_KILL : ACTION_ERRNO;
    policy->namespaces_nested.v = chance(by, 2) ? YESNO_YES : YESNO_NO;
    policy->network_families.count = chance(by, 4);
    for (unsigned more = chance(by, 6); more; more--)
        made_family(made, (int)chance(by, 46));
    for (int number = 0; number < CALLS_MAX; number++) {
        char name[CALL_NAME_SIZE];
        struct sbx_error error;
        int same = -1;
        name_of_call(number, name);
        const bool needed = number == SYS_execve || number == SYS_exit_group;
        if (*name >= '0' && *name <= '9')
            continue; /* no call */
        struct call_word word;
        const struct item item = {.text = name, .first = name, .optional = true};
        const struct call_list list = {.list = &policy->syscalls_allow,
                                       .key = "syscalls.allow",
                                       .kind = ACTION_ALLOW,
                                       .abi = ABI_NATIVE};
        struct diag diag = {.error = &error};
        if (calls_resolve(&list, &item, &word, &diag) == 0)
            same = word.number;
        if (same == number && (needed || chance(by, 10) < dense))
            random_word(made, by, name, number);
    }
    random_rules(made, by);
    return made;
}

/* What a program answers; -1 where it can't be run. */
static inline int64_t runs(const struct sock_filter *code, size_t count,
                           const struct seccomp_data *data)
{
    const struct sock_fprog program = {.len = (unsigned short)count,
                                       .filter = (struct sock_filter *)code};
    return bpf_sim(&program, data);
}

#endif
