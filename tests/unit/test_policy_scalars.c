/* SPDX-License-Identifier: MIT
 *
 * test_policy_scalars.c - each type of single values, with what it takes and what it refuses.
 */
#include "test_policy.h"
#include <errno.h>

static void expect_size(const char *text, uint64_t bytes)
{
    char line[128];
    snprintf(line, sizeof(line), "memory = %s", text);
    struct sbx_policy *policy = load_key("limits", line);
    assert_int_equal(policy->limits_memory.v, bytes);
    assert_string_equal(policy->limits_memory.origin.file, "t.ini");
    assert_int_equal(policy->limits_memory.origin.line, 2);
    policy_free(policy);
}

static void sizes(void **state)
{
    (void)state;
    expect_size("1", 1);
    expect_size("010", 10);
    expect_size("64K", 64 << 10);
    expect_size("256M", 256 << 20);
    expect_size("2G", UINT64_C(2) << 30);
    expect_size("3T", UINT64_C(3) << 40);
    expect_size("\"256M\"", 256 << 20);
    expect_size("256M ; a comment", 256 << 20);
    expect_size("unlimited", POLICY_UNLIMITED);
    expect_size("9223372036854775807", INT64_MAX);
    expect_size("8388607T", UINT64_C(8388607) << 40);
}

static void bad_sizes(void **state)
{
    (void)state;
    refuse_key("limits", "memory = -1", "'-1' is not a size");
    refuse_key("limits", "memory = +1", "'+1' is not a size");
    assert_hint(refuse_key("limits", "memory = 0x10", "is not a size"), "decimal");
    assert_hint(refuse_key("limits", "memory = 1.5G", "is not a size"), "whole");
    refuse_key("limits", "memory = 1e6", "is no unit");
    refuse_key("limits", "memory = M", "'M' is not a size");
    refuse_key("limits", "memory = 1 M", "takes one value");
    refuse_key("limits", "memory = 1P", "'P' is no unit");
    refuse_key("limits", "memory =", "the value is missing");
    refuse_key("limits", "memory = \"\"", "empty word");
    refuse_key("limits", "memory = ${HOME}", "is not a size");
    assert_hint(refuse_key("limits", "memory = 9223372036854775808", "at most 2^63 - 1"),
                "write unlimited");
    refuse_key("limits", "memory = 8388608T", "too large");
    refuse_key("limits", "memory = 18446744073709551614", "too large");
    refuse_key("limits", "memory = 18446744073709551615", "too large");
    refuse_key("limits", "memory = 18446744073709551616", "too large");
    refuse_key("limits", "memory = 99999999999999999999999", "too large");
    refuse_key("limits", "memory = 16777216T", "too large");
    assert_hint(refuse_key("limits", "memory = 64MB", "no unit"), "did you mean 'M'?");
    assert_hint(refuse_key("limits", "memory = 64GiB", "no unit"), "did you mean 'G'?");
    assert_hint(refuse_key("limits", "memory = 64k", "no unit"), "did you mean 'K'?");
    assert_hint(refuse_key("limits", "memory = unlimted", "not a size"), "'unlimited'");
    assert_hint(refuse_key("limits", "memory = 64M # x", "one value"), "' ;'");
    refuse_text("[limits]\nmemory = 64M\n  65M\n", 3, "takes one value");
    assert_hint(refuse_key("limits", "memory = 64M 65M", "one value"), "leave the blank out");
}

static void expect_duration(const char *text, uint64_t nanoseconds)
{
    char line[128];
    snprintf(line, sizeof(line), "cpu_time = %s", text);
    struct sbx_policy *policy = load_key("limits", line);
    assert_int_equal(policy->limits_cpu_time.v, nanoseconds);
    policy_free(policy);
}

static void durations(void **state)
{
    (void)state;
    expect_duration("7ns", 7);
    expect_duration("7us", 7000);
    expect_duration("1500ms", 1500000000);
    expect_duration("2s", UINT64_C(2000000000));
    expect_duration("2m", UINT64_C(120000000000));
    expect_duration("1h", UINT64_C(3600000000000));
    expect_duration("4611686018427387904ns", UINT64_C(1) << 62);
    expect_duration("4611686018s", UINT64_C(4611686018000000000));
    expect_duration("unlimited", POLICY_UNLIMITED);
    refuse_key("limits", "cpu_time = 2", "has no unit");
    assert_hint(refuse_key("limits", "cpu_time = 1.5s", "is not a duration"), "1500ms");
    refuse_key("limits", "cpu_time = -2s", "is not a duration");
    refuse_key("limits", "cpu_time = 2 s", "takes one value");
    assert_hint(refuse_key("limits", "cpu_time = 4611686018427387905ns", "about 146 years"),
                "write unlimited");
    refuse_key("limits", "cpu_time = 4611686019s", "too large");
    refuse_key("limits", "wall_time = 18446744073s", "too large");
    refuse_key("limits", "wall_time = 18446744073709551614ns", "too large");
    refuse_key("limits", "cpu_time = 18446744073709551615ns", "too large");
    refuse_key("limits", "cpu_time = 18446744074s", "too large");
    refuse_key("limits", "cpu_time = 99999999999999999999", "has no unit");
    assert_hint(refuse_key("limits", "cpu_time = 2S", "no unit"), "did you mean 's'?");
    assert_hint(refuse_key("limits", "cpu_time = 2d", "no unit"), "ns us ms s m h");
}

