/* SPDX-License-Identifier: MIT
 *
 * fix.c - from the case that denies a call to what a profile would have to say instead, in its own
 * words. Changes nothing: each change is tried on a copy of the table, and what denies the call
 * then is looked at in turn.
 */
#include "guards/seccomp/fix.h"
#include "guards/seccomp/arguments.h"
#include "guards/seccomp/cases.h"
#include "guards/seccomp/constants.h"
#include "guards/seccomp/numbers.h"
#include "policy/names.h"
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>

enum { ROUNDS = 4 }; /* lists or rules, house rules: no call needs more */

struct search {
    const struct sbx_policy *policy;
    struct call_table table; /* as it would be with what was found */
    int number;
    const uint64_t *args;
    char name[CALL_NAME_SIZE];
    struct sbx_denial *denial;
    size_t count; /* of settings */
};

/* ---- what is said --------------------------------------------------------------------------- */

/* Nothing helps: then what was found so far does not either. */
__attribute__((format(printf, 2, 3))) static bool none(struct search *search, const char *format,
                                                       ...)
{
    va_list arguments;
    struct sbx_denial *denial = search->denial;
    memset(denial->settings, 0, sizeof(denial->settings));
    va_start(arguments, format);
    vsnprintf(denial->fix, sizeof(denial->fix), format, arguments);
    va_end(arguments);
    return false;
}

/* One more setting, as SECTION.KEY=VALUE or SECTION.KEY+=VALUE. One that would be cut off is no
 * setting: its text alone is told. */
__attribute__((format(printf, 3, 4))) static bool setting(struct search *search, bool adds,
                                                          const char *format, ...)
{
    struct sbx_denial *denial = search->denial;
    char pair[sizeof(denial->settings[0])], told[sizeof(pair) + 8];
    va_list arguments;
    va_start(arguments, format); /* "KEY\nVALUE" */
    const int length = vsnprintf(pair, sizeof(pair) - 1, format, arguments);
    va_end(arguments);
    char *value = strchr(pair, '\n');
    if (length < 0 || (size_t)length >= sizeof(pair) - 1 || !value)
        return none(search, "a change that is too long to be told");
    *value++ = '\0';
    snprintf(told, sizeof(told), "%s = %s", pair, value);
    if (search->count == SBX_SETTINGS_MAX)
        return none(search, "more changes than are worth telling");
    snprintf(denial->settings[search->count++], sizeof(denial->settings[0]), "%.100s%s%.89s", pair,
             adds ? "+=" : "=", value);
    const size_t used = strlen(denial->fix);
    snprintf(denial->fix + used, sizeof(denial->fix) - used, "%s%s", used ? ", and " : "", told);
    return true;
}

/* ---- lists and rules ------------------------------------------------------------------------ */

/* From now on the lists let it pass. */
static void pass(struct search *search)
{
    search->table.of[search->number] =
        (struct call_verdict){.rank = RANK_NAME, .kind = ACTION_ALLOW};
}

static const char *whole_call(struct search *search, const char **instead)
{
    const char *why;
    *instead = NULL;
    return house_forbids(&search->table, search->number, &why, instead) ? why : NULL;
}

/* A house rule on the whole call. */
static bool fix_settled(struct search *search)
{
    const char *instead, *why = whole_call(search, &instead);
    if (why)
        return none(search, "no profile can allow it: %s; %s", why, instead);
    const int native = table_translate(search->number, search->table.abi, ABI_NATIVE);
    const bool found = native == SYS_listen
                           ? setting(search, true, "network.tcp_bind\n%s", "0")
                           : setting(search, false, "namespaces.nested\n%s", "yes");
    pass(search);
    return found;
}

/* A plain name beats all groups, but of two plain names the stronger one decides: that is to be
 * taken away first. */
static bool fix_lists(struct search *search)
{
    const char *instead, *why = whole_call(search, &instead);
    if (why)
        return none(search, "no profile can allow it: %s; %s", why, instead);
    const struct call_verdict *verdict = &search->table.of[search->number];
    if (verdict->rank == RANK_NAME && !verdict->by)
        return fix_settled(search);
    if (verdict->rank == RANK_NAME &&
        !setting(search, true, "%s\n!%s", calls_key(verdict->kind), verdict->by->text))
        return false;
    if (!setting(search, true, "syscalls.allow\n%s", search->name))
        return false;
    if (house_ends(search->policy, &search->table, search->number))
        return fix_settled(search);
    pass(search);
    return true;
}

