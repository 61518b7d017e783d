/* SPDX-License-Identifier: MIT
 *
 * test_fs_places.c - the set of paths that claims are found by: what it answers, beside one that
 * goes through all of them; and that it takes no more for each of many claims than for each of few,
 * in places looked at, not in time.
 */
#include "guards/fs/fs.h"
#include "support/test.h"
#include <stdio.h>
#include <string.h>

enum { FEW = 500, MANY = 8000 };

static struct fs_claim claim_of(struct arena *arena, const char *target)
{
    struct fs_claim claim = {.kind = FS_CLAIM_DIR, .target = arena_strdup(arena, target)};
    claim.key = "files.tmpfs";
    return claim;
}

static void add(struct fs_claims *claims, const char *target)
{
    struct sbx_error error = {.code = 0};
    struct fs_claim claim = claim_of(claims->arena, target);
    assert_int_equal(fs_claims_add(claims, &claim, &error), 0);
}

static const char *target_of(const struct fs_claim *claim)
{
    return claim ? claim->target : "none";
}

#define EXPECT_AT(path, expected)                                                                  \
    assert_string_equal(target_of(fs_claims_at(&claims, path, strlen(path))), expected)
#define EXPECT_COVER(path, expected)                                                               \
    assert_string_equal(target_of(fs_claims_cover(&claims, path, strlen(path))), expected)
#define EXPECT_BELOW(path, expected)                                                               \
    assert_string_equal(target_of(fs_claims_below(&claims, path, strlen(path))), expected)

static void answers(void **state)
{
    struct arena arena = {NULL};
    struct fs_claims claims = {.arena = &arena};
    (void)state;
    EXPECT_AT("", "none");
    EXPECT_COVER("usr", "none");
    EXPECT_BELOW("", "none");
    add(&claims, "/usr/lib/gcc");
    add(&claims, "/usr");
    add(&claims, "/usr-local");
    EXPECT_AT("usr", "usr");
    EXPECT_AT("usr/lib", "none");
    EXPECT_AT("us", "none");
    EXPECT_COVER("usr/lib", "usr");
    EXPECT_COVER("usr/lib/gcc", "usr/lib/gcc");
    EXPECT_COVER("usr/lib/gcc/x/y", "usr/lib/gcc");
    EXPECT_COVER("usr/lib/gccs", "usr");
    EXPECT_COVER("usr-", "none");
    EXPECT_COVER("", "none");
    EXPECT_BELOW("usr", "usr/lib/gcc");
    EXPECT_BELOW("usr/lib", "usr/lib/gcc");
    EXPECT_BELOW("usr/lib/gcc", "none");
    EXPECT_BELOW("usr-local", "none");
    assert_non_null(fs_claims_below(&claims, "", 0));
    add(&claims, "/");
    EXPECT_COVER("", "");
    EXPECT_COVER("var/tmp", "");
    EXPECT_COVER("usr/x", "usr");
    arena_free(&arena);
}

static void expect_order(const struct fs_claims *claims, const char *const *expected)
{
    for (size_t i = 0; i < claims->count; i++)
        assert_string_equal(claims->list[i].target, expected[i]);
    assert_null(expected[claims->count]);
}

/* What is added after the claims were settled is found at once, and stands in order once sorted. */
static void late_claims(void **state)
{
    static const char *const sorted[] = {"a", "a/b", "a/b/c", "a-b", "z", NULL};
    static const char *const more[] = {"", "a", "a/b", "a/b/c", "a/c", "a-b", "m/n", "z", NULL};
    struct arena arena = {NULL};
    struct fs_claims claims = {.arena = &arena};
    struct sbx_error error = {.code = 0};
    (void)state;
    add(&claims, "/z");
    add(&claims, "/a-b");
    add(&claims, "/a/b/c");
    add(&claims, "/a");
    add(&claims, "/a/b");
    add(&claims, "/a"); /* the same once more */
    assert_int_equal(fs_claims_settle(&claims, &error), 0);
    expect_order(&claims, sorted);
    EXPECT_BELOW("a", "a/b");
    add(&claims, "/m/n");
    add(&claims, "/a/c");
    add(&claims, "/");
    EXPECT_AT("m/n", "m/n");
    EXPECT_COVER("a/c/d", "a/c");
    EXPECT_BELOW("m", "m/n");
    EXPECT_COVER("q", "");
    assert_int_equal(fs_claims_sort(&claims, &error), 0);
    expect_order(&claims, more);
    for (size_t i = 0; i < claims.count; i++)
        EXPECT_AT(claims.list[i].target, claims.list[i].target);
    EXPECT_BELOW("a", "a/b");
    EXPECT_BELOW("a/b/c", "none");
    arena_free(&arena);
}

/* A claim whose target runs over a link is found where it leads, and no longer where it was. */
static void moved_claims(void **state)
{
    struct arena arena = {NULL};
    struct fs_claims claims = {.arena = &arena};
    struct sbx_error error = {.code = 0};
    struct fs_claim link = claim_of(&arena, "/bin");
    (void)state;
    link.kind = FS_CLAIM_SYMLINK;
    link.source = "usr/bin";
    assert_int_equal(fs_claims_add(&claims, &link, &error), 0);
    add(&claims, "/bin/tool");
    add(&claims, "/usr/bin/tool");
    assert_int_equal(fs_claims_settle(&claims, &error), 0);
    EXPECT_AT("usr/bin/tool", "usr/bin/tool");
    EXPECT_AT("bin/tool", "none");
    EXPECT_BELOW("bin", "none");
    assert_int_equal(claims.count, 2);
    arena_free(&arena);
}

/* Places looked at for all that is asked about `count` claims on the way to steps. */
static size_t looks_of(size_t count)
{
    struct arena arena = {NULL};
    struct fs_claims claims = {.arena = &arena};
    struct sbx_error error = {.code = 0};
    char target[96];
    for (size_t i = 0; i < count; i++) {
        snprintf(target, sizeof(target), "/nix/store/%08x-package/%04zu",
                 (unsigned)i * 2654435761U >> 8, i);
        add(&claims, target);
    }
    assert_int_equal(fs_claims_settle(&claims, &error), 0);
    for (size_t i = 0; i < count; i++) {
        const struct fs_claim *claim = &claims.list[i];
        assert_ptr_equal(fs_claims_at(&claims, claim->target, claim->length), claim);
        assert_null(fs_claims_cover(&claims, claim->target, claim->length - 1));
        assert_null(fs_claims_below(&claims, claim->target, claim->length));
    }
    const size_t looks = claims.places->looks;
    arena_free(&arena);
    return looks;
}

static void growth(void **state)
{
    const size_t few = looks_of(FEW) / FEW, many = looks_of(MANY) / MANY;
    (void)state;
    if (many > 2 * few || many > 60)
        fail_msg("%zu places are looked at for each of %d claims, %zu for each of %d", few, FEW,
                 many, MANY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers),
        cmocka_unit_test(late_claims),
        cmocka_unit_test(moved_claims),
        cmocka_unit_test(growth),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