static void zeros(void **state)
{
    (void)state;
    static const char *const refused[] = {
        "cpu_time = 0", "cpu_time = 0s", "wall_time = 0ms", "memory = 0",      "memory = 0K",
        "pids = 0",     "output = 0",    "stack = 0",       "open_files = 00",
    };
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
        refuse_key("limits", refused[i], "0 makes no sense here: ");
    refuse_key("root", "size = 0", "without a limit");
    struct sbx_policy *policy = load_text("[limits]\ncore = 0\nfile_size = 0\n");
    assert_int_equal(policy->limits_core.v, 0);
    assert_int_equal(policy->limits_file_size.v, 0);
    policy_free(policy);
}

static void counts(void **state)
{
    (void)state;
    struct sbx_policy *policy = load_text("[limits]\npids = 64\nopen_files = unlimited\n");
    assert_int_equal(policy->limits_pids.v, 64);
    assert_int_equal(policy->limits_open_files.v, POLICY_UNLIMITED);
    policy_free(policy);
    refuse_key("limits", "pids = 1K", "'1K' is not a number");
    refuse_key("limits", "pids = -1", "is not a number");
    refuse_key("limits", "pids = many", "is not a number");
    refuse_key("limits", "pids = 9223372036854775808", "too large");
    refuse_key("limits", "pids = 18446744073709551615", "is not a number");
    refuse_key("root", "size = unlimited", "can't be unlimited");
}

static void ids_modes_nice(void **state)
{
    (void)state;
    struct sbx_policy *policy = load_text("[identity]\nuid = 0\ngid = 4294967294\n"
                                          "[process]\numask = 077\nnice = 19\n");
    assert_int_equal(policy->identity_uid.v, 0);
    assert_int_equal(policy->identity_gid.v, UINT32_MAX - 1);
    assert_int_equal(policy->process_umask.v, 077);
    assert_int_equal(policy->process_nice.v, 19);
    policy_free(policy);
    refuse_key("identity", "uid = 4294967295", "not a user or group id");
    refuse_key("identity", "uid = root", "not a user or group id");
    refuse_key("identity", "uid = -1", "not a user or group id");
    refuse_key("process", "umask = 088", "not a file mode");
    refuse_key("process", "umask = 1000", "not a file mode");
    refuse_key("process", "umask = 0o22", "not a file mode");
    refuse_key("process", "nice = 20", "not a nice value");
    refuse_key("process", "nice = -5", "not a nice value");
}

static void enums(void **state)
{
    (void)state;
    struct sbx_policy *policy =
        load_text("[network]\nmode = host\n[limits]\nenforce = best-effort\n[files]\nsys = ro\n"
                  "dev = none\nproc = none\n[namespaces]\nipc = host\nnested = yes\n"
                  "[root]\nbase = empty\n[environment]\nclear = no\n");
    assert_int_equal(policy->network_mode.v, NETMODE_HOST);
    assert_int_equal(policy->limits_enforce.v, ENFORCE_BEST_EFFORT);
    assert_int_equal(policy->files_sys.v, SYS_RO);
    assert_int_equal(policy->files_dev.v, DEV_NONE);
    assert_int_equal(policy->files_proc.v, PROC_NONE);
    assert_int_equal(policy->namespaces_ipc.v, SHARE_HOST);
    assert_int_equal(policy->namespaces_nested.v, YESNO_YES);
    assert_int_equal(policy->root_base.v, BASE_EMPTY);
    assert_int_equal(policy->environment_clear.v, YESNO_NO);
    policy_free(policy);
    assert_hint(refuse_key("network", "mode = loopbak", "'loopbak' is not known"), "'loopback'");
    assert_hint(refuse_key("limits", "enforce = Strict", "is not known"), "'strict'");
    refuse_key("environment", "clear = true", "the value is yes or no");
    refuse_key("environment", "clear = 1", "the value is yes or no");
}

