/* SPDX-License-Identifier: MIT
 *
 * load.c - the way of a policy: the profile, what it extends, the overrides, the defaults.
 */
#include "policy/load.h"
#include "base/fd.h"
#include "policy/draft.h"
#include "policy/override.h"
#include "policy/search.h"
#include <stdio.h>
#include <string.h>

/* Bounds the depth of the recursion as well. */
enum { PROFILES_MAX = 64 };

struct loader {
    struct draft draft;
    struct profile *profiles; /* all that were opened, the last one first */
    size_t count;
};

static int load_profile(struct loader *loader, const struct source_request *request,
                        const struct profile *parent);

/* ---- extends -------------------------------------------------------------------------------- */

static int circle(const struct loader *loader, const struct profile *again,
                  const struct profile *parent, struct origin origin)
{
    /* From `again` down to `parent`; the chain is known from its lower end only. */
    char *chain = arena_strdup(loader->draft.memory.scratch, again->path);
    for (const struct profile *profile = parent; chain && profile; profile = profile->parent) {
        chain = arena_printf(loader->draft.memory.scratch, "%s extends %s", profile->path, chain);
        if (profile == again)
            break;
    }
    if (!chain)
        return diag_memory(loader->draft.memory.diag);
    return diag_error(loader->draft.memory.diag, origin, 0,
                      "a profile can't extend itself: remove one of the names",
                      "the profiles extend each other in a circle: %s", chain);
}

/* Loads the profiles that the words of an "extends" name. */
static void load_extended(struct loader *loader, const struct profile *profile,
                          const struct setting *extends)
{
    struct draft *draft = &loader->draft;
    if (extends->incomplete)
        draft->all_incomplete = true;
    for (const struct node *node = extends->words; node; node = node->next) {
        const struct item *item = &node->item;
        if (diag_stop(draft->memory.diag))
            return;
        if (node->remove) {
            diag_error(draft->memory.diag, item->origin, 0, "leave the name out",
                       "profile.extends takes no '!%s'", item->text);
            continue;
        }
        struct source_request request = {.arena = &draft->policy->arena,
                                         .diag = draft->memory.diag,
                                         .outside = draft->memory.outside,
                                         .origin = item->origin,
                                         .name = item->first,
                                         .extending = profile->path,
                                         .optional = item->optional};
        if (load_profile(loader, &request, profile) != 0)
            draft->all_incomplete = true;
    }
}

/* ---- one profile ---------------------------------------------------------------------------- */

/* The profile of the same file, where it was opened before. */
static const struct profile *loaded_before(const struct loader *loader, const struct source *source)
{
    const struct profile *profile = loader->profiles;
    while (profile &&
           (profile->device != source->file.device || profile->inode != source->file.inode))
        profile = profile->next;
    return profile;
}

static struct profile *profile_new(struct loader *loader, const struct source *source,
                                   const struct profile *parent)
{
    struct profile *profile = arena_alloc(loader->draft.memory.scratch, sizeof(*profile));
    if (!profile) {
        diag_memory(loader->draft.memory.diag);
        return NULL;
    }
    profile->path = source->path;
    profile->device = source->file.device;
    profile->inode = source->file.inode;
    profile->parent = parent;
    profile->next = loader->profiles;
    loader->profiles = profile;
    loader->count++;
    return profile;
}

/* What it extends first, then what it says itself. [profile] is about the one file alone, so that
 * an extended profile leaves no trace of it. */
static void apply_profile(struct loader *loader, const struct profile *profile)
{
    const struct key *extends = &policy_keys[KEY_profile_extends];
    const struct setting *setting;
    for (setting = profile->settings; setting; setting = setting->next) {
        if (setting->key == extends)
            load_extended(loader, profile, setting);
    }
    for (setting = profile->settings; setting; setting = setting->next) {
        if (profile->parent && strcmp(setting->key->section, extends->section) == 0)
            continue;
        if (!diag_stop(loader->draft.memory.diag))
            draft_apply(&loader->draft, setting, DRAFT_ADD);
    }
    if (profile->incomplete)
        loader->draft.all_incomplete = true;
}

static int load_source(struct loader *loader, struct source *source,
                       const struct source_request *request, const struct profile *parent)
{
    const struct profile *before = loaded_before(loader, source);
    if (before)
        return before->done ? 0 : circle(loader, before, parent, request->origin);
    if (loader->count >= PROFILES_MAX)
        return diag_error(request->diag, request->origin, 0, NULL,
                          "more than %d profiles extend each other", PROFILES_MAX);

    struct profile *profile = profile_new(loader, source, parent);
    const struct text *text;
    if (!profile || source_read(request, source, &text) != 0)
        return -1;
    close_fd(&source->file.fd); /* a chain of profiles must not hold all its files open */
    if (!parent)
        loader->draft.policy->file = profile->path;
    profile_parse(&loader->draft.memory, profile, text);
    apply_profile(loader, profile);
    profile->done = true;
    return 0;
}

static int load_profile(struct loader *loader, const struct source_request *request,
                        const struct profile *parent)
{
    struct source source = {.file.fd = -1};
    int result = source_open(request, &source);
    if (result != 0)
        return result > 0 ? 0 : -1;
    result = load_source(loader, &source, request, parent);
    close_fd(&source.file.fd);
    return result;
}

/* ---- the whole ------------------------------------------------------------------------------ */

static void load_all(struct loader *loader, const struct load_request *wanted)
{
    struct draft *draft = &loader->draft;
    struct sbx_policy *policy = draft->policy;
    struct diag *diag = draft->memory.diag;
    struct source_request request = {
        .arena = &policy->arena, .diag = diag, .outside = wanted->outside, .name = wanted->name};
    policy->name = policy->file = arena_strdup(&policy->arena, wanted->name);
    if (!policy->name) {
        diag_memory(diag);
        return;
    }
    if (load_profile(loader, &request, NULL) != 0)
        draft->all_incomplete = true;
    for (size_t i = 0; i < wanted->count && !diag_stop(diag); i++)
        override_apply(draft, wanted->overrides[i], (unsigned)i + 1);
    if (!diag_stop(diag))
        draft_finish(draft);
}

int policy_read(const struct load_request *request, struct diag *diag, struct sbx_policy **out)
{
    struct arena scratch = {NULL};
    struct sbx_policy *policy = calloc(1, sizeof(*policy));
    *out = NULL;
    if (!policy)
        return diag_memory(diag);
    struct loader loader = {.count = 0};
    diag->texts = &policy->texts;
    draft_init(&loader.draft, policy,
               (struct profile_memory){.keep = &policy->arena,
                                       .scratch = &scratch,
                                       .diag = diag,
                                       .outside = request->outside});
    load_all(&loader, request);
    arena_free(&scratch);
    if (diag->broken) {
        policy_free(policy);
        return -1;
    }
    *out = policy;
    return diag->errors ? -1 : 0;
}

int policy_load(const char *name, const char *const *overrides, size_t count,
                struct sbx_policy **out, struct sbx_error *error)
{
    struct diag diag = {.error = error};
    const struct load_request request = {
        .name = name, .overrides = overrides, .count = count, .outside = &outside_machine};
    struct sbx_policy *policy;
    if (policy_read(&request, &diag, &policy) != 0) {
        policy_free(policy);
        return -1;
    }
    *out = policy;
    return 0;
}

void policy_free(struct sbx_policy *policy)
{
    if (!policy)
        return;
    arena_free(&policy->arena);
    free(policy);
}
