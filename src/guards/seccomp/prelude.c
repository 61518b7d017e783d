/* SPDX-License-Identifier: MIT
 *
 * prelude.c - the house rules as filter code, in front of what body.c makes of the lists.
 * Decides nothing: the rules are house.c's, the verdicts calls.c's.
 */
#include "guards/seccomp/filter.h"
#include "guards/seccomp/house.h"
#include <errno.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/socket.h>

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the low word of an argument is taken to come first"
#endif

#if defined(__x86_64__)
#define X32_BIT 0x40000000U
#endif

/* What a prelude is written from, and into. */
struct writer {
    const struct sbx_policy *policy;
    struct call_table *table;
    struct filter *filter;
};

/* ---- code ----------------------------------------------------------------------------------- */

uint32_t filter_return(struct value_action action, enum tell tell)
{
    if (action_told(action, tell))
        return SECCOMP_RET_USER_NOTIF;
    switch (action.kind) {
    case ACTION_ALLOW:
        return SECCOMP_RET_ALLOW;
    case ACTION_LOG:
        return SECCOMP_RET_LOG;
    case ACTION_ERRNO:
    case ACTION_REPORT:
        return SECCOMP_RET_ERRNO | ((uint32_t)action.error & SECCOMP_RET_DATA);
    case ACTION_KILL:
        break;
    }
    return SECCOMP_RET_KILL_PROCESS;
}

static void emit(struct filter *filter, unsigned code, uint32_t k, size_t if_true, size_t if_false)
{
    if (filter->count == BPF_MAXINSNS) {
        filter->overflow = true;
        return;
    }
    filter->code[filter->count++] = (struct sock_filter){
        .code = (uint16_t)code, .jt = (uint8_t)if_true, .jf = (uint8_t)if_false, .k = k};
}

static void emit_load(struct filter *filter, size_t offset)
{
    emit(filter, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, 0, 0);
}

static void emit_return(struct filter *filter, uint32_t value)
{
    emit(filter, BPF_RET | BPF_K, value, 0, 0);
}

/* Returns `value` where the comparison of the accumulator with `k` holds. */
static void emit_return_if(struct filter *filter, unsigned comparison, uint32_t k, uint32_t value)
{
    emit(filter, BPF_JMP | comparison | BPF_K, k, 0, 1);
    emit_return(filter, value);
}

/* A block for one call: it is jumped over for every other, and each way through it returns. */
static size_t block_open(struct filter *filter, int number)
{
    emit(filter, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)number, 0, 0);
    return filter->count;
}

static void block_close(struct filter *filter, size_t start)
{
    size_t length = filter->count - start;
    if (length > UINT8_MAX)
        filter->overflow = true; /* a conditional jump reaches no further */
    else if (start)
        filter->code[start - 1].jf = (uint8_t)length;
}

static void emit_low_word(struct filter *filter, unsigned argument)
{
    emit_load(filter, offsetof(struct seccomp_data, args) + argument * sizeof(uint64_t));
}

/* ---- rules on arguments --------------------------------------------------------------------- */

/* Whether a rule has anything to narrow; what passes it then gets `pass`. */
static bool starts_rule(struct writer *writer, int number, uint32_t *pass)
{
    struct value_action action = calls_standing(writer->policy, writer->table, number);
    if (!action_passes(action))
        return false;
    *pass = filter_return(action, writer->table->tell);
    writer->table->of[number].in_prelude = true;
    return true;
}

/* What a house rule answers. */
static uint32_t refusal(const struct writer *writer, int error)
{
    const struct value_action action = {.kind = ACTION_ERRNO, .error = error};
    return filter_return(action, writer->table->tell);
}

/* The families that the profile names. */
static void emit_families(const struct writer *writer, uint32_t pass)
{
    const struct value_list *families = &writer->policy->network_families;
    for (size_t i = 0; i < families->count; i++)
        emit_return_if(writer->filter, BPF_JEQ, (uint32_t)families->items[i].number, pass);
    emit_return_if(writer->filter, BPF_JEQ, AF_UNIX, refusal(writer, HOUSE_UNIX_ERROR));
    emit_return(writer->filter,
                filter_return(writer->policy->network_refused, writer->table->tell));
}

/* What decides about the calls of a rule, once their number is known. Each way through it returns.
 */
static void emit_decision(const struct writer *writer, const struct house_rule *rule, uint32_t pass)
{
    struct filter *filter = writer->filter;
    const uint32_t deny = refusal(writer, rule->error);
    const bool pass_listed = rule->test == HOUSE_PASS_EQUAL;
    if (rule->gate) {
        emit_low_word(filter, rule->argument - 1);
        emit(filter, BPF_JMP | BPF_JSET | BPF_K, rule->gate, 1, 0);
        emit_return(filter, pass);
    }
    emit_low_word(filter, rule->argument);
    if (rule->test == HOUSE_FAMILIES) {
        emit_families(writer, pass);
        return;
    }
    for (size_t i = 0; i < rule->count; i++)
        emit_return_if(filter, rule->test == HOUSE_DENY_ANY_BIT ? BPF_JSET : BPF_JEQ,
                       rule->values[i], pass_listed ? pass : deny);
    emit_return(filter, pass_listed ? deny : pass);
}

/* One decision for all the calls of a rule that pass in the same way: allowed, or logged. */
static void emit_rule_for(struct writer *writer, const struct house_rule *rule, uint32_t way)
{
    int numbers[HOUSE_CALLS];
    size_t count = 0;
    for (size_t i = 0; i < rule->calls; i++) {
        uint32_t pass;
        if (starts_rule(writer, rule->numbers[i], &pass) && pass == way)
            numbers[count++] = rule->numbers[i];
    }
    if (!count)
        return;
    for (size_t i = 0; i + 1 < count; i++) /* over the comparisons that are left, to the decision */
        emit(writer->filter, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)numbers[i], count - 1 - i, 0);
    size_t start = block_open(writer->filter, numbers[count - 1]);
    emit_decision(writer, rule, way);
    block_close(writer->filter, start);
}

static void emit_rule(struct writer *writer, const struct house_rule *rule)
{
    const struct value_action log = {.kind = ACTION_LOG};
    emit_rule_for(writer, rule, SECCOMP_RET_ALLOW);
    emit_rule_for(writer, rule, filter_return(log, writer->table->tell));
}

static void emit_abi(struct filter *filter)
{
    emit_load(filter, offsetof(struct seccomp_data, arch));
    emit(filter, BPF_JMP | BPF_JEQ | BPF_K, NATIVE_ARCH, 1, 0);
    emit_return(filter, SECCOMP_RET_KILL_PROCESS);
    emit_load(filter, offsetof(struct seccomp_data, nr));
#ifdef X32_BIT
    emit_return_if(filter, BPF_JGE, X32_BIT, SECCOMP_RET_KILL_PROCESS);
#endif
}

void house_emit(const struct sbx_policy *policy, struct call_table *table, struct filter *filter)
{
    struct writer writer = {policy, table, filter};
    emit_abi(filter);
    for (size_t i = 0; i < house_rule_count; i++)
        if (house_rule_holds(&house_rules[i], policy, table))
            emit_rule(&writer, &house_rules[i]);
    /* After the rules, for one of them is on a call that an older libseccomp does not know. */
    emit_return_if(filter, BPF_JGT, (uint32_t)table->newest,
                   filter_return(policy->syscalls_unknown, calls_tell(table, table->newest + 1)));
}
