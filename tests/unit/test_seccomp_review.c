/* SPDX-License-Identifier: MIT
 *
 * What a review finds in [syscalls]: all wrong words, what no machine could run, calls that are
 * dangerous where they pass, and words without effect; and that it is silent where it should be.
 */
#include "guards/seccomp/groups.h"
#include "policy/load.h"
#include "seccomp_fixture.h"
#include <glob.h>

#define NOTE    SBX_SEVERITY_NOTE
#define WARNING SBX_SEVERITY_WARNING
#define ERROR   SBX_SEVERITY_ERROR

/* A policy whose families nobody has set: a word about them is not what is tested. */
static struct made *made_plain(const char *allow)
{
    struct made *made = made_new(allow);
    made->policy.network_families.origin.file = NULL;
    return made;
}

/* ---- names and errors ----------------------------------------------------------------------- */

static void all_wrong_names_are_reported(void **state)
{
    (void)state;
    struct made *made = made_new("@base opeant socketcall ?nothing @bsae read");
    made_words(made, &made->policy.syscalls_errno, "ptarce:1 @mount:1 @mount:38");
    made_words(made, &made->policy.syscalls_kill, "?@nothing nothing");
    made_words(made, &made->policy.syscalls_log, "@nothing");
    struct found *found = found_new(&made->policy);
    expect_found(found, ERROR, "invalid", 2, "syscalls.allow: unknown system call 'opeant'");
    expect_found(found, ERROR, "invalid", 3, "has no system call 'socketcall'");
    expect_found(found, ERROR, "invalid", 5, "unknown group of system calls '@bsae'");
    expect_found(found, ERROR, "invalid", 7, "syscalls.errno: unknown system call 'ptarce'");
    expect_found(found, ERROR, "invalid", 11, "syscalls.kill: unknown system call 'nothing'");
    expect_found(found, ERROR, "invalid", 12, "syscalls.log: unknown group");
    assert_int_equal(found_count(found, NULL), 6); /* the rivals are no name's fault */
    found_free(found);
    made_free(made);
}

static void all_that_no_machine_runs_is_reported(void **state)
{
    (void)state;
    struct made *made = made_new("read clone3 openat2");
    made_words(made, &made->policy.syscalls_errno, "@mount:1 @mount:38 bpf:4095 @keyring:2");
    made_words(made, &made->policy.syscalls_errno, "@keyring:3");
    struct found *found = found_new(&made->policy);
    expect_found(found, ERROR, "invalid", 1, "does not name execve");
    expect_found(found, ERROR, "invalid", 1, "does not name exit_group");
    expect_found(found, ERROR, "invalid", 2, "'clone3' can't be allowed");
    expect_found(found, ERROR, "invalid", 3, "'openat2' can't be allowed");
    expect_found(found, ERROR, "invalid", 5, "two errno values"); /* one pair, once */
    expect_found(found, ERROR, "invalid", 6, "4095 is too large");
    expect_found(found, ERROR, "invalid", 8, "two errno values");
    assert_int_equal(found_count(found, NULL), 7);
    found_free(found);
    made_free(made);
}

/* Rules on `calls` calls, each of which compares an argument with 200 values. */
static struct made *made_long(unsigned calls)
{
    static const char *const names[] = {"lseek",     "pread64", "pwrite64", "ftruncate",
                                        "fallocate", "fchmod",  "fchown",   "flock"};
    struct made *made = made_new("@base");
    for (unsigned i = 0; i < calls; i++) {
        char rule[2048] = "errno:5 if fd in {0";
        for (unsigned j = 1; j < 200; j++)
            text_add(rule, ", %u", j * 3);
        text_add(rule, "}");
        for (unsigned more = 0; more < 3; more++)
            made_rule(made, names[i], rule);
    }
    return made;
}

static void a_filter_that_is_too_long_is_reported(void **state)
{
    (void)state;
    struct made *made = made_long(1);
    struct found *found = found_new(&made->policy);
    assert_int_equal(found_count(found, "invalid"), 0);
    found_free(found);
    made_free(made);
    made = made_long(8);
    found = found_new(&made->policy);
    expect_found(found, SBX_SEVERITY_ERROR, "invalid", 1, "the filter is longer");
    found_free(found);
    made_free(made);
}

/* ---- rules that never decide ---------------------------------------------------------------- */