static void defaults(void **state)
{
    (void)state;
    struct sbx_policy *policy = load_text("");
    assert_int_equal(policy->network_mode.v, NETMODE_NONE);
    assert_null(policy->network_mode.origin.file);
    assert_int_equal(policy->limits_memory.v, POLICY_UNLIMITED);
    assert_int_equal(policy->limits_stack.v, 8 << 20);
    assert_int_equal(policy->identity_uid.v, 1000);
    assert_string_equal(policy->root_cwd.v, "/box");
    assert_string_equal(policy->identity_hostname.v, "sandbox");
    assert_int_equal(policy->process_umask.v, 022);
    assert_int_equal(policy->syscalls_default.kind, ACTION_KILL);
    assert_int_equal(policy->syscalls_unknown.kind, ACTION_ERRNO);
    assert_int_equal(policy->syscalls_unknown.error, ENOSYS);
    assert_null(policy->profile_description.v);
    assert_list(&policy->network_families, "unix inet inet6");
    assert_null(policy->network_families.origin.file);
    assert_list(&policy->files_ro, "");
    assert_string_equal(policy->name, "t.ini");
    assert_string_equal(policy->file, "t.ini");
    policy_free(policy);
}

static void expect_action(const char *text, enum action_kind kind, int number)
{
    char line[128];
    snprintf(line, sizeof(line), "default = %s", text);
    struct sbx_policy *policy = load_key("syscalls", line);
    assert_int_equal(policy->syscalls_default.kind, kind);
    assert_int_equal(policy->syscalls_default.error, number);
    policy_free(policy);
}

static void actions(void **state)
{
    (void)state;
    expect_action("kill", ACTION_KILL, 0);
    expect_action("allow", ACTION_ALLOW, 0);
    expect_action("log", ACTION_LOG, 0);
    expect_action("errno:EPERM", ACTION_ERRNO, EPERM);
    expect_action("errno:EHWPOISON", ACTION_ERRNO, EHWPOISON);
    expect_action("errno:EWOULDBLOCK", ACTION_ERRNO, EAGAIN);
    expect_action("errno:1", ACTION_ERRNO, 1);
    expect_action("errno:4095", ACTION_ERRNO, 4095);
    expect_action("report", ACTION_REPORT, EPERM);
    expect_action("report:EACCES", ACTION_REPORT, EACCES);
    refuse_key("syscalls", "default = report:", "no errno value");
    refuse_key("syscalls", "default = reports", "is not an action");
    refuse_key("syscalls", "default = errno:0", "'0' is no errno value");
    refuse_key("syscalls", "default = errno:4096", "no errno value");
    refuse_key("syscalls", "default = errno:", "no errno value");
    refuse_key("syscalls", "default = errno", "is not an action");
    assert_hint(refuse_key("syscalls", "default = errno:EPREM", "no errno value"), "'EPERM'");
    assert_hint(refuse_key("syscalls", "default = kil", "is not an action"), "'kill'");
    assert_hint(refuse_key("syscalls", "default = errno:eperm", "no errno value"), "'EPERM'");
}

static void strings(void **state)
{
    (void)state;
    struct sbx_policy *policy = load_text("[profile]\ndescription = One\n  and \"two\"\n"
                                          "[identity]\nhostname = \"box\"\n");
    assert_string_equal(policy->profile_description.v, "One and \"two\"");
    assert_int_equal(policy->profile_description.origin.line, 2);
    assert_string_equal(policy->identity_hostname.v, "box");
    policy_free(policy);
    policy = load_text("[profile]\ndescription =\n");
    assert_null(policy->profile_description.v);
    policy_free(policy);
    refuse_key("identity", "hostname = \"box\" x", "behind the closing quote");
    refuse_key("identity", "hostname = \"box", "not closed");
}

static void texts_have_a_bound(void **state)
{
    (void)state;
    FILE *file = fopen("t.ini", "we");
    assert_non_null(file);
    fputs("[profile]\ndescription = x\n", file);
    for (int i = 0; i < 5000; i++)
        fputs(" y\n", file);
    fclose(file);
    refuse("t.ini", "more than 4095 bytes");
}

static void paths(void **state)
{
    (void)state;
    struct sbx_policy *policy = load_key("root", "cwd = //a///b/");
    assert_string_equal(policy->root_cwd.v, "/a/b");
    policy_free(policy);
    policy = load_key("root", "cwd = ///");
    assert_string_equal(policy->root_cwd.v, "/");
    policy_free(policy);
    policy = load_key("root", "cwd = \"/a b/...\"");
    assert_string_equal(policy->root_cwd.v, "/a b/...");
    policy_free(policy);
    refuse_key("root", "cwd = a/b", "not an absolute path");
    refuse_key("root", "cwd = /a/../b", "'.' or '..'");
    refuse_key("root", "cwd = /a/..", "'.' or '..'");
    refuse_key("root", "cwd = /./a", "'.' or '..'");
    refuse_key("root", "cwd = /a b", "takes one value");
    refuse_key("root", "cwd = ?/a", "not an absolute path");
    refuse_key("root", "cwd = ~/a", "not an absolute path");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(sizes),   TEST(bad_sizes),          TEST(durations), TEST(zeros),
        TEST(counts),  TEST(ids_modes_nice),     TEST(enums),     TEST(defaults),
        TEST(actions), TEST(texts_have_a_bound), TEST(strings),   TEST(paths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
