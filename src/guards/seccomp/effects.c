/* SPDX-License-Identifier: MIT
 *
 * effects.c - words of [syscalls] that change nothing: whoever wrote them believes something that
 * is not so. That two groups overlap is no such thing.
 */
#include "guards/seccomp/house.h"
#include "guards/seccomp/members.h"
#include "policy/names.h"
#include <errno.h>
#include <string.h>

/* One word, and what became of its calls. */
struct effect {
    const struct call_list *from;
    const struct item *item;
    struct call_word word;
    size_t known;               /* calls that this machine has */
    size_t beaten, overruled;   /* by a stronger word; by a house rule */
    struct call_verdict winner; /* one of the stronger words, and its list */
    bool several;               /* it is not the only one */
    int house_call;             /* one of the calls that a house rule decides */
};

static int error_of(const struct call_list *from, const struct item *item)
{
    return calls_error(from->kind, item);
}

static void look_at(struct effect *effect, const struct call_verdict *said,
                    const struct call_verdict *final, int number)
{
    const enum call_rank rank = effect->word.group ? RANK_GROUP : RANK_NAME;
    effect->known++;
    if (said->rank > rank || said->kind > effect->from->kind) {
        effect->beaten++;
        effect->several |= effect->winner.by && effect->winner.by != said->by;
        effect->winner = *said;
        return;
    }
    if (final->kind != effect->from->kind || final->error != error_of(effect->from, effect->item)) {
        effect->overruled++;
        effect->house_call = number;
    }
}

static void report_beaten(const struct effect *effect, struct diag *diag)
{
    const struct item *winner = effect->winner.by;
    const char *hint = effect->word.group
                           ? "take it away; a call that it shall decide is to be named itself"
                           : "take it away";
    diag_lint(diag, SBX_SEVERITY_NOTE, RULE_no_effect, effect->item->origin, hint,
              "%s: '%s' has no effect: what it names is decided by %s '%s' (%s:%u)%s",
              effect->from->key, effect->item->text, calls_key(effect->winner.kind), winner->text,
              winner->origin.file ? winner->origin.file : "built in", winner->origin.line,
              effect->several ? " and other words that are stronger" : ", which is stronger");
}

static void report_overruled(const struct effect *effect, const struct call_table *table,
                             struct diag *diag)
{
    const struct call_verdict *final = &table->of[effect->house_call];
    const char *name = errno_name(final->error);
    diag_lint(diag, SBX_SEVERITY_NOTE, RULE_no_effect, effect->item->origin, "take it away",
              "%s: '%s' has no effect: a house rule answers with %s: %s", effect->from->key,
              effect->item->text, name ? name : "an error",
              house_settle_reason(table, effect->house_call));
}

/* A word that stands in the same list before. Returns whether it was reported. */
static bool repeats(const struct call_list *from, size_t index, struct diag *diag)
{
    const struct item *items = from->list->items, *item = &items[index];
    for (size_t i = 0; i < index; i++) {
        if (strcmp(items[i].first, item->first) != 0 ||
            error_of(from, &items[i]) != error_of(from, item))
            continue;
        diag_lint(diag, SBX_SEVERITY_NOTE, RULE_no_effect, item->origin, "take it away",
                  "%s: '%s' has no effect: it stands in the list before (%s:%u)", from->key,
                  item->text, items[i].origin.file ? items[i].origin.file : "built in",
                  items[i].origin.line);
        return true;
    }
    return false;
}

static void review_word(const struct call_list *from, const struct item *item,
                        const struct call_table *lists, const struct call_table *table,
                        struct diag *diag)
{
    struct effect effect = {.from = from, .item = item};
    if (calls_resolve(from, item, &effect.word, diag) != 0)
        return;
    for (size_t i = 0; i < calls_word_count(&effect.word); i++) {
        int number = calls_word_number(&effect.word, i);
        if (number >= 0)
            look_at(&effect, &lists->of[number], &table->of[number], number);
    }
    if (effect.known == 0 || effect.beaten + effect.overruled < effect.known)
        return;
    if (effect.overruled)
        report_overruled(&effect, table, diag);
    else
        report_beaten(&effect, diag);
}

void review_effects(const struct sbx_policy *policy, const struct call_table *lists,
                    const struct call_table *table, struct diag *diag)
{
    struct call_list all[CALL_LISTS];
    calls_lists(policy, all);
    for (size_t i = 0; i < CALL_LISTS; i++)
        for (size_t j = 0; j < all[i].list->count; j++)
            if (!repeats(&all[i], j, diag))
                review_word(&all[i], &all[i].list->items[j], lists, table, diag);
}
