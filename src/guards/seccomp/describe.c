/* SPDX-License-Identifier: MIT
 *
 * describe.c - the filter of a plan in words, and the keys of the policy that it keeps.
 */
#include "base/sha256.h"
#include "base/utf8.h"
#include "guards/seccomp/argrules.h"
#include "guards/seccomp/filter.h"
#include "guards/seccomp/members.h"
#include "guards/seccomp/numbers.h"
#include "guards/seccomp/tell.h"
#include <string.h>

/* ---- describe ------------------------------------------------------------------------------- */

const char *seccomp_fingerprint(const struct plan *plan, char text[FINGERPRINT_SIZE])
{
    const struct sock_fprog *program = &plan->seccomp.program;
    uint8_t digest[SHA256_SIZE];
    sha256(program->filter, program->len * sizeof(program->filter[0]), digest);
    int length = snprintf(text, FINGERPRINT_SIZE, "sha256:");
    for (size_t i = 0; i < SHA256_SIZE; i++)
        length += snprintf(text + length, FINGERPRINT_SIZE - (size_t)length, "%02x", digest[i]);
    return text;
}

/* What describe() looks at. */
struct description {
    const struct sbx_policy *policy;
    struct call_table table; /* with the house rules */
    FILE *out;
};

/* Writes a call into an enumeration that `*open` tells to have begun. */
static void tell_name(const struct description *of, int number, bool *open)
{
    char name[CALL_NAME_SIZE];
    fprintf(of->out, "%s%s", *open ? ", " : "  house rule on ", name_of_call(number, name));
    *open = true;
}

/* The calls that rules with one reason narrow here. The first of such rules speaks for all. */
static void describe_rule(const struct description *of, const struct house_rule *first)
{
    bool open = false;
    for (const struct house_rule *rule = first; rule < house_rules + house_rule_count; rule++)
        for (size_t i = 0; i < rule->calls && strcmp(rule->reason, first->reason) == 0; i++)
            if (house_rule_holds(rule, of->policy, &of->table) &&
                rules_may_pass(of->policy, &of->table, rule->numbers[i]))
                tell_name(of, rule->numbers[i], &open);
    if (!open)
        return;
    const bool families = first->test == HOUSE_FAMILIES;
    const struct value_action refused = {.kind = ACTION_ERRNO, .error = first->error};
    char name[CALL_NAME_SIZE], argument[ARGUMENT_NAME_SIZE];
    struct argument arguments[ARGUMENTS_MAX];
    bool named;
    arguments_of(name_of_call(first->numbers[0], name), arguments, &named);
    fprintf(of->out,
            ", by %s: ", argument_name(&arguments[first->argument], first->argument, argument));
    tell_action(of->out, families ? of->policy->network_refused : refused);
    if (families)
        tell_origin(of->out, of->policy->network_refused.origin);
    fprintf(of->out, ": %s\n", first->reason);
}

/* Rules that end whole calls. Calls with one reason stand together. */
static void describe_settled(const struct description *of, int first)
{
    const struct call_verdict *of_first = &of->table.of[first];
    const char *reason = house_settle_reason(&of->table, first);
    bool open = false;
    for (int number = first; number < CALLS_MAX; number++) {
        const struct call_verdict *verdict = &of->table.of[number];
        if (verdict->rank == RANK_NAME && !verdict->by && verdict->error == of_first->error &&
            strcmp(house_settle_reason(&of->table, number), reason) == 0)
            tell_name(of, number, &open);
    }
    fputs(": ", of->out);
    tell_action(of->out, (struct value_action){.kind = of_first->kind, .error = of_first->error});
    fprintf(of->out, ": %s\n", reason);
}

static bool settled(const struct description *of, int number)
{
    return of->table.of[number].rank == RANK_NAME && !of->table.of[number].by;
}

