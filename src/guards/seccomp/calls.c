/* SPDX-License-Identifier: MIT
 *
 * calls.c - names to numbers, and lists to verdicts. Writes no filter code and knows no house rule.
 */
#include "guards/seccomp/calls.h"
#include "guards/seccomp/groups.h"
#include "guards/syscalls.h"
#include "policy/diag.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

const char *calls_key(enum action_kind kind)
{
    switch (kind) {
    case ACTION_ALLOW:
        return "syscalls.allow";
    case ACTION_LOG:
        return "syscalls.log";
    case ACTION_ERRNO:
        return "syscalls.errno";
    case ACTION_REPORT:
        return "syscalls.report";
    case ACTION_KILL:
        break;
    }
    return "syscalls.kill";
}

bool calls_i386(const struct sbx_policy *policy)
{
    for (size_t i = 0; i < policy->syscalls_arch.count && ABI_NATIVE == ABI_X86_64; i++)
        if (strcmp(policy->syscalls_arch.items[i].first, "i386") == 0)
            return true;
    return false;
}

void calls_lists(const struct sbx_policy *policy, struct call_list lists[CALL_LISTS])
{
    static const enum action_kind kinds[CALL_LISTS] = {ACTION_ALLOW, ACTION_LOG, ACTION_ERRNO,
                                                       ACTION_REPORT, ACTION_KILL};
    const struct value_list *const words[CALL_LISTS] = {
        &policy->syscalls_allow, &policy->syscalls_log, &policy->syscalls_errno,
        &policy->syscalls_report, &policy->syscalls_kill};
    const bool i386 = calls_i386(policy);
    for (size_t i = 0; i < CALL_LISTS; i++)
        lists[i] = (struct call_list){.list = words[i],
                                      .key = calls_key(kinds[i]),
                                      .kind = kinds[i],
                                      .abi = ABI_NATIVE,
                                      .i386 = i386};
}

/* ---- names ---------------------------------------------------------------------------------- */

static int unknown_call(const struct call_list *from, const struct item *item, struct diag *diag)
{
    char hint[HINT_SIZE];
    return diag_error(
        diag, item->origin, 0,
        *group_suggest(item->first, hint, sizeof(hint)) ? hint : "names are those of syscalls(2)",
        "%s: unknown %s '%s'", from->key,
        *item->first == '@' ? "group of system calls" : "system call", item->first);
}

static int absent_call(const struct call_list *from, const struct item *item, struct diag *diag)
{
    char hint[HINT_SIZE];
    const bool i386 =
        ABI_NATIVE == ABI_X86_64 && table_number(table_find(item->first), ABI_I386) >= 0;
    snprintf(hint, sizeof(hint), "write '?%s' where the profile serves other architectures too%s",
             item->text, i386 ? "; i386 has it, which syscalls.arch = native i386 allows" : "");
    return diag_error(diag, item->origin, 0, hint, "%s: %s has no system call '%s'", from->key,
                      abi_name(ABI_NATIVE), item->first);
}

int calls_resolve(const struct call_list *from, const struct item *item, struct call_word *word,
                  struct diag *diag)
{
    *word = (struct call_word){.number = -1, .call = -1, .abi = from->abi};
    if (*item->first == '@') {
        word->group = group_find(item->first + 1);
        return word->group || item->optional ? 0 : unknown_call(from, item, diag);
    }
    const int call = word->call = table_find(item->first);
    if (call >= 0)
        word->number = table_number(call, from->abi);
    if (word->number >= 0 || item->optional)
        return 0;
    if (call >= 0 && from->i386 &&
        (table_number(call, ABI_NATIVE) >= 0 || table_number(call, ABI_I386) >= 0))
        return 0;
    return call < 0 ? unknown_call(from, item, diag) : absent_call(from, item, diag);
}

size_t calls_word_count(const struct call_word *word)
{
    return word->group ? word->group->count : 1;
}

int calls_word_number(const struct call_word *word, size_t index)
{
    return word->group ? group_number(word->group, index, word->abi) : word->number;
}

void calls_names(const struct sbx_policy *policy, struct diag *diag)
{
    struct call_list lists[CALL_LISTS];
    struct call_word word;
    calls_lists(policy, lists);
    for (size_t i = 0; i < CALL_LISTS; i++)
        for (size_t j = 0; j < lists[i].list->count && !diag_stop(diag); j++)
            calls_resolve(&lists[i], &lists[i].list->items[j], &word, diag);
}

