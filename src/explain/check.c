/* SPDX-License-Identifier: MIT
 *
 * check.c - sbx_check(): every error of a profile, and where there is none, what in it is dangerous
 * or without effect. Looks at no machine: the same profile gets the same answer everywhere.
 */
#include "explain/findings.h"
#include "launch/prepare.h"
#include "policy/load.h"
#include <stdlib.h>
#include <string.h>

/* Where a finding's file stands in the order of reading: the profile itself first. */
static size_t file_rank(const struct texts *texts, const char *file)
{
    size_t rank = 0;
    for (const struct text *text = texts->first; text; text = text->next, rank++)
        if (strcmp(text->file, file) == 0)
            return SIZE_MAX - rank; /* the text read last is the first of the list */
    return 0;
}

struct sorted {
    const struct finding *finding;
    size_t rank, position;
};

/* By file, line and column; what is about no place comes first. */
static int compare(const void *left, const void *right)
{
    const struct sorted *a = left, *b = right;
    const struct origin *one = &a->finding->origin, *two = &b->finding->origin;
    if (a->rank != b->rank)
        return a->rank < b->rank ? -1 : 1;
    if (one->line != two->line)
        return one->line < two->line ? -1 : 1;
    if (one->column != two->column)
        return one->column < two->column ? -1 : 1;
    return a->position < b->position ? -1 : a->position > b->position;
}

/* From the diag's own form to the public one. */
static void publish(const struct finding *found, const struct texts *texts,
                    struct sbx_finding *finding)
{
    finding->severity = found->severity;
    finding->rule = found->rule;
    err_set(&finding->error, SBX_E_PROFILE, found->sys_errno, "profile", "%s", found->text);
    err_hint(&finding->error, "%s", found->hint);
    err_at(&finding->error, found->origin);
    quote_line(texts, found->origin, &finding->error);
}

/* Who mends all that is told must not take the profile for right. */
static const struct finding more_errors = {
    .severity = SBX_SEVERITY_ERROR,
    .rule = "invalid",
    .text = "there are more errors than are told at once: these are the first",
    .hint = "mend them and check again",
};

/* Makes the findings of what the diag holds. NULL where memory has run out. */
static struct sbx_findings *collect(const char *name, const struct sbx_policy *policy,
                                    const struct diag *diag)
{
    const struct texts *texts = &policy->texts;
    size_t count = 0, i = 0;
    for (const struct finding *found = diag->first; found; found = found->next)
        count++;
    const bool more = diag->errors >= DIAG_ERRORS_MAX;
    count += more;
    struct sbx_findings *findings = findings_new(name, policy->file, count);
    struct sorted *sorted = calloc(count + 1, sizeof(*sorted));
    if (!findings || !sorted) {
        sbx_findings_free(findings);
        free(sorted);
        return NULL;
    }
    for (const struct finding *found = diag->first; found; found = found->next, i++) {
        const char *file = found->origin.file;
        sorted[i] = (struct sorted){found, file ? file_rank(texts, file) : 0, i};
    }
    if (more)
        sorted[i] = (struct sorted){.finding = &more_errors};
    qsort(sorted, count, sizeof(*sorted), compare);
    for (i = 0; i < count; i++)
        publish(sorted[i].finding, texts, &findings->list[i]);
    free(sorted);
    return findings;
}

int sbx_check(const char *name, const char *const *overrides, size_t count,
              struct sbx_findings **findings, struct sbx_error *error)
{
    struct arena arena = {NULL};
    struct sbx_error first;
    struct diag diag = {.error = &first, .arena = &arena};
    const struct load_request request = {
        .name = name, .overrides = overrides, .count = count, .outside = &outside_machine};
    struct sbx_policy *policy;
    struct sbx_findings *made = NULL;
    policy_read(&request, &diag, &policy);
    if (policy)
        plan_examine(policy, &diag);
    if (policy && !diag.broken)
        made = collect(name, policy, &diag);
    arena_free(&arena);
    policy_free(policy);
    if (!made)
        return err_memory(error, "check");
    *findings = made;
    return 0;
}