static void describe_rules(const struct description *of)
{
    for (int number = 0; number < CALLS_MAX; number++) {
        bool told = !settled(of, number);
        for (int before = 0; before < number && !told; before++)
            told = settled(of, before) && strcmp(house_settle_reason(&of->table, before),
                                                 house_settle_reason(&of->table, number)) == 0;
        if (!told)
            describe_settled(of, number);
    }
    for (size_t i = 0; i < house_rule_count; i++) {
        bool told = false;
        for (size_t j = 0; j < i && !told; j++)
            told = strcmp(house_rules[j].reason, house_rules[i].reason) == 0;
        if (!told)
            describe_rule(of, &house_rules[i]);
    }
}

static void describe_zone(FILE *out, const char *what, struct value_action action)
{
    fprintf(out, "  %s: ", what);
    tell_action(out, action);
    tell_origin(out, action.origin);
    fputc('\n', out);
}

/* The rules of the sections [syscall NAME], in the order in which they are asked. */
static void describe_own_rules(const struct description *of)
{
    char name[CALL_NAME_SIZE];
    for (int number = 0; number < CALLS_MAX; number++) {
        const struct call_rules *rules = of->table.of[number].rules;
        for (size_t i = 0; rules && i < rules->count; i++) {
            fprintf(of->out, "  %s: ", name_of_call(number, name));
            text_put(of->out, rules->of[i].item->text);
            tell_origin(of->out, rules->of[i].item->origin);
            fputc('\n', of->out);
        }
        if (rules && !rules_complete(rules)) {
            fprintf(of->out, "  %s, else: ", name_of_call(number, name));
            tell_action(of->out, calls_standing(of->policy, &of->table, number));
            fputc('\n', of->out);
        }
    }
}

/* What is of i386 alone: the rest is as for the native calls of the same names. */
static void describe_abis(const struct description *of)
{
    const struct call_table *i386 = of->table.i386;
    unsigned passing = 0;
    bool open = false;
    for (int number = 0; i386 && number < CALLS_MAX; number++)
        passing += (i386->of[number].rank != RANK_NONE || i386->of[number].rules) &&
                   rules_may_pass(of->policy, i386, number);
    if (i386)
        fprintf(of->out,
                "  calls of i386: what follows holds for those of the same names, and for those "
                "that do the same\n  calls of i386 that are named and pass: %u\n",
                passing);
    for (int number = 0; i386 && number < CALLS_MAX; number++) {
        const int call = table_of_number(number, ABI_I386);
        const char *why, *instead;
        if (call < 0 || table_number(call, ABI_NATIVE) >= 0 ||
            !house_forbids(i386, number, &why, &instead))
            continue;
        fprintf(of->out, "%s%s", open ? ", " : "  house rule on i386 ", table_name(call));
        open = true;
    }
    if (open)
        fputs(": errno ENOSYS: their arguments are behind a pointer, where no filter can look\n",
              of->out);
    fputs("  calls of another ABI: kill\n", of->out);
}

void seccomp_describe(const struct plan *plan, FILE *out)
{
    const struct sbx_policy *policy = plan->policy;
    struct description of = {.policy = policy, .out = out};
    struct arena arena = {NULL};
    struct sbx_error error;
    struct diag diag = {.error = &error};
    char fingerprint[FINGERPRINT_SIZE];
    if (!plan->seccomp.on || filter_settle(policy, &arena, &of.table, &diag) != 0) {
        arena_free(&arena);
        return; /* not prepared: there is no filter to tell of */
    }
    house_settle(policy, &of.table);
    fprintf(out, "install a filter of %u instructions%s\n", (unsigned)plan->seccomp.program.len,
            plan->seccomp.log ? ", which logs" : "");
    fprintf(out, "  proved to do what follows, for every call there is; fingerprint %s\n",
            seccomp_fingerprint(plan, fingerprint));
    fprintf(out, "  system calls that are named and pass: %u", plan->seccomp.allowed_calls);
    tell_origin(out, policy->syscalls_allow.origin);
    fputc('\n', out);
    describe_zone(out, "known calls that no list names", policy->syscalls_default);
    describe_zone(out, "calls that are newer than the table", policy->syscalls_unknown);
    describe_abis(&of);
    describe_own_rules(&of);
    if (plan->seccomp.unnamed)
        fprintf(out, "  no denied call is told by name: %s\n", plan->seccomp.unnamed);
    else if (plan->seccomp.listener)
        fprintf(out, "  the launcher tells of what it %s\n",
                policy->syscalls_tell.v == TELL_ALL ? "denies or logs" : "kills, reports or logs");
    if (plan->seccomp.kernel_kills)
        fputs("  but what is killed is killed by the kernel, and not told: the program may have "
              "filters of its own\n",
              out);
    describe_rules(&of);
    arena_free(&arena);
}

