/* SPDX-License-Identifier: MIT
 *
 * stacked.c - what `sandbox check` says of an overlay's layers and of the directory that keeps its
 * changes: as errors, what prepare() would refuse on every machine; as warnings, what a layer shows
 * of the host, and what a program could change behind the overlay's back. Pure, as words.c is.
 */
#include "guards/fs/fs.h"
#include <stdio.h>
#include <string.h>

static bool overlap(const char *one, const char *two)
{
    return fs_path_below(one, two) || fs_path_below(two, one);
}

/* No layer may be, or lie in, another one. */
static void review_apart(const struct value_list *lower, size_t last, struct diag *diag)
{
    const struct item *item = &lower->items[last];
    for (size_t i = 0; i < last; i++) {
        const struct item *other = &lower->items[i];
        if (item->optional || other->optional || !overlap(item->first, other->first))
            continue;
        diag_error(diag, item->origin, 0,
                   "take one of the two away; a part of the host is put on top with files.ro",
                   "root.lower: of %s and %s one lies in the other, and no layer can be a part of "
                   "another",
                   item->first, other->first);
        return;
    }
}

/* The other way round it may: then the layer is divided. */
static void review_upper(const struct sbx_policy *policy, const struct item *layer,
                         struct diag *diag)
{
    const char *upper = policy->root_upper.v;
    if (upper && !layer->optional && fs_path_below(layer->first, upper))
        diag_error(diag, policy->root_upper.origin, 0, "name a directory apart from all layers",
                   "root.upper: %s contains the layer %s, or is it", upper, layer->first);
}

/* Whether a word shows a directory at the very place where the layer would have it: it covers that,
 * and nothing is seen twice. */
static bool covers_itself(const struct fs_word *word, const struct item *layer)
{
    const char *rest = fs_path_below(word->source, layer->first);
    return rest && strcmp(*rest ? rest : "/", word->target) == 0;
}

static void review_changing(const struct fs_words *words, const struct item *layer,
                            struct diag *diag)
{
    for (size_t i = 0; i < words->count; i++) {
        const struct fs_word *word = &words->list[i];
        if (word->kind != FS_CLAIM_BIND || !word->writable ||
            !overlap(word->source, layer->first) || covers_itself(word, layer))
            continue;
        diag_lint(
            diag, SBX_SEVERITY_WARNING, RULE_changing_layer, word->origin,
            "show it read-only, or another directory",
            "%s: %s is writable, and a part of the layer %s, or has it in it: overlayfs says "
            "nothing of what is seen of a layer that changes, and the next run starts from it",
            word->key, word->source, layer->first);
    }
}

static void review_state(const struct sbx_policy *policy, const struct fs_words *words,
                         struct diag *diag)
{
    const char *upper = policy->root_upper.v;
    for (size_t i = 0; upper && i < words->count; i++) {
        const struct fs_word *word = &words->list[i];
        if (word->kind == FS_CLAIM_BIND && word->writable && !word->optional &&
            overlap(word->source, upper))
            diag_error(diag, word->origin, 0,
                       "keep the changes in a directory that nothing shows writable",
                       "%s: %s is writable inside, and with it the directory of root.upper, %s",
                       word->key, word->source, upper);
    }
}

void fs_review_overlay(const struct sbx_policy *policy, const struct fs_words *words,
                       struct diag *diag)
{
    const struct value_list *lower = &policy->root_lower;
    if (policy->root_base.v != BASE_OVERLAY)
        return;
    for (size_t i = 0; i < lower->count && !diag_stop(diag); i++) {
        const struct item *layer = &lower->items[i];
        const struct fs_word shown = {
            .kind = FS_CLAIM_OVERLAY,
            .optional = layer->optional,
            .source = layer->first,
            .target = "/",
            .key = "root.lower",
            .origin = layer->origin,
        };
        review_apart(lower, i, diag);
        review_upper(policy, layer, diag);
        review_changing(words, layer, diag);
        fs_dangers(words, &shown, diag);
    }
    review_state(policy, words, diag);
}