/* ---- verdicts ------------------------------------------------------------------------------- */

/* The kernel takes errno values up to 4095. No error has that one, and libseccomp, which other
 * tools use, refuses it. */
static int check_errno(const char *key, int number, struct origin where, struct diag *diag)
{
    if (number < 4095)
        return 0;
    return diag_error(diag, where, 0, "use one of errno(3)", "%s: errno value %d is too large", key,
                      number);
}

int calls_error(enum action_kind kind, const struct item *item)
{
    const bool fails = kind == ACTION_ERRNO || kind == ACTION_REPORT;
    return !fails ? 0 : item->number ? item->number : EPERM;
}

/* One word's say about one call. Kinds stand in the order of their strength. */
static void call_weigh(struct call_verdict *verdict, enum call_rank rank, enum action_kind kind,
                       const struct item *item)
{
    const int number = calls_error(kind, item);
    if (rank < verdict->rank || (rank == verdict->rank && kind < verdict->kind))
        return;
    if (rank == verdict->rank && kind == verdict->kind) {
        verdict->disputed |= number != verdict->error;
        return;
    }
    *verdict = (struct call_verdict){.rank = rank, .kind = kind, .error = number, .by = item};
}

static int settle_item(const struct call_list *from, const struct item *item,
                       struct call_table *table, struct diag *diag)
{
    struct call_word word;
    if (check_errno(from->key, item->number, item->origin, diag) != 0 ||
        calls_resolve(from, item, &word, diag) != 0)
        return -1;
    if (!word.group && word.number >= 0)
        call_weigh(&table->of[word.number], RANK_NAME, from->kind, item);
    const int16_t *numbers = word.group ? group_numbers(word.group, from->abi) : NULL;
    for (size_t i = 0; numbers && i < word.group->count; i++)
        if (numbers[i] >= 0)
            call_weigh(&table->of[numbers[i]], RANK_GROUP, from->kind, item);
    return 0;
}

/* Whether a word speaks of a call. */
static bool names_number(const struct call_list *from, const struct item *item, int number,
                         struct diag *diag)
{
    struct call_word word;
    if (calls_resolve(from, item, &word, diag) != 0)
        return false;
    for (size_t i = 0; i < calls_word_count(&word); i++)
        if (calls_word_number(&word, i) == number)
            return true;
    return false;
}

/* The last word that gives a call another errno value than the one that decided, with the same
 * weight; NULL where there is none. */
static const struct item *rival_of(const struct call_list *from, const struct call_table *table,
                                   int number, struct diag *diag)
{
    const struct call_verdict *verdict = &table->of[number];
    const struct item *rival = NULL;
    for (size_t i = 0; i < from->list->count && verdict->disputed; i++) {
        const struct item *item = &from->list->items[i];
        const enum call_rank rank = *item->first == '@' ? RANK_GROUP : RANK_NAME;
        if (rank == verdict->rank && calls_error(from->kind, item) != verdict->error &&
            names_number(from, item, number, diag))
            rival = item;
    }
    return rival;
}

/* Whether two words are rivals about a call with a lower number too: they are reported once. */
static bool rivals_before(const struct call_list *from, const struct call_table *table, int number,
                          const struct item *rival, struct diag *diag)
{
    for (int before = 0; before < number; before++)
        if (table->of[before].by == table->of[number].by &&
            rival_of(from, table, before, diag) == rival)
            return true;
    return false;
}

/* Two errno values of the same weight: whichever stood last would decide, so neither does. */
static int settle_rivals(const struct sbx_policy *policy, const struct call_table *table,
                         struct diag *diag)
{
    int result = 0;
    for (int number = 0; number < CALLS_MAX; number++) {
        const struct call_verdict *verdict = &table->of[number];
        if (!verdict->disputed)
            continue;
        const struct call_list from = {.list = verdict->kind == ACTION_ERRNO
                                                   ? &policy->syscalls_errno
                                                   : &policy->syscalls_report,
                                       .key = calls_key(verdict->kind),
                                       .kind = verdict->kind,
                                       .abi = table->abi,
                                       .i386 = calls_i386(policy)};
        const struct item *rival = rival_of(&from, table, number, diag);
        if (!rival || rivals_before(&from, table, number, rival, diag))
            continue;
        diag_error(diag, rival->origin, 0,
                   "name the call itself with the one errno value that it shall have, or take "
                   "one of the words away with '!'",
                   "%s: '%s' and '%s' (%s:%u) give the system call '%s' two errno values", from.key,
                   rival->text, verdict->by->text,
                   verdict->by->origin.file ? verdict->by->origin.file : "built in",
                   verdict->by->origin.line, table_name(table_of_number(number, table->abi)));
        result = -1;
    }
    return result;
}