/* ---- wall ----------------------------------------------------------------------------------- */

/* A list that is empty asks for nothing. */
static enum sbx_state state_of(bool asks)
{
    return asks ? SBX_STATE_ENFORCED : SBX_STATE_OFF;
}

/* Fills in whether the key asks for something, and its part of the mechanism. */
static bool wall_part(const struct plan *plan, enum key_id key, bool *asks, const char **part)
{
    const struct sbx_policy *policy = plan->policy;
    *asks = true;
    switch (key) {
    case KEY_syscalls_default:
        *asks = policy->syscalls_default.kind != ACTION_ALLOW;
        *part = "by the call's number";
        return true;
    case KEY_syscalls_unknown:
        *asks = policy->syscalls_unknown.kind != ACTION_ALLOW;
        *part = "by the call's number: all above the newest that is known";
        return true;
    case KEY_syscalls_allow:
        *asks = policy->syscalls_allow.count > 0;
        *part = "by the call's number; house rules narrow some by their arguments";
        return true;
    case KEY_syscalls_errno:
        *asks = policy->syscalls_errno.count > 0;
        *part = "SECCOMP_RET_ERRNO, by the call's number";
        return true;
    case KEY_syscalls_kill:
        *asks = policy->syscalls_kill.count > 0;
        *part = plan->seccomp.listener && !plan->seccomp.kernel_kills
                    ? "SECCOMP_RET_USER_NOTIF, which the launcher answers with SIGSYS or SIGKILL"
                    : "SECCOMP_RET_KILL_PROCESS, by the call's number";
        return true;
    case KEY_syscalls_report:
        *asks = policy->syscalls_report.count > 0;
        *part = plan->seccomp.listener ? "SECCOMP_RET_USER_NOTIF, which the launcher answers"
                                       : "SECCOMP_RET_ERRNO, by the call's number";
        return true;
    case KEY_syscalls_tell:
        *asks = policy->syscalls_tell.v != TELL_NONE;
        *part = plan->seccomp.unnamed    ? plan->seccomp.unnamed
                : plan->seccomp.listener ? "SECCOMP_RET_USER_NOTIF: the launcher tells of the call"
                                         : "nothing that it could tell of";
        return true;
    case KEY_syscalls_arch:
        *part = "by the ABI of the call, before anything else";
        return true;
    case KEY_syscalls_log:
        *asks = policy->syscalls_log.count > 0;
        *part = plan->seccomp.listener
                    ? "SECCOMP_RET_USER_NOTIF, which the launcher lets go on"
                    : "SECCOMP_RET_LOG with SECCOMP_FILTER_FLAG_LOG, by the call's number";
        return true;
    case KEY_syscall_rules:
        *asks = policy->syscall_rules.count > 0;
        *part = "by the call's number and its arguments";
        return true;
    case KEY_network_families:
    case KEY_network_refused:
        *part = "by the first argument of socket and socketpair";
        return true;
    default:
        return false;
    }
}

bool seccomp_wall(const struct plan *plan, enum key_id key, struct wall *wall)
{
    const char *part;
    bool asks;
    if (!wall_part(plan, key, &asks, &part))
        return false;
    wall->state = !plan->seccomp.on || (key == KEY_syscalls_tell && plan->seccomp.unnamed)
                      ? SBX_STATE_UNAVAILABLE
                      : state_of(asks);
    snprintf(wall->mechanism, sizeof(wall->mechanism), "%s",
             !plan->seccomp.on ? "no filter was prepared" : "");
    if (plan->seccomp.on)
        snprintf(wall->mechanism, sizeof(wall->mechanism), "seccomp filter of %u instructions, %s",
                 (unsigned)plan->seccomp.program.len, part);
    return true;
}