static void idle_rules(void **state)
{
    (void)state;
    struct made *made = made_new("@base socket");
    made_rule(made, "lseek", "allow if fd < 3");
    made_rule(made, "lseek", "kill if fd == 2 || fd == -1");
    made_rule(made, "lseek", "kill if fd == 3 && fd == 4");
    made_rule(made, "lseek", "kill if offset & 0xff00000000 == 0x100000000 && offset < 0");
    made_rule(made, "lseek", "kill if fd == 3 || fd == 2");
    made_rule(made, "lseek", "kill if fd >= 4 && whence == SEEK_SET");
    made_rule(made, "lseek", "errno:5 if fd > 3 && whence != SEEK_SET");
    made_rule(made, "lseek", "allow");
    struct found *found = found_new(&made->policy);
    expect_found(found, SBX_SEVERITY_NOTE, "no-effect", 4, "the rules before it decide all");
    expect_found(found, SBX_SEVERITY_WARNING, "no-effect", 5, "can never fit");
    expect_found(found, SBX_SEVERITY_NOTE, "no-effect", 10, "the rules before it decide all");
    assert_int_equal(found_count(found, "no-effect"), 3);
    found_free(found);
    made_free(made);
}

/* A rule of a section is as dangerous as a word in a list; behind a condition it may be harmless.
 */
static void rules_that_let_dangers_pass(void **state)
{
    (void)state;
    struct made *made = made_new("@base socket");
    made_rule(made, "ptrace", "allow if request == PTRACE_TRACEME");
    made_rule(made, "ptrace", "kill if pid == 1");
    made_rule(made, "ptrace", "log");
    struct found *found = found_new(&made->policy);
    expect_found(found, SBX_SEVERITY_NOTE, "debug-syscalls", 3, "lets it pass");
    expect_found(found, SBX_SEVERITY_WARNING, "debug-syscalls", 5, "syscall ptrace.rules: 'log'");
    assert_int_equal(found_count(found, "debug-syscalls"), 2);
    found_free(found);
    made_free(made);
}

/* ---- dangers -------------------------------------------------------------------------------- */

