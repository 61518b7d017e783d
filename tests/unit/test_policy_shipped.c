/* SPDX-License-Identifier: MIT
 *
 * test_policy_shipped.c - each profile that is shipped loads, and says what it must say.
 */
#include "test_policy.h"
#include <dirent.h>

static struct sbx_policy *load_shipped(const char *name)
{
    char path[512];
    snprintf(path, sizeof(path), "%s/%s", SANDBOX_PROFILES, name);
    return load(path);
}

/* Whatever the caller's environment is: none of them may rest on a variable. */
static void all_load(void **state)
{
    (void)state;
    size_t count = 0;
    DIR *directory = opendir(SANDBOX_PROFILES);
    assert_non_null(directory);
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        size_t length = strlen(entry->d_name);
        if (length < 4 || strcmp(entry->d_name + length - 4, ".ini") != 0)
            continue;
        struct sbx_policy *policy = load_shipped(entry->d_name);
        assert_non_null(policy->profile_description.v);
        policy_free(policy);
        count++;
    }
    closedir(directory);
    assert_true(count >= 6);
}

static void judges(void **state)
{
    static const char *const names[] = {"judge.ini", "judge-python.ini", "judge-java.ini",
                                        "judge-node.ini"};
    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct sbx_policy *policy = load_shipped(names[i]);
        assert_int_equal(policy->network_mode.v, NETMODE_NONE);
        assert_int_equal(policy->syscalls_default.kind, ACTION_KILL);
        assert_int_equal(policy->capabilities_keep.count, 0);
        assert_int_equal(policy->files_rw.count, 0);
        assert_int_equal(policy->namespaces_nested.v, YESNO_NO);
        assert_int_equal(policy->limits_core.v, 0);
        assert_true(policy->limits_cpu_time.v < policy->limits_wall_time.v);
        assert_true(policy->limits_memory.v >= (256 << 20));
        assert_true(policy->limits_stack.v < policy->limits_memory.v);
        assert_true(policy->limits_pids.v >= 64 && policy->limits_pids.v <= 256);
        for (size_t j = 0; j < policy->files_ro.count; j++)
            assert_true(policy->files_ro.items[j].optional);
        policy_free(policy);
    }
    struct sbx_policy *policy = load_shipped("judge.ini");
    assert_int_equal(policy->network_families.count, 0);
    assert_non_null(policy->network_families.origin.file);
    policy_free(policy);
}

static bool has_path(const struct value_list *list, const char *path)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->items[i].first, path) == 0)
            return true;
    return false;
}

/* It writes to the directory in which it is started, and no build is ended for being long. */
static void build(void **state)
{
    char here[4096];
    (void)state;
    assert_non_null(realpath(".", here));
    struct sbx_policy *policy = load_shipped("build.ini");
    assert_int_equal(policy->files_rw.count, 1);
    assert_string_equal(policy->files_rw.items[0].first, here);
    assert_string_equal(policy->root_cwd.v, here);
    assert_int_equal(policy->network_mode.v, NETMODE_LOOPBACK);
    assert_int_equal(policy->syscalls_default.kind, ACTION_ERRNO);
    assert_int_equal(policy->capabilities_keep.count, 0);
    assert_int_equal(policy->namespaces_nested.v, YESNO_NO);
    assert_true(policy->limits_cpu_time.v == POLICY_UNLIMITED);
    assert_true(policy->limits_wall_time.v == POLICY_UNLIMITED);
    assert_true(policy->limits_memory.v == POLICY_UNLIMITED);
    assert_true(policy->limits_output.v == POLICY_UNLIMITED);
    assert_true(policy->limits_pids.v != POLICY_UNLIMITED);
    /* the hard limit that the kernel gives by itself: more would be refused on some machines */
    assert_true(policy->limits_open_files.v <= 4096);
    for (size_t i = 0; i < policy->files_ro.count; i++)
        assert_true(policy->files_ro.items[i].optional);
    assert_false(has_path(&policy->files_ro, "/etc/localtime"));
    assert_true(has_path(&policy->files_tmpfs, "/tmp"));
    assert_true(has_path(&policy->files_tmpfs, "/dev/shm"));
    policy_free(policy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(all_load), TEST(judges), TEST(build)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
