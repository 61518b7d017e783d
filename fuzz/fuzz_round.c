/* SPDX-License-Identifier: MIT
 *
 * fuzz_round.c - a policy that was loaded (see world.h), printed, and loaded again is the same one;
 * and so are its copies.
 */
#include "equal.h"
#include "expect.h"
#include "policy/load.h"
#include "policy/print.h"
#include "policy/profile.h"
#include "world.h"
#include <stdlib.h>
#include <string.h>

/* Loads what is right; NULL where there is an error. */
static struct sbx_policy *load(struct world *world, struct sbx_error *error)
{
    struct diag diag = {.error = error};
    struct sbx_policy *policy = NULL;
    if (world_read(world, &diag, &policy) == 0)
        return policy;
    policy_free(policy);
    return NULL;
}

/* Loads what can be made right by leaving out what is wrong: few inputs would be right by
 * themselves. */
static struct sbx_policy *load_repaired(struct world *world)
{
    for (int tries = 0; tries < 8; tries++) {
        struct arena arena = {NULL};
        struct sbx_error error = {0};
        struct diag diag = {.error = &error, .arena = &arena};
        struct sbx_policy *policy = NULL;
        bool repaired = true;
        if (world_read(world, &diag, &policy) == 0) {
            arena_free(&arena);
            return policy;
        }
        for (const struct finding *found = diag.first; found && repaired; found = found->next)
            repaired = world_repair(world, found->origin);
        policy_free(policy);
        arena_free(&arena);
        if (!repaired)
            return NULL;
    }
    return NULL;
}

static char *print(const struct sbx_policy *policy, bool origins, size_t *length)
{
    char *text = NULL;
    FILE *stream = open_memstream(&text, length);
    EXPECT(stream, "out of memory");
    int result = policy_print(policy, origins, stream);
    EXPECT(fclose(stream) == 0 && result == 0 && text, "out of memory");
    return text;
}

/* Loads a printed text, in a world that has nothing else. */
static struct sbx_policy *load_printed(const char *text, size_t length)
{
    static struct world world;
    struct sbx_error error = {0};
    world_of_one(&world, text, length);
    struct sbx_policy *policy = load(&world, &error);
    EXPECT(policy, "%u:%u: %s in\n%s", error.origin.line, error.origin.column, error.text, text);
    world_free(&world);
    return policy;
}

static void check_printed(const struct sbx_policy *policy)
{
    size_t length, with_origins, again;
    char *plain = print(policy, false, &length), *full = print(policy, true, &with_origins);
    if (with_origins <= PROFILE_BYTES) {
        struct sbx_policy *from_plain = load_printed(plain, length);
        struct sbx_policy *from_full = load_printed(full, with_origins);
        expect_equal(policy, from_plain, EQUAL_ANYWHERE, "printed");
        expect_equal(policy, from_full, EQUAL_ANYWHERE, "printed with origins");
        char *printed = print(from_full, false, &again);
        EXPECT(again == length && memcmp(plain, printed, length) == 0,
               "printed again it is another text:\n%s\nnot\n%s", printed, plain);
        free(printed);
        policy_free(from_plain);
        policy_free(from_full);
    }
    free(plain);
    free(full);
}

static void check_copy(const struct sbx_policy *policy)
{
    struct sbx_error error = {0};
    struct sbx_policy *copy = NULL, *copy_of_copy = NULL;
    EXPECT(policy_derive(policy, NULL, 0, &copy, &error) == 0, "no copy: %s", error.text);
    EXPECT(equal_texts(policy->name, copy->name) && equal_texts(policy->file, copy->file),
           "another name");
    expect_equal(policy, copy, EQUAL_ORIGINS, "derived");
    EXPECT(policy_derive(copy, NULL, 0, &copy_of_copy, &error) == 0, "no copy: %s", error.text);
    policy_free(copy);
    expect_equal(policy, copy_of_copy, EQUAL_ORIGINS, "derived twice");
    policy_free(copy_of_copy);
}

/* An override for each call that has rules; returns how many. */
static size_t rule_overrides(struct arena *arena, const struct sbx_policy *policy,
                             const struct key *key, const char **overrides)
{
    const struct value_list *list = key_field(policy, key);
    size_t count = 0;
    for (size_t i = 0; i < list->count; i++) {
        const struct item *item = &list->items[i];
        if (!i || strcmp(item[-1].first, item->first) != 0)
            overrides[count++] =
                arena_printf(arena, "%s %s%s.%s=%s", key->section, item->optional ? "?" : "",
                             item->first, key->name, item->text);
        else
            overrides[count - 1] = arena_printf(arena, "%s %s", overrides[count - 1], item->text);
        EXPECT(overrides[count - 1], "out of memory");
    }
    return count;
}

/* The text of each value, given as an override, is that value. */
static void check_overrides(const struct sbx_policy *policy)
{
    const char *overrides[KEY_COUNT + LIST_WORDS_MAX];
    struct arena arena = {NULL};
    struct sbx_error error = {0};
    struct sbx_policy *copy = NULL;
    size_t count = 0;
    for (const struct key *key = policy_keys; key < policy_keys + KEY_COUNT; key++) {
        const char *text = policy_value_text(&arena, policy, key);
        EXPECT(text, "out of memory");
        if (key->type->of_call) {
            count += rule_overrides(&arena, policy, key, overrides + count);
            continue;
        }
        if (key != &policy_keys[KEY_profile_extends])
            overrides[count++] = arena_printf(&arena, "%s.%s=%s", key->section, key->name, text);
        EXPECT(!count || overrides[count - 1], "out of memory");
    }
    EXPECT(policy_derive(policy, overrides, count, &copy, &error) == 0, "'%s': %s", error.excerpt,
           error.text);
    expect_equal(policy, copy, EQUAL_ANYWHERE, "overridden");
    policy_free(copy);
    arena_free(&arena);
}

/* To load with overrides, and to lay them over what was loaded without, comes to the same. */
static void check_later(struct world *world)
{
    struct sbx_error first = {0}, later = {0};
    struct sbx_policy *copy = NULL;
    const size_t count = world->override_count;
    for (size_t i = 0; i < count; i++)
        if (strchr(world->overrides[i], '$')) /* policy_derive() knows the real variables alone */
            return;
    struct sbx_policy *whole = load(world, &first);
    world->override_count = 0;
    struct sbx_policy *base = load(world, &later);
    world->override_count = count;
    if (base) {
        int result = policy_derive(base, world->overrides, count, &copy, &later);
        EXPECT((result == 0) == (whole != NULL), "at once '%s', later '%s'", first.text,
               later.text);
        if (whole)
            expect_equal(whole, copy, EQUAL_ORIGINS, "overridden later");
        else
            EXPECT(memcmp(&first, &later, sizeof(first)) == 0, "'%s' at once, '%s' later",
                   first.text, later.text);
    }
    policy_free(whole);
    policy_free(base);
    policy_free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct world world;
    world_make(&world, data, size);
    check_later(&world);
    struct sbx_policy *policy = load_repaired(&world);
    world_free(&world);
    if (!policy)
        return 0;
    check_printed(policy);
    check_copy(policy);
    check_overrides(policy);
    policy_free(policy);
    return 0;
}
