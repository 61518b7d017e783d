/* SPDX-License-Identifier: MIT
 *
 * review.c - what of a valid policy's system calls deserves a look: calls that endanger sandboxes
 * and pass, and zones that are open. Looks at no machine; what passes is decided in calls.c and
 * house.c.
 */
#include "guards/seccomp/argrules.h"
#include "guards/seccomp/filter.h"
#include "guards/seccomp/house.h"
#include "guards/seccomp/members.h"
#include "guards/seccomp/proof.h"
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>

struct danger {
    enum rule rule;
    enum sbx_severity severity;
    const char *calls; /* with blanks between them */
    const char *reason, *hint;
};

#define MOUNTS(calls)
#define DANGER(rule, severity, calls, reason, hint)                                                \
    {rule, SBX_SEVERITY_##severity, calls, reason, hint},
static const struct danger dangers[] = {
#include "guards/seccomp/dangers.def"
};
#undef DANGER
#undef MOUNTS
enum { DANGERS = sizeof(dangers) / sizeof(dangers[0]) };

#define DANGER(rule, severity, calls, reason, hint)
#define MOUNTS(calls) calls " "
static const char mount_calls[] =
#include "guards/seccomp/dangers.def"
    ;
#undef DANGER
#undef MOUNTS

/* A text that names of calls are added to, as many as fit. */
struct names {
    char text[512];
    size_t length, count, left_out;
};

static void names_add(struct names *names, const char *name, size_t length)
{
    const size_t room = sizeof(names->text) - names->length;
    if (names->left_out || length + 3 > room) {
        names->left_out++;
        return;
    }
    int added = snprintf(names->text + names->length, room, "%s%.*s", names->count ? ", " : "",
                         (int)length, name);
    names->length += (size_t)added;
    names->count++;
}

/* What a review looks at. */
struct review {
    const struct sbx_policy *policy;
    const struct call_table
        *lists; /* without the house rules: tells which word let a call through */
    const struct call_table *table;
    struct diag *diag;
};

/* Takes the next name of a row: 1, or 0 at its end. *number is -1 where this machine lacks it. */
static int next_call(const char **cursor, const char **name, size_t *length, int *number)
{
    char call[64];
    *name = *cursor + strspn(*cursor, " ");
    *length = strcspn(*name, " ");
    *cursor = *name + *length;
    if (!*length)
        return 0;
    snprintf(call, sizeof(call), "%.*s", (int)*length, *name);
    const int found = table_find(call);
    *number = found < 0 ? -1 : table_number(found, ABI_NATIVE);
    return 1;
}

/* The same of a call that i386 alone has, where it is allowed. */
static bool passes_i386(const struct review *review, const char *name, size_t length,
                        const struct item *by)
{
    char text[64];
    snprintf(text, sizeof(text), "%.*s", (int)length, name);
    const int call = table_find(text), number = call < 0 ? -1 : table_number(call, ABI_I386);
    return number >= 0 && review->table->i386 &&
           calls_passes(review->policy, review->table->i386, number) &&
           review->lists->i386->of[number].by == by;
}

/* The calls of a row that pass because of a word, or of syscalls.default where `by` is NULL. */
static void collect(const struct review *review, const struct danger *danger, const struct item *by,
                    struct names *names)
{
    const char *cursor = danger->calls, *name;
    size_t length;
    int number;
    while (next_call(&cursor, &name, &length, &number))
        if (number >= 0 && calls_passes(review->policy, review->table, number) &&
            review->lists->of[number].by == by)
            names_add(names, name, length);
        else if (number < 0 && passes_i386(review, name, length, by))
            names_add(names, name, length);
}

/* Rules of a section that let a call of the row pass. A condition may be what makes it harmless. */
static void review_sections(const struct review *review, const struct danger *danger)
{
    const char *cursor = danger->calls, *name;
    size_t length;
    int number;
    while (next_call(&cursor, &name, &length, &number)) {
        const struct call_rules *rules = number < 0 ? NULL : review->table->of[number].rules;
        for (size_t i = 0; rules && i < rules->count; i++) {
            const struct call_rule *rule = &rules->of[i];
            if (action_passes(rule->action))
                diag_lint(review->diag, rule->condition ? SBX_SEVERITY_NOTE : danger->severity,
                          danger->rule, rule->item->origin, danger->hint,
                          "syscall %s.rules: '%s' lets it pass: %s", rule->item->first,
                          rule->item->text, danger->reason);
        }
    }
}

static void review_danger(const struct review *review, const struct danger *danger)
{
    struct call_list lists[CALL_LISTS];
    review_sections(review, danger);
    calls_lists(review->policy, lists);
    for (size_t i = 0; i < CALL_LISTS; i++)
        for (size_t j = 0; j < lists[i].list->count; j++) {
            const struct item *item = &lists[i].list->items[j];
            struct names names = {.length = 0};
            collect(review, danger, item, &names);
            if (names.count == 0)
                continue;
            if (*item->first == '@')
                diag_lint(review->diag, danger->severity, danger->rule, item->origin, danger->hint,
                          "%s: '%s' lets %s pass: %s", lists[i].key, item->text, names.text,
                          danger->reason);
            else
                diag_lint(review->diag, danger->severity, danger->rule, item->origin, danger->hint,
                          "%s: '%s' passes: %s", lists[i].key, item->text, danger->reason);
        }
}

static bool keeps_capability(const struct sbx_policy *policy, const char *name)
{
    for (size_t i = 0; i < policy->capabilities_keep.count; i++)
        if (strcmp(policy->capabilities_keep.items[i].first, name) == 0)
            return true;
    return false;
}

/* Who may use the calls on mounts has much of the kernel in reach; who may not has little use for
 * them. */
static struct danger mount_danger(const struct sbx_policy *policy)
{
    struct danger danger = {.rule = RULE_mount_syscalls,
                            .severity = SBX_SEVERITY_WARNING,
                            .calls = mount_calls,
                            .hint = "leave them out unless the program is itself a sandbox"};
    if (policy->namespaces_nested.v == YESNO_YES)
        danger.reason = "in a namespace of its own, which namespaces.nested lets it make, the "
                        "program may use these on file systems of its own, and with them much more "
                        "of the kernel can be attacked";
    else if (keeps_capability(policy, "cap_sys_admin"))
        danger.reason = "with cap_sys_admin, which capabilities.keep leaves it, the program can "
                        "change what the sandbox mounted, and attack much more of the kernel";
    else {
        danger.severity = SBX_SEVERITY_NOTE;
        danger.reason = "the program has no capability to use these with: they only give it more "
                        "of the kernel to attack";
        danger.hint = "leave them out";
    }
    return danger;
}

/* ---- zones that are open -------------------------------------------------------------------- */

static void review_default(const struct review *review, const struct danger *mounts)
{
    const struct value_action standard = review->policy->syscalls_default;
    struct names names = {.length = 0};
    char more[32] = "";
    if (!action_passes(standard))
        return;
    for (size_t i = 0; i < DANGERS; i++)
        if (dangers[i].severity == SBX_SEVERITY_WARNING)
            collect(review, &dangers[i], NULL, &names);
    if (mounts->severity == SBX_SEVERITY_WARNING)
        collect(review, mounts, NULL, &names);
    if (names.left_out)
        snprintf(more, sizeof(more), " and %zu more", names.left_out);
    diag_lint(review->diag, SBX_SEVERITY_WARNING, RULE_default_allow, standard.origin,
              "say default = kill or errno:EPERM, and name what the program needs in "
              "syscalls.allow",
              "syscalls.default: %s: a list of what is denied is never complete%s%s%s",
              standard.kind == ACTION_LOG ? "a call that no list names is logged, and passes"
                                          : "a call that no list names passes",
              names.count ? "; of the dangerous calls these pass: " : "", names.text, more);
}

static void review_unknown(const struct review *review)
{
    const struct value_action unknown = review->policy->syscalls_unknown;
    if (action_passes(unknown))
        diag_lint(review->diag, SBX_SEVERITY_WARNING, RULE_unknown_allow, unknown.origin,
                  "say unknown = errno:ENOSYS: programs fall back to calls that the filter knows",
                  "syscalls.unknown: calls that are newer than the table pass, and nobody has "
                  "looked at what they do to a sandbox");
}

/* Old doors into the kernel, which few programs use and fewer people look at. */
static void review_abis(const struct review *review)
{
    const struct value_list *abis = &review->policy->syscalls_arch;
    for (size_t i = 0; i < abis->count && review->table->i386; i++)
        if (strcmp(abis->items[i].first, "i386") == 0)
            diag_lint(review->diag, SBX_SEVERITY_WARNING, RULE_i386_calls, abis->items[i].origin,
                      "leave it out unless the program, or one that it starts, is of i386",
                      "syscalls.arch: 'i386' lets every program call the kernel by its 32-bit "
                      "doors, too, which have had bugs of their own");
}

/* Without a call that takes a family the keys on families are about nothing. */
static void review_families(const struct review *review)
{
    const struct sbx_policy *policy = review->policy;
    static const char hint[] = "allow socket or socketpair, or take the value away";
    if (rules_may_pass(policy, review->table, SYS_socket) ||
        rules_may_pass(policy, review->table, SYS_socketpair))
        return;
    if (policy->network_families.count && policy->network_families.origin.file)
        diag_lint(review->diag, SBX_SEVERITY_NOTE, RULE_no_effect, policy->network_families.origin,
                  hint,
                  "network.families: has no effect: neither socket nor socketpair passes the "
                  "lists of [syscalls]");
    if (policy->network_refused.origin.file)
        diag_lint(review->diag, SBX_SEVERITY_NOTE, RULE_no_effect, policy->network_refused.origin,
                  hint,
                  "network.refused: has no effect: neither socket nor socketpair passes the "
                  "lists of [syscalls]");
}

/* ---- the whole ------------------------------------------------------------------------------ */

static int review_proof(const struct sbx_policy *policy, const struct call_table *table,
                        const struct filter *filter, struct diag *diag)
{
    struct sbx_error error;
    if (proof_check(policy, table, filter->code, filter->count, &error) == 0)
        return 0;
    return diag_error(diag, policy->syscall_rules.origin, 0, error.hint, "%s", error.text);
}

/* What prepare() would refuse on any machine. */
static int review_errors(const struct sbx_policy *policy, struct arena *arena,
                         struct call_table *lists, struct call_table *table, struct diag *diag)
{
    struct filter filter;
    const size_t before = diag->errors;
    if (filter_settle(policy, arena, lists, diag) != 0)
        return -1;
    if (calls_copy(lists, table, arena, diag) != 0)
        return -1;
    if (filter_write(policy, table, &filter, diag) == 0)
        return review_proof(policy, table, &filter, diag);
    /* What is no fault of the profile is that of the machine: it has run out of something. */
    return diag->errors == before ? diag_memory(diag) : -1;
}

void seccomp_review(const struct sbx_policy *policy, struct diag *diag)
{
    struct call_table lists, table;
    struct arena arena = {NULL};
    if (review_errors(policy, &arena, &lists, &table, diag) != 0) {
        arena_free(&arena);
        return;
    }
    const struct review review = {policy, &lists, &table, diag};
    const struct danger mounts = mount_danger(policy);
    for (size_t i = 0; i < DANGERS; i++)
        review_danger(&review, &dangers[i]);
    review_danger(&review, &mounts);
    review_default(&review, &mounts);
    review_unknown(&review);
    review_abis(&review);
    review_families(&review);
    review_effects(policy, &lists, &table, diag);
    review_idle(&table, diag);
    arena_free(&arena);
}
