/* SPDX-License-Identifier: MIT
 *
 * load.c - the way of a policy: the profile, what it extends, the overrides, the defaults.
 */
#include "policy/load.h"
#include "base/fd.h"
#include "policy/diag.h"
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
        return err_memory(loader->draft.memory.error, "profile");
    return profile_error(loader->draft.memory.error, origin, 0,
                         "a profile can't extend itself: remove one of the names",
                         "the profiles extend each other in a circle: %s", chain);
}

/* Loads the profiles that the words of an "extends" name. */
static int load_extended(struct loader *loader, const struct profile *profile,
                         const struct setting *extends)
{
    for (const struct node *node = extends->words; node; node = node->next) {
        const struct item *item = &node->item;
        if (node->remove)
            return profile_error(loader->draft.memory.error, item->origin, 0, "leave the name out",
                                 "profile.extends takes no '!%s'", item->text);
        struct source_request request = {.arena = &loader->draft.policy->arena,
                                         .error = loader->draft.memory.error,
                                         .origin = item->origin,
                                         .name = item->text,
                                         .extending = profile->path,
                                         .optional = item->optional};
        if (load_profile(loader, &request, profile) != 0)
            return -1;
    }
    return 0;
}

/* ---- one profile ---------------------------------------------------------------------------- */

/* The profile of the same file, where it was opened before. */
static const struct profile *loaded_before(const struct loader *loader, const struct source *source)
{
    const struct profile *profile = loader->profiles;
    while (profile && (profile->device != source->device || profile->inode != source->inode))
        profile = profile->next;
    return profile;
}

static struct profile *profile_new(struct loader *loader, const struct source *source,
                                   const struct profile *parent)
{
    struct profile *profile = arena_alloc(loader->draft.memory.scratch, sizeof(*profile));
    if (!profile) {
        err_memory(loader->draft.memory.error, "profile");
        return NULL;
    }
    profile->path = source->path;
    profile->device = source->device;
    profile->inode = source->inode;
    profile->parent = parent;
    profile->next = loader->profiles;
    loader->profiles = profile;
    loader->count++;
    return profile;
}

/* What it extends first, then what it says itself. [profile] is about the one file alone, so that
 * an extended profile leaves no trace of it. */
static int apply_profile(struct loader *loader, const struct profile *profile)
{
    const struct key *extends = &policy_keys[KEY_profile_extends];
    const struct setting *setting;
    for (setting = profile->settings; setting; setting = setting->next) {
        if (setting->key == extends && load_extended(loader, profile, setting) != 0)
            return -1;
    }
    for (setting = profile->settings; setting; setting = setting->next) {
        if (profile->parent && strcmp(setting->key->section, extends->section) == 0)
            continue;
        if (draft_apply(&loader->draft, setting, DRAFT_ADD) != 0)
            return -1;
    }
    return 0;
}

static int load_source(struct loader *loader, struct source *source,
                       const struct source_request *request, const struct profile *parent)
{
    struct sbx_error *error = loader->draft.memory.error;
    const struct profile *before = loaded_before(loader, source);
    if (before)
        return before->done ? 0 : circle(loader, before, parent, request->origin);
    if (loader->count >= PROFILES_MAX)
        return profile_error(error, request->origin, 0, NULL,
                             "more than %d profiles extend each other", PROFILES_MAX);

    struct profile *profile = profile_new(loader, source, parent);
    autofree char *text = NULL;
    size_t length = 0;
    if (!profile || source_read(source, &text, &length, error) != 0)
        return -1;
    close_fd(&source->fd); /* a chain of profiles must not hold all its files open */
    if (profile_parse(&loader->draft.memory, profile, text, length) != 0)
        return -1;
    if (!parent)
        loader->draft.policy->file = profile->path;
    if (apply_profile(loader, profile) != 0)
        return -1;
    profile->done = true;
    return 0;
}

static int load_profile(struct loader *loader, const struct source_request *request,
                        const struct profile *parent)
{
    struct source source = {.fd = -1};
    int result = source_open(request, &source);
    if (result != 0)
        return result > 0 ? 0 : -1;
    result = load_source(loader, &source, request, parent);
    close_fd(&source.fd);
    return result;
}

/* ---- the whole ------------------------------------------------------------------------------ */

static int load_all(struct loader *loader, const char *name, const char *const *overrides,
                    size_t count)
{
    struct sbx_policy *policy = loader->draft.policy;
    struct source_request request = {
        .arena = &policy->arena, .error = loader->draft.memory.error, .name = name};
    policy->name = arena_strdup(&policy->arena, name);
    if (!policy->name)
        return err_memory(request.error, "profile");
    if (load_profile(loader, &request, NULL) != 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        if (override_apply(&loader->draft, overrides[i], (unsigned)i + 1) != 0)
            return -1;
    }
    return draft_finish(&loader->draft);
}

int policy_load(const char *name, const char *const *overrides, size_t count,
                struct sbx_policy **out, struct sbx_error *error)
{
    struct arena scratch = {NULL};
    struct sbx_policy *policy = calloc(1, sizeof(*policy));
    if (!policy)
        return err_memory(error, "profile");
    struct loader loader = {.count = 0};
    draft_init(
        &loader.draft, policy,
        (struct profile_memory){.keep = &policy->arena, .scratch = &scratch, .error = error});
    int result = load_all(&loader, name, overrides, count);
    arena_free(&scratch);
    if (result != 0) {
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
