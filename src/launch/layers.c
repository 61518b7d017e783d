/* SPDX-License-Identifier: MIT
 *
 * layers.c - sbx_policy_layers(): where a profile has its root's changes kept, and what lies below.
 * It starts no sandbox, and takes no directory.
 */
#include "launch/prepare.h"
#include "policy/policy.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A word with a '?' may be absent on this machine. */
static bool is_absent(const struct item *item)
{
    return item->optional && access(item->first, F_OK) != 0 &&
           (errno == ENOENT || errno == ENOTDIR);
}

/* All in one piece of memory: the pointers, and behind them the texts. */
static struct sbx_layers *pack(const char *upper, const char *const *lowers, size_t count)
{
    size_t size = sizeof(struct sbx_layers) + count * sizeof(*lowers) + strlen(upper) + 1;
    for (size_t i = 0; i < count; i++)
        size += strlen(lowers[i]) + 1;
    struct sbx_layers *made = malloc(size);
    if (!made)
        return NULL;
    const char **list = (const char **)(made + 1);
    char *text = (char *)(list + count);
    *made = (struct sbx_layers){.upper = text, .lowers = list, .lower_count = count};
    text = stpcpy(text, upper) + 1;
    for (size_t i = 0; i < count; i++) {
        list[i] = text;
        text = stpcpy(text, lowers[i]) + 1;
    }
    return made;
}

static int pack_all(const struct sbx_policy *policy, const struct fs_image *image,
                    struct sbx_layers **layers, struct sbx_error *error)
{
    const struct value_list *list = &policy->root_lower;
    size_t count = 0;
    const char **lowers = calloc(list->count + image->count + 1, sizeof(*lowers));
    if (!lowers)
        return err_memory(error, "changes");
    for (size_t i = 0; i < list->count; i++)
        if (!is_absent(&list->items[i]))
            lowers[count++] = list->items[i].first;
    for (size_t i = 0; i < image->count; i++)
        lowers[count++] = image->layers[i].path;
    struct sbx_layers *made = pack(policy->root_upper.v, lowers, count);
    free(lowers);
    if (!made)
        return err_memory(error, "changes");
    *layers = made;
    return 0;
}

/* What an image's layers are, the guard knows that prepares them. */
struct question {
    struct host host;
    struct plan plan;
    struct refusals refusals;
};

static int ask(struct question *question, const struct sbx_policy *policy,
               struct sbx_layers **layers, struct sbx_error *error)
{
    int result = -1;
    host_probe(&question->host);
    if (plan_accept(policy, error) != 0 ||
        plan_prepare_all(&question->plan, policy, NULL, &question->host, &question->refusals,
                         error) != 0)
        return -1;
    if (question->plan.fs.image.count)
        result = pack_all(policy, &question->plan.fs.image, layers, error);
    else if (question->refusals.count)
        *error = question->refusals.list[0].error;
    else
        err_set(error, SBX_E_HOST, 0, "changes", "root.image: the image has no layers");
    plan_free(&question->plan);
    return result;
}

int sbx_policy_layers(const struct sbx_policy *policy, struct sbx_layers **layers,
                      struct sbx_error *error)
{
    static const struct fs_image none;
    if (policy->root_base.v != BASE_OVERLAY || !policy->root_upper.v) {
        err_set(error, SBX_E_PROFILE, 0, "changes", "%s keeps no changes of its root",
                policy->name);
        err_hint(error, "changes are kept with root.base = overlay and a directory as root.upper");
        return err_at(error, policy->root_base.v == BASE_OVERLAY ? policy->root_upper.origin
                                                                 : policy->root_base.origin);
    }
    if (!policy->root_image.v)
        return pack_all(policy, &none, layers, error);
    struct question *question = calloc(1, sizeof(*question));
    if (!question)
        return err_memory(error, "changes");
    int result = ask(question, policy, layers, error);
    free(question);
    return result;
}