/* On i386, what is said of a call by its name is said of those that are like it, too. */
static void settle_alike(const struct call_table *native, struct call_table *i386)
{
    for (int number = 0; number <= i386->newest; number++) {
        struct call_verdict *verdict = &i386->of[number];
        const int call = table_of_number(number, ABI_I386);
        const int like = call < 0 ? -1 : table_like(call);
        const int other = like < 0 ? -1 : table_number(like, ABI_NATIVE);
        if (other < 0 || verdict->rank == RANK_NAME || native->of[other].rank != RANK_NAME)
            continue;
        *verdict = native->of[other];
        verdict->rank = RANK_LIKE;
        verdict->rules = NULL;
    }
}

int calls_settle(const struct sbx_policy *policy, const struct call_table *native,
                 struct call_table *table, struct diag *diag)
{
    const enum call_abi abi = native ? ABI_I386 : ABI_NATIVE;
    struct call_list lists[CALL_LISTS];
    int result = check_errno("syscalls.default", policy->syscalls_default.error,
                             policy->syscalls_default.origin, diag);
    memset(table, 0, sizeof(*table));
    table->abi = abi;
    table->newest = table_newest(abi);
    table->tell = (enum tell)policy->syscalls_tell.v;
    calls_lists(policy, lists);
    for (size_t i = 0; i < CALL_LISTS; i++) {
        lists[i].abi = abi;
        for (size_t j = 0; j < lists[i].list->count && !diag_stop(diag); j++)
            result |= settle_item(&lists[i], &lists[i].list->items[j], table, diag);
    }
    if (native)
        settle_alike(native, table);
    return diag_stop(diag) ? -1 : result | settle_rivals(policy, table, diag);
}

int calls_copy(const struct call_table *from, struct call_table *to, struct arena *arena,
               struct diag *diag)
{
    struct call_table *i386 = from->i386 ? arena_alloc(arena, sizeof(*i386)) : NULL;
    if (from->i386 && !i386)
        return diag_memory(diag);
    *to = *from;
    to->i386 = i386;
    if (i386)
        *i386 = *from->i386;
    return 0;
}

struct value_action calls_action(const struct sbx_policy *policy, const struct call_table *table,
                                 int number)
{
    const struct call_verdict *verdict = &table->of[number];
    if (verdict->rank == RANK_NONE)
        return policy->syscalls_default;
    return (struct value_action){.kind = verdict->kind,
                                 .error = verdict->error,
                                 .origin = verdict->by ? verdict->by->origin
                                                       : (struct origin){.file = NULL}};
}

struct value_action calls_standing(const struct sbx_policy *policy, const struct call_table *table,
                                   int number)
{
    return number > table->newest ? policy->syscalls_unknown : calls_action(policy, table, number);
}

bool action_passes(struct value_action action)
{
    return action.kind == ACTION_ALLOW || action.kind == ACTION_LOG;
}

bool calls_passes(const struct sbx_policy *policy, const struct call_table *table, int number)
{
    return action_passes(calls_action(policy, table, number));
}

bool action_told(struct value_action action, enum tell tell)
{
    const int what = (int)tell & ~TELL_BUT_KILLS;
    switch (action.kind) {
    case ACTION_ALLOW:
        return what == TELL_WATCH;
    case ACTION_ERRNO:
        return what == TELL_ALL || what == TELL_WATCH;
    case ACTION_KILL:
        return what != TELL_NONE && what == (int)tell;
    case ACTION_LOG:
    case ACTION_REPORT:
        break;
    }
    return what != TELL_NONE;
}

enum tell calls_tell(const struct call_table *table, int number)
{
    const int kills = (int)table->tell & TELL_BUT_KILLS, what = (int)table->tell & ~kills;
    if (what != TELL_ALL && what != TELL_WATCH)
        return table->tell;
    if (number > table->newest)
        return (enum tell)(TELL_KILLS | kills);
    return (enum tell)((what == TELL_WATCH && call_paths_of(number) ? TELL_WATCH : TELL_ALL) |
                       kills);
}
