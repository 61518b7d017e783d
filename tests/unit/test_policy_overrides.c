/* SPDX-License-Identifier: MIT
 *
 * test_policy_overrides.c - SECTION.KEY=VALUE from the command line.
 */
#include "test_policy.h"
#include <limits.h>

#define LOAD(...)                                                                                  \
    load_with("t.ini", (const char *const[]){__VA_ARGS__},                                         \
              sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))
#define REFUSE(text, part) refuse_with("t.ini", (const char *const[]){(text)}, 1, (part))

static void replace(void **state)
{
    (void)state;
    file_text("t.ini", "[limits]\nmemory = 1M\n[files]\nro = /a /b\n[network]\nfamilies = unix\n");
    struct sbx_policy *policy = LOAD("limits.memory=2M", "limits.memory=3M", "files.ro=/c ?/d",
                                     "network.families=", "environment.set=A=b=c \"D=e f\"");
    assert_int_equal(policy->limits_memory.v, 3 << 20);
    assert_string_equal(policy->limits_memory.origin.file, "--set");
    assert_int_equal(policy->limits_memory.origin.line, 2);
    assert_list(&policy->files_ro, "/c /d");
    assert_true(policy->files_ro.items[1].optional);
    assert_int_equal(policy->files_ro.items[1].origin.line, 3);
    assert_string_equal(policy->files_ro.origin.file, "--set");
    assert_list(&policy->network_families, "");
    assert_int_equal(policy->network_families.origin.line, 4);
    assert_list(&policy->environment_set, "A=b=c \"D=e f\"");
    policy_free(policy);
}

static void add(void **state)
{
    (void)state;
    file_text("t.ini", "[files]\nro = /a /b\n");
    struct sbx_policy *policy = LOAD("files.ro+=/c !/a", "files.ro+=!/c /a", "files.rw+=/e",
                                     "network.families+=netlink !inet6");
    assert_list(&policy->files_ro, "/b /a");
    assert_string_equal(policy->files_ro.origin.file, "t.ini");
    assert_list(&policy->files_rw, "/e");
    assert_list(&policy->network_families, "unix inet netlink");
    policy_free(policy);
    REFUSE("files.ro+=!/x", "'!/x' takes nothing away");
    REFUSE("files.ro=!/a", "'=' replaces the list");
    REFUSE("limits.memory+=1M", "is not a list");
}

static void variables(void **state)
{
    char text[PATH_MAX + 8], real[PATH_MAX];
    (void)state;
    assert_int_equal(mkdir("sub", 0700), 0);
    file_text("sub/t.ini", "");
    assert_non_null(realpath("sub", real));
    const char *const overrides[] = {"files.rw=${PROFILE_DIR}/x"};
    struct sbx_policy *policy = load_with("sub/t.ini", overrides, 1);
    snprintf(text, sizeof(text), "%s/x", real);
    assert_list(&policy->files_rw, text);
    policy_free(policy);
}

static void wrong(void **state)
{
    (void)state;
    file_text("t.ini", "[limits]\nmemory = 1M\n");
    REFUSE("", "sets nothing");
    REFUSE("limits.memory", "sets nothing");
    REFUSE("=1M", "sets nothing");
    REFUSE("+=1M", "names no key");
    REFUSE("memory=1M", "names no key");
    REFUSE("limits.=1M", "unknown key ''");
    REFUSE(".memory=1M", "unknown section []");
    REFUSE("limits.memory =1M", "unknown key 'memory '");
    REFUSE("limits.memory=", "the value is missing");
    REFUSE("limits.memory=1M\n", "control character");
    REFUSE("limits.memory=0", "0 makes no sense");
    REFUSE("profile.extends=base", "can't be set");
    REFUSE("profile.extends+=base", "can't be set");
    assert_hint(REFUSE("limits.memroy=1M", "unknown key 'memroy'"), "'memory'");
    assert_hint(REFUSE("limit.memory=1M", "unknown section [limit]"), "'limits'");
    const char *const overrides[] = {"limits.pids=3", "limits.memory=x"};
    struct sbx_error error = refuse_with("t.ini", overrides, 2, "limits.memory: 'x'");
    assert_string_equal(error.origin.file, "--set");
    assert_int_equal(error.origin.line, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(replace), TEST(add), TEST(variables), TEST(wrong)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