/* "fd == 1 && cmd == TIOCGWINSZ": of the arguments that the rules of the call ask about. */
static void write_condition(const struct search *search, char *text, size_t size)
{
    const struct call_rules *rules = search->table.of[search->number].rules;
    struct argument arguments[ARGUMENTS_MAX];
    char name[ARGUMENT_NAME_SIZE];
    unsigned asked = 0;
    bool named;
    const size_t count = arguments_on_abi(search->table.abi, search->name, arguments, &named);
    size_t used = 0;
    for (size_t i = 0; rules && i < rules->count; i++)
        asked |= rules->of[i].condition ? expr_arguments(rules->of[i].condition) : 0;
    *text = '\0';
    for (unsigned i = 0; i < count && used < size; i++) {
        const bool narrow = arguments[i].kind == ARGUMENT_32;
        const uint64_t value = narrow ? (uint32_t)search->args[i] : search->args[i];
        const char *constant = constant_of_value(arguments[i].sets, value);
        if (!(asked >> i & 1))
            continue;
        used += (size_t)snprintf(text + used, size - used, "%s%s == ", used ? " && " : " if ",
                                 argument_name(&arguments[i], i, name));
        if (used < size && constant)
            used += (size_t)snprintf(text + used, size - used, "%s", constant);
        else if (used < size)
            used += (size_t)snprintf(text + used, size - used, value < 10 ? "%llu" : "0x%llx",
                                     (unsigned long long)value);
    }
}

/* A rule on top is asked first. Where no rule looks at an argument it replaces them all. */
static bool fix_rules(struct search *search, const struct call_rule *rule)
{
    char condition[160];
    write_condition(search, condition, sizeof(condition));
    const bool found = setting(search, *condition != '\0', "syscall %s.rules\nallow%s",
                               rule->item->first, condition);
    pass(search);
    return found;
}

/* ---- house rules on arguments --------------------------------------------------------------- */

static bool fix_family(struct search *search, const struct house_rule *house)
{
    const int family = (int)(uint32_t)search->args[house->argument];
    const char *name = family_name(family);
    if (!name)
        return none(search, "no profile can allow it: sandbox knows no family with the number %d",
                    family);
    setting(search, true, "network.families\n%s", name);
    return false;
}

/* What a profile that has the rule would have to say; the rule is gone then, and no other one
 * stands behind it. */
static bool fix_house(struct search *search, const struct call_case *one)
{
    const struct house_rule *house = one->house;
    if (house->test == HOUSE_FAMILIES)
        return fix_family(search, house);
    switch (house->when) {
    case HOUSE_NOT_NESTED:
        setting(search, false, "namespaces.nested\n%s", "yes");
        return false;
    case HOUSE_SECCOMP_NOT_ASKED:
        setting(search, true, "syscalls.allow\n%s", "seccomp");
        return false;
    case HOUSE_PACKET_UNNAMED:
        setting(search, true, "network.families\n%s", "packet");
        return false;
    case HOUSE_CONNECT_RESTRICTED:
    case HOUSE_PORTS_RESTRICTED:
    case HOUSE_PORTS_NAMED:
        return none(
            search,
            "no profile that names its ports, or has no network, can allow it: %s; programs "
            "do without",
            one->reason);
    case HOUSE_ALWAYS:
        break;
    }
    return none(search, "no profile can allow it: %s", one->reason);
}

/* ---- the search ----------------------------------------------------------------------------- */

/* Returns whether there may be more in the way. */
static bool fix_case(struct search *search, const struct call_case *one)
{
    switch (one->by) {
    case BY_SETTLED:
        return fix_settled(search);
    case BY_RULE:
        return fix_rules(search, one->rule);
    case BY_REFUSED:
        return fix_family(search, one->house);
    case BY_HOUSE:
        return fix_house(search, one);
    case BY_LISTS:
        break;
    }
    return fix_lists(search);
}

void fix_call(const struct sbx_policy *policy, const struct call_table *table, int number,
              const uint64_t args[6], struct sbx_denial *denial)
{
    struct search search = {
        .policy = policy, .table = *table, .number = number, .args = args, .denial = denial};
    struct cases cases;
    denial->fix[0] = '\0';
    memset(denial->settings, 0, sizeof(denial->settings));
    if (number < 0 || number >= CALLS_MAX || number > table->newest) {
        snprintf(denial->fix, sizeof(denial->fix),
                 "it is newer than sandbox knows: a newer sandbox, or syscalls.unknown for all "
                 "such calls at once");
        return;
    }
    name_on_abi(table->abi, number, search.name);
    for (int round = 0; round < ROUNDS; round++) {
        cases_make(policy, &search.table, number, &cases);
        const struct call_case *one = cases_decide(&cases, args);
        if (!one || action_passes(one->action) || !fix_case(&search, one))
            return;
    }
}
