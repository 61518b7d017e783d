/* SPDX-License-Identifier: MIT
 *
 * test_policy_derive.c - sbx_policy_set(): policies made of another one, which stays as it is.
 */
#include "policy/keys.h"
#include "policy/print.h"
#include "test_policy_printed.h"
#include <malloc.h>

#define SET(base, ...)                                                                             \
    derived((base), (const char *const[]){__VA_ARGS__},                                            \
            sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

static struct sbx_policy *derived(const struct sbx_policy *base, const char *const *overrides,
                                  size_t count)
{
    struct sbx_error error = {0};
    struct sbx_policy *policy = NULL;
    if (sbx_policy_set(base, overrides, count, &policy, &error) != 0)
        fail_msg("%s:%u: %s (%s)", error.origin.file, error.origin.line, error.text, error.hint);
    assert_non_null(policy);
    assert_ptr_not_equal(policy, base);
    return policy;
}

static struct sbx_error refused(const struct sbx_policy *base, const char *first,
                                const char *second, const char *part)
{
    const char *const overrides[] = {first, second};
    struct sbx_error error = {0};
    char untouched;
    struct sbx_policy *policy = (struct sbx_policy *)(void *)&untouched;
    assert_int_equal(sbx_policy_set(base, overrides, second ? 2 : 1, &policy, &error), -1);
    assert_ptr_equal(policy, &untouched);
    assert_int_equal(error.code, SBX_E_PROFILE);
    if (!strstr(error.text, part))
        fail_msg("'%s' is not in '%s'", part, error.text);
    return error;
}

static const char profile[] =
    "[profile]\ndescription = One\nextends = base\n[limits]\nmemory = 1M\n"
    "[files]\nro = /a ?/b \"/c d\"\nbind = /a:/b:rw\ntmpfs = /t:size=1M\nsymlink = a:/l\n"
    "[environment]\nset = A=b \"C=d e\"\n[syscalls]\nallow = read\nerrno = write:EIO\n"
    "default = errno:EPERM\n[capabilities]\nkeep = chown\n[root]\ncwd = /a\n";

static struct sbx_policy *load_base(void)
{
    const char *const overrides[] = {"limits.pids=7", "files.ro+=/set"};
    file_text("base.ini", "[limits]\nstack = 1M\n[files]\nro = /base\n");
    file_text("t.ini", profile);
    return load_with("t.ini", overrides, 2);
}

/* Nothing set: the same policy with the same origins. */
static void copy(void **state)
{
    (void)state;
    struct sbx_policy *base = load_base(), *policy = derived(base, NULL, 0);
    char *one = printed(base, true), *two = printed(policy, true);
    assert_string_equal(one, two);
    assert_string_equal(policy->name, "t.ini");
    assert_string_equal(policy->file, "t.ini");
    assert_list(&policy->profile_extends, "base");
    free(one);
    free(two);
    policy_free(policy);
    policy_free(base);
}

/* Twice from one, which is freed first and was not changed. */
static void twice(void **state)
{
    (void)state;
    struct sbx_policy *base = load_base();
    char *before = printed(base, true);
    struct sbx_policy *one = SET(base, "limits.memory=2M", "files.ro=/x");
    struct sbx_policy *two = SET(base, "limits.memory=3M", "files.ro+=!/a /y");
    struct sbx_policy *three = SET(one, "limits.pids=9");
    char *after = printed(base, true);
    assert_string_equal(before, after);
    free(before);
    free(after);
    struct sbx_policy *last = SET(base, "limits.pids=10");
    before = printed(last, true);
    policy_free(base); /* which overwrites it: see main() */
    after = printed(last, true);
    assert_string_equal(before, after);
    free(before);
    free(after);
    assert_string_equal(last->files_bind.items[0].first, "/a");
    assert_string_equal(last->files_bind.items[0].second, "/b");
    assert_string_equal(last->environment_set.items[1].second, "d e");
    assert_string_equal(last->name, "t.ini");
    policy_free(last);
    assert_int_equal(one->limits_memory.v, 2 << 20);
    assert_int_equal(two->limits_memory.v, 3 << 20);
    assert_int_equal(three->limits_memory.v, 2 << 20);
    assert_int_equal(one->limits_pids.v, 7);
    assert_int_equal(three->limits_pids.v, 9);
    assert_list(&one->files_ro, "/x");
    assert_list(&two->files_ro, "/base /b \"/c d\" /set /y");
    assert_list(&three->files_ro, "/x");
    assert_string_equal(two->files_ro.items[0].origin.file, "base.ini");
    assert_int_equal(two->files_ro.items[0].origin.line, 4);
    assert_string_equal(two->files_bind.items[0].second, "/b");
    assert_true(two->files_bind.items[0].writable);
    assert_true(two->files_ro.items[1].optional);
    policy_free(one);
    char *text = printed(three, true); /* reads every text of it */
    assert_non_null(strstr(text, "stack = 1M                                   ; base.ini:2:9\n"));
    free(text);
    policy_free(three);
    policy_free(two);
}

/* '+=' adds to what a list is by default, and to one that was emptied adds nothing but itself. */
static void adds(void **state)
{
    (void)state;
    struct sbx_policy *base = load_text("[files]\nro = /a\n");
    struct sbx_policy *policy = SET(base, "network.families+=netlink !inet6", "files.ro+=/b",
                                    "files.rw+=/c", "files.ro+=!/a");
    assert_list(&policy->network_families, "unix inet netlink");
    assert_list(&policy->files_ro, "/b");
    assert_list(&policy->files_rw, "/c");
    policy_free(policy);
    policy_free(base);
    base = load_text("[network]\nfamilies =\n");
    policy = SET(base, "network.families+=netlink");
    assert_list(&policy->network_families, "netlink");
    policy_free(policy);
    policy_free(base);
}

static void wrong(void **state)
{
    (void)state;
    struct sbx_policy *base = load_base();
    char *before = printed(base, true);
    struct sbx_error error = refused(base, "limits.memory=2M", "limits.memory=x", "'x' is not");
    assert_string_equal(error.origin.file, "--set");
    assert_int_equal(error.origin.column, 15);
    assert_string_equal(error.excerpt, "limits.memory=x");
    assert_int_equal(error.caret, 14);
    refused(base, "limits.memry=2M", NULL, "unknown key");
    refused(base, "files.ro+=!/nope", NULL, "takes nothing away");
    refused(base, "files.ro+=!/a !/a", NULL, "takes nothing away");
    refused(base, "files.ro=!/a", NULL, "'=' replaces the list");
    refused(base, "limits.memory+=1M", NULL, "is not a list");
    refused(base, "profile.extends=x", NULL, "can't be set");
    refused(base, "", NULL, "sets nothing");
    char *after = printed(base, true);
    assert_string_equal(before, after);
    free(before);
    free(after);
    policy_free(base);
}

/* The numbers of --set go on: two values of one policy never claim the same origin. */
static void positions(void **state)
{
    (void)state;
    struct sbx_policy *base = load_base();
    struct sbx_policy *one = SET(base, "limits.memory=2M", "limits.core=1");
    struct sbx_policy *two = SET(one, "limits.core=2");
    assert_int_equal(base->limits_pids.origin.line, 1);
    assert_int_equal(one->limits_pids.origin.line, 1);
    assert_int_equal(one->limits_memory.origin.line, 3);
    assert_int_equal(one->limits_core.origin.line, 4);
    assert_int_equal(two->limits_memory.origin.line, 3);
    assert_int_equal(two->limits_core.origin.line, 5);
    assert_int_equal(refused(one, "limits.core=x", NULL, "'x'").origin.line, 5);
    /* Each is quoted from its own text. */
    struct sbx_error error = {0};
    static const char *const texts[] = {"limits.pids=7", "files.ro+=/set", "limits.memory=2M",
                                        "limits.core=1", "limits.core=2"};
    for (unsigned i = 0; i < 5; i++) {
        quote_line(&two->texts, (struct origin){.file = "--set", .line = i + 1, .column = 1},
                   &error);
        assert_string_equal(error.excerpt, texts[i]);
    }
    quote_line(&two->texts, two->root_cwd.origin, &error);
    assert_string_equal(error.excerpt, "cwd = /a");
    quote_line(&two->texts, two->limits_stack.origin, &error);
    assert_string_equal(error.excerpt, "stack = 1M");
    policy_free(base);
    policy_free(one);
    policy_free(two);
}

/* ${PROFILE_DIR} is still that of the profile. A variable is looked up when it is set. */
static void variables(void **state)
{
    char expected[512];
    (void)state;
    assert_int_equal(mkdir("sub", 0700), 0);
    file_text("sub/t.ini", "[environment]\nset = A=${env:MINE}\n");
    setenv("MINE", "one", 1);
    struct sbx_policy *base = load("sub/t.ini");
    setenv("MINE", "two", 1);
    struct sbx_policy *policy =
        SET(base, "files.ro=${PROFILE_DIR}/x", "environment.set+=B=${env:MINE}");
    snprintf(expected, sizeof(expected), "%s/sub/x", (char *)*state);
    assert_list(&policy->files_ro, expected);
    assert_list(&policy->environment_set, "A=one B=two");
    policy_free(policy);
    policy_free(base);
}

int main(void)
{
    mallopt(M_PERTURB, 0x5a); /* what is freed is overwritten */
    const struct CMUnitTest tests[] = {TEST(copy),  TEST(twice),     TEST(adds),
                                       TEST(wrong), TEST(positions), TEST(variables)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