static void dangerous_calls_are_warned_of(void **state)
{
    static const struct {
        const char *word;
        enum sbx_severity severity;
        const char *rule, *text;
    } rows[] = {
        {"@debug", WARNING, "debug-syscalls", "'@debug' lets ptrace, process_vm_readv"},
        {"ptrace", WARNING, "debug-syscalls", "'ptrace' passes: with these one process"},
        {"pidfd_getfd", WARNING, "debug-syscalls", "'pidfd_getfd' passes"},
        {"perf_event_open", WARNING, "perf-syscalls", "performance events"},
        {"@bpf", WARNING, "bpf-syscalls", "'@bpf' lets bpf pass"},
        {"userfaultfd", WARNING, "userfaultfd", "races"},
        {"@keyring", WARNING, "keyring-syscalls", "lets add_key, keyctl, request_key pass"},
        {"@module", WARNING, "module-syscalls", "init_module, finit_module, delete_module"},
        {"kexec_load", WARNING, "module-syscalls", "code into the kernel"},
        {"open_by_handle_at", WARNING, "file-handles", "past every path"},
        {"name_to_handle_at", NOTE, "file-handles", "numbers"},
        {"syslog", WARNING, "kernel-log", "dmesg_restrict"},
#ifdef __x86_64__
        {"modify_ldt", WARNING, "obsolete-syscalls", "table"},
        {"iopl", NOTE, "privileged-syscalls", "user namespace"},
#endif
        {"reboot", NOTE, "privileged-syscalls", "user namespace"},
        {"@clock-set", NOTE, "clock-syscalls", "lets clock_settime"},
        {"fanotify_init", NOTE, "privileged-syscalls", "watch files"},
        {"pivot_root", NOTE, "mount-syscalls", "no capability"},
        {"@mount", NOTE, "mount-syscalls", "lets mount, umount2"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        for (int log = 0; log < 2; log++) {
            struct made *made = made_plain("@base");
            struct found *found = found_new(&made->policy); /* the control: silent without */
            assert_int_equal(found_count(found, NULL), 0);
            found_free(found);
            made_words(made, log ? &made->policy.syscalls_log : &made->policy.syscalls_allow,
                       rows[i].word);
            found = found_new(&made->policy);
            expect_found(found, rows[i].severity, rows[i].rule, 2, rows[i].text);
            expect_found(found, rows[i].severity, rows[i].rule, 2,
                         log ? "syscalls.log: " : "syscalls.allow: ");
            found_free(found);
            made_words(made, &made->policy.syscalls_kill, rows[i].word);
            found = found_new(&made->policy); /* it no longer passes */
            assert_int_equal(found_count(found, rows[i].rule), 0);
            found_free(found);
            made_free(made);
        }
}

static void a_word_is_blamed_for_its_own_calls(void **state)
{
    (void)state;
    struct made *made = made_plain("@base @debug kcmp process_madvise");
    made_words(made, &made->policy.syscalls_errno, "ptrace process_vm_readv");
    struct found *found = found_new(&made->policy);
    expect_found(found, WARNING, "debug-syscalls", 2,
                 "'@debug' lets process_vm_writev, pidfd_getfd pass");
    expect_found(found, WARNING, "debug-syscalls", 4, "'process_madvise' passes");
    assert_int_equal(found_count(found, "debug-syscalls"), 2);
    found_free(found);
    made_free(made);
}

static void mounts_weigh_by_who_may_use_them(void **state)
{
    static const struct item admin = {.first = "cap_sys_admin", .text = "cap_sys_admin"};
    static const struct item other = {.first = "cap_net_admin", .text = "cap_net_admin"};
    (void)state;
    struct made *made = made_plain("@base @mount");
    made->policy.capabilities_keep = (struct value_list){.items = &other, .count = 1};
    struct found *found = found_new(&made->policy);
    expect_found(found, NOTE, "mount-syscalls", 2, "no capability");
    found_free(found);
    made->policy.capabilities_keep.items = &admin;
    found = found_new(&made->policy);
    expect_found(found, WARNING, "mount-syscalls", 2, "cap_sys_admin");
    found_free(found);
    made->policy.namespaces_nested.v = YESNO_YES;
    made->policy.namespaces_nested.origin = (struct origin){.file = "test.ini", .line = 40};
    found = found_new(&made->policy);
    expect_found(found, WARNING, "mount-syscalls", 2, "namespaces.nested");
    assert_int_equal(found_count(found, "nested-namespaces"), 0); /* the ns guard tells of that */
    found_free(found);
    made_free(made);
}

static void open_zones_are_warned_of(void **state)
{
    (void)state;
    struct made *made = made_plain("@base");
    made->policy.syscalls_default =
        (struct value_action){.kind = ACTION_ALLOW, .origin = {.file = "test.ini", .line = 20}};
    made->policy.syscalls_unknown =
        (struct value_action){.kind = ACTION_LOG, .origin = {.file = "test.ini", .line = 21}};
    made_words(made, &made->policy.syscalls_kill, "@debug bpf");
    struct found *found = found_new(&made->policy);
    expect_found(found, WARNING, "default-allow", 20, "these pass: userfaultfd, add_key");
    expect_found(found, WARNING, "unknown-allow", 21, "newer than the table");
    assert_int_equal(found_count(found, NULL), 2);
    found_free(found);
    made->policy.syscalls_default = (struct value_action){.kind = ACTION_ERRNO, .error = EPERM};
    made->policy.syscalls_unknown = (struct value_action){.kind = ACTION_KILL};
    found = found_new(&made->policy);
    assert_int_equal(found_count(found, NULL), 0);
    found_free(found);
    made_free(made);
}

/* ---- words without effect ------------------------------------------------------------------- */

static void words_without_effect_are_noted(void **state)
{
    (void)state;
    struct made *made = made_plain("@base @io-uring setns @chown chown @base getpid umask");
    made_words(made, &made->policy.syscalls_errno, "@chown:1 getpid @chown");
    made_words(made, &made->policy.syscalls_kill, "getpid umask");
    made_words(made, &made->policy.syscalls_log, "?nothing ?@nothing");
    struct found *found = found_new(&made->policy);
    expect_found(found, NOTE, "no-effect", 2,
                 "'@io-uring' has no effect: a house rule answers "
                 "with ENOSYS");
    expect_found(found, NOTE, "no-effect", 3,
                 "'setns' has no effect: a house rule answers with "
                 "EPERM");
    expect_found(found, NOTE, "no-effect", 4,
                 "'@chown' has no effect: what it names is decided "
                 "by syscalls.errno '@chown:1' (test.ini:9) and other");
    expect_found(found, NOTE, "no-effect", 6,
                 "'@base' has no effect: it stands in the list before "
                 "(test.ini:1)");
    expect_found(found, NOTE, "no-effect", 7, "syscalls.kill 'getpid' (test.ini:12), which is");
    expect_found(found, NOTE, "no-effect", 8, "syscalls.kill 'umask' (test.ini:13), which is");
    expect_found(found, NOTE, "no-effect", 10, "syscalls.errno: 'getpid' has no effect");
    expect_found(found, NOTE, "no-effect", 11, "'@chown' has no effect: it stands in the list");
    assert_int_equal(found_count(found, NULL), 8);
    found_free(found);
    made_free(made);
}

/* Groups overlap, and a plain name may stand beside its group: that is how lists are written. */
static void overlap_is_nothing_to_note(void **state)
{
    (void)state;
    struct made *made = made_plain("@base @process @thread @memory @signal @timer @ipc read clone");
    made_words(made, &made->policy.syscalls_errno, "memfd_create:38 @io-uring:38 @mount kill");
    made_words(made, &made->policy.syscalls_kill, "@debug");
    struct found *found = found_new(&made->policy);
    if (found->diag.first)
        fail_msg("%s", found->diag.first->text);
    found_free(found);
    made->policy.namespaces_nested.v = YESNO_YES; /* then setns is worth naming */
    made_words(made, &made->policy.syscalls_allow, "setns");
    found = found_new(&made->policy);
    assert_int_equal(found_count(found, "no-effect"), 0);
    found_free(found);
    made_free(made);
}

static void families_without_sockets_are_noted(void **state)
{
    (void)state;
    struct made *made = made_new("@base socketpair");
    made->policy.network_refused.origin = (struct origin){.file = "test.ini", .line = 30};
    struct found *found = found_new(&made->policy);
    assert_int_equal(found_count(found, NULL), 0);
    found_free(found);
    made_words(made, &made->policy.syscalls_errno, "socketpair");
    found = found_new(&made->policy);
    expect_found(found, NOTE, "no-effect", 1, "network.families: has no effect");
    expect_found(found, NOTE, "no-effect", 30, "network.refused: has no effect");
    found_free(found);
    made->policy.network_refused.origin.file = NULL; /* nobody has said it */
    made->policy.network_families.count = 0;
    found = found_new(&made->policy);
    assert_int_equal(found_count(found, "no-effect"), 1); /* socketpair in allow */
    found_free(found);
    made_free(made);
}

/* ---- the tables, and what is shipped -------------------------------------------------------- */

static void rows_name_known_calls(void **state)
{
    static const char *const rows[] = {
#define MOUNTS(calls)                               calls,
#define DANGER(rule, severity, calls, reason, hint) calls,
#include "guards/seccomp/dangers.def"
#undef DANGER
#undef MOUNTS
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char *copy = strdup(rows[i]), *rest = NULL;
        assert_non_null(copy);
        for (char *call = strtok_r(copy, " ", &rest); call; call = strtok_r(NULL, " ", &rest))
            if (table_find(call) < 0)
                fail_msg("there is no system call %s", call);
        free(copy);
    }
}

static void shipped_profiles_are_clean(void **state)
{
    glob_t files;
    (void)state;
    assert_int_equal(glob(SANDBOX_PROFILES "/*.ini", 0, NULL, &files), 0);
    assert_true(files.gl_pathc >= 5);
    for (size_t i = 0; i < files.gl_pathc; i++) {
        struct sbx_policy *policy;
        struct sbx_error error;
        if (policy_load(files.gl_pathv[i], NULL, 0, &policy, &error) != 0)
            fail_msg("%s: %s", files.gl_pathv[i], error.text);
        struct found *found = found_new(policy);
        if (found->diag.first)
            fail_msg("%s:%u: %s", files.gl_pathv[i], found->diag.first->origin.line,
                     found->diag.first->text);
        found_free(found);
        policy_free(policy);
    }
    globfree(&files);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_wrong_names_are_reported),
        cmocka_unit_test(all_that_no_machine_runs_is_reported),
        cmocka_unit_test(a_filter_that_is_too_long_is_reported),
        cmocka_unit_test(idle_rules),
        cmocka_unit_test(rules_that_let_dangers_pass),
        cmocka_unit_test(dangerous_calls_are_warned_of),
        cmocka_unit_test(a_word_is_blamed_for_its_own_calls),
        cmocka_unit_test(mounts_weigh_by_who_may_use_them),
        cmocka_unit_test(open_zones_are_warned_of),
        cmocka_unit_test(words_without_effect_are_noted),
        cmocka_unit_test(overlap_is_nothing_to_note),
        cmocka_unit_test(families_without_sockets_are_noted),
        cmocka_unit_test(rows_name_known_calls),
        cmocka_unit_test(shipped_profiles_are_clean),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
