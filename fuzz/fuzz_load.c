/* SPDX-License-Identifier: MIT
 *
 * fuzz_load.c - the whole loader in a made-up world (see world.h): with errors, what they say of
 * the place holds, and to look for all of them finds the same first one.
 */
#include "expect.h"
#include "policy/load.h"
#include "text.h"
#include "world.h"
#include <string.h>

static void check_error(const struct sbx_error *error)
{
    EXPECT(error->code == SBX_E_PROFILE && *error->text, "an error without a text");
    EXPECT(strcmp(error->stage, "profile") == 0, "of the step '%s'", error->stage);
    EXPECT(!error->hint[0] || *error->text, "a hint to nothing");
    EXPECT(memchr(error->text, '\0', sizeof(error->text)) &&
               memchr(error->hint, '\0', sizeof(error->hint)) &&
               memchr(error->excerpt, '\0', sizeof(error->excerpt)) &&
               memchr(error->origin.file, '\0', sizeof(error->origin.file)),
           "a text does not end");
    EXPECT(error->caret <= strlen(error->excerpt), "the caret is behind the excerpt");
}

/* The error by value says what the first finding says. */
static void check_first(const struct sbx_error *error, const struct finding *first)
{
    size_t shown = strlen(error->origin.file);
    const char *file = first->origin.file ? first->origin.file : "";
    EXPECT(strcmp(error->text, first->text) == 0, "'%s' against '%s'", error->text, first->text);
    EXPECT(strncmp(error->hint, first->hint, sizeof(error->hint) - 1) == 0, "'%s' against '%s'",
           error->hint, first->hint);
    EXPECT(strncmp(error->origin.file, file, shown) == 0 && shown <= strlen(file),
           "'%s' against '%s'", error->origin.file, file);
    EXPECT(error->origin.line == first->origin.line &&
               error->origin.column == first->origin.column &&
               error->origin.length == first->origin.length,
           "another place for '%s'", error->text);
}

static void check_findings(const struct diag *diag, const struct sbx_policy *policy)
{
    size_t count = 0, length;
    const struct texts *texts = &policy->texts;
    EXPECT(diag->texts == texts, "the texts are not the policy's");
    for (const struct finding *found = diag->first; found; found = found->next, count++) {
        EXPECT(found->text && *found->text && found->hint, "an error without a text");
        EXPECT(found->severity == SBX_SEVERITY_ERROR && strcmp(found->rule, "invalid") == 0,
               "'%s' is a finding of '%s'", found->text, found->rule);
        /* A file that can't be read has a name, and no line. */
        text_check_origin(texts, found->origin, &length);
    }
    EXPECT(count == diag->errors, "%zu errors, %zu kept", diag->errors, count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct world world;
    struct arena arena = {NULL};
    struct sbx_error first = {0}, all = {0};
    struct diag one = {.error = &first}, each = {.error = &all, .arena = &arena};
    struct sbx_policy *policy = NULL, *other = NULL;

    world_make(&world, data, size);
    int result = world_read(&world, &one, &policy);
    int again = world_read(&world, &each, &other);
    EXPECT(policy && other && !one.broken && !each.broken, "out of memory");
    EXPECT(result == again, "%d for the first error, %d for all", result, again);
    EXPECT((result == 0) == (one.errors == 0) && one.errors <= 1, "%d with %zu errors", result,
           one.errors);
    EXPECT((again == 0) == (each.errors == 0) && each.errors <= DIAG_ERRORS_MAX,
           "%d with %zu errors", again, each.errors);
    check_findings(&each, other);
    if (result != 0) {
        check_error(&first);
        check_error(&all);
        check_first(&first, each.first);
        EXPECT(memcmp(first.excerpt, all.excerpt, sizeof(all.excerpt)) == 0 &&
                   first.caret == all.caret && first.sys_errno == all.sys_errno,
               "'%s' against '%s'", first.excerpt, all.excerpt);
    }
    policy_free(policy);
    policy_free(other);
    arena_free(&arena);
    world_free(&world);
    return 0;
}
