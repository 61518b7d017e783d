/* SPDX-License-Identifier: MIT
 *
 * The lists of [syscalls]: precedence, the three zones, and the errors' texts and places.
 */
#include "guards/seccomp/groups.h"
#include "guards/seccomp/members.h"
#include "seccomp_fixture.h"

/* ---- what is refused ---------------------------------------------------------------------- */

static void unknown_names_are_errors(void **state)
{
    (void)state;
    struct made *made = made_new("execve exit_group opeant");
    expect_error(made, 3, "syscalls.allow: unknown system call 'opeant'", "did you mean 'openat'?");
    made_free(made);

    made = made_new("@base");
    made_words(made, &made->policy.syscalls_kill, "ptrace @debgu");
    expect_error(made, 3, "syscalls.kill: unknown group of system calls '@debgu'",
                 "did you mean '@debug'?");
    made_free(made);

    made = made_new("@base");
    made_words(made, &made->policy.syscalls_errno, "no_such_call_at_all:38");
    expect_error(made, 2, "syscalls.errno: unknown system call 'no_such_call_at_all'", "");
    made_free(made);

    made = made_new("@base");
    made_words(made, &made->policy.syscalls_log, "@");
    expect_error(made, 2, "syscalls.log: unknown group of system calls '@'", "");
    made_free(made);
}

static void optional_names_may_be_unknown(void **state)
{
    (void)state;
    struct made *made = made_new("@base ?no_such_call ?@no-such-group ?socketcall");
    expect_good(made);
    made_compile(made);
    assert_int_equal(answer(made, SYS_read, 0, 0), ALLOWED);
    made_free(made);
}

/* mmap2 and socketcall are 32-bit calls. */
static void names_of_other_architectures(void **state)
{
    (void)state;
    struct made *made = made_new("@base socketcall");
    expect_error(made, 2, "has no system call 'socketcall'", "write '?socketcall'");
    made_free(made);
#ifdef __aarch64__
    made = made_new("@base open"); /* @base itself names it too: passed over */
    expect_error(made, 2, "aarch64 has no system call 'open'", "write '?open'");
    made_free(made);
#endif
}

/* What an old libseccomp has never heard of is a call like any other. */
static void newer_names_are_known(void **state)
{
    (void)state;
    struct made *made = made_new("@base file_setattr");
    made_compile(made);
    assert_int_equal(answer(made, 469, 0, 0), ALLOWED);
    assert_int_equal(answer(made, 468, 0, 0), KILLED);
    made_free(made);
}

static void the_program_must_be_able_to_start(void **state)
{
    (void)state;
    struct made *made = made_new("read exit_group");
    expect_error(made, 1, "syscalls.allow does not name execve, without which no program can start",
                 "add @base to syscalls.allow");
    made_free(made);

    made = made_new("");
    expect_error(made, 0, "does not name execve", "@base");
    made->policy.syscalls_default.origin = (struct origin){.file = "test.ini", .line = 7};
    expect_error(made, 7, "does not name execve", "@base");
    made_free(made);

    made = made_new("read execve");
    expect_error(made, 1, "does not name exit_group, without which no program can end", "@base");
    made_free(made);

    made = made_new("@base");
    made_words(made, &made->policy.syscalls_kill, "execve");
    expect_error(made, 2, "syscalls.kill: 'execve' denies execve",
                 "take 'execve' out of syscalls.kill");
    made_free(made);

    made = made_new("@base");
    made_words(made, &made->policy.syscalls_errno, "@process:1");
    expect_error(made, 2, "syscalls.errno: '@process:1' denies execve",
                 "add 'execve' to syscalls.allow: a plain name beats a group");
    made_words(made, &made->policy.syscalls_allow, "execve exit_group");
    expect_good(made);
    made_free(made);

    made = made_new("");
    made->policy.syscalls_default.kind = ACTION_LOG;
    expect_good(made);
    made_free(made);
}

static void what_no_filter_sees_cannot_be_allowed(void **state)
{
    (void)state;
    struct made *made = made_new("@base clone3");
    expect_error(made, 2,
                 "syscalls.allow: 'clone3' can't be allowed: its flags are behind a pointer",
                 "allow clone");
    made_free(made);

    made = made_new("@base openat2");
    expect_error(made, 2,
                 "syscalls.allow: 'openat2' can't be allowed: the mode of a new file is behind a "
                 "pointer",
                 "allow openat");
    made_free(made);

    made = made_new("@base");
    made_words(made, &made->policy.syscalls_log, "io_uring_enter");
    expect_error(made, 2,
                 "syscalls.log: 'io_uring_enter' can't be allowed: io_uring makes system "
                 "calls that no filter sees",
                 "fall back");
    made_free(made);

    made = made_new("@base @thread @io-uring @file-read"); /* by group: answered with ENOSYS */
    expect_good(made);
    made_free(made);
}

static void two_errno_values_are_an_error(void **state)
{
    (void)state;
    struct made *made = made_new("@base");
    made_words(made, &made->policy.syscalls_errno, "@mount:1 @mount:38");
    expect_error(made, 3, "'@mount:38' and '@mount:1' (test.ini:2) give the system call",
                 "name the call itself");
    made_free(made);

    made = made_new("@base"); /* EPERM written or not is the same */
    made_words(made, &made->policy.syscalls_errno, "mount mount:1");
    expect_good(made);
    made_free(made);

    made = made_new("@base"); /* something stronger decides */
    made_words(made, &made->policy.syscalls_errno, "@bpf:2 @bpf:3 bpf:4");
    expect_good(made);
    made_compile(made);
    assert_int_equal(answer(made, SYS_bpf, 0, 0), FAILS(4));
    made_free(made);

    made = made_new("@base");
    made_words(made, &made->policy.syscalls_errno, "bpf:2 bpf:3");
    made_words(made, &made->policy.syscalls_kill, "bpf");
    expect_good(made);
    made_free(made);
}

static void errno_values_end_at_4094(void **state)
{
    (void)state;
    struct made *made = made_new("@base");
    made_words(made, &made->policy.syscalls_errno, "bpf:4094");
    expect_good(made);
    made_words(made, &made->policy.syscalls_errno, "mount:4095");
    expect_error(made, 3, "syscalls.errno: errno value 4095 is too large", "errno(3)");
    made_free(made);

    made = made_new("@base");
    made->policy.syscalls_default = (struct value_action){
        .kind = ACTION_ERRNO, .error = 4095, .origin = {.file = "test.ini", .line = 9}};
    expect_error(made, 9, "syscalls.default: errno value 4095 is too large", "errno(3)");
    made_free(made);
}

/* ---- what the filter answers ---------------------------------------------------------------- */

static void plain_names_beat_groups(void **state)
{
    (void)state;
    struct made *made = made_new("@base @debug kill tkill");
    made_words(made, &made->policy.syscalls_kill, "@debug @signal bpf");
    made_words(made, &made->policy.syscalls_errno, "kcmp:38 tkill bpf @keyring:2");
    made_words(made, &made->policy.syscalls_log, "kcmp @keyring getpid uname @info");
    made_words(made, &made->policy.syscalls_allow, "rt_sigaction add_key");
    made_compile(made);
    assert_int_equal(answer(made, SYS_ptrace, 0, 0), KILLED);   /* group: kill beats allow */
    assert_int_equal(answer(made, SYS_kill, 0, 0), ALLOWED);    /* name beats kill of a group */
    assert_int_equal(answer(made, SYS_tkill, 0, 0), FAILS(1));  /* names: errno beats allow */
    assert_int_equal(answer(made, SYS_kcmp, 0, 0), FAILS(38));  /* names: errno beats log */
    assert_int_equal(answer(made, SYS_bpf, 0, 0), KILLED);      /* names: kill beats errno */
    assert_int_equal(answer(made, SYS_keyctl, 0, 0), FAILS(2)); /* groups: errno beats log */
    assert_int_equal(answer(made, SYS_add_key, 0, 0), ALLOWED); /* name beats errno of a group */
    assert_int_equal(answer(made, SYS_getpid, 0, 0), LOGGED);   /* name */
    assert_int_equal(answer(made, SYS_sysinfo, 0, 0), LOGGED);  /* groups: log beats allow */
    assert_int_equal(answer(made, SYS_rt_sigaction, 0, 0), ALLOWED);
    assert_int_equal(answer(made, SYS_mount, 0, 0), KILLED); /* default */
    assert_true(made->plan.seccomp.log);
    made_free(made);
}

static void three_zones(void **state)
{
    (void)state;
    struct made *made = made_new("@base");
    made->policy.syscalls_default = (struct value_action){.kind = ACTION_ERRNO, .error = EACCES};
    made->policy.syscalls_unknown = (struct value_action){.kind = ACTION_ERRNO, .error = ENOSYS};
    made_compile(made);
    const int newest = 470; /* listns(2), of Linux 6.19 */
    assert_int_equal(answer(made, SYS_read, 0, 0), ALLOWED);
    assert_int_equal(answer(made, SYS_mount, 0, 0), FAILS(EACCES));
    assert_int_equal(answer(made, newest, 0, 0), FAILS(EACCES));
    assert_int_equal(answer(made, newest + 1, 0, 0), FAILS(ENOSYS));
    assert_int_equal(answer(made, 0x3fffffff, 0, 0), FAILS(ENOSYS));
    assert_false(made->plan.seccomp.log);
    made_free(made);
}

static void every_kind_of_default_and_unknown(void **state)
{
    static const struct {
        struct value_action action;
        int64_t answer;
    } rows[] = {
        {{.kind = ACTION_KILL}, KILLED},
        {{.kind = ACTION_ERRNO, .error = 4094}, FAILS(4094)},
        {{.kind = ACTION_LOG}, LOGGED},
        {{.kind = ACTION_ALLOW}, ALLOWED},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct made *made = made_new("@base");
        made_words(made, &made->policy.syscalls_kill, "mount");
        made->policy.syscalls_default = rows[i].action;
        made->policy.syscalls_unknown = rows[i].action;
        made_compile(made);
        assert_int_equal(answer(made, SYS_umount2, 0, 0), rows[i].answer);
        assert_int_equal(answer(made, 1000, 0, 0), rows[i].answer);
        assert_int_equal(answer(made, SYS_mount, 0, 0), KILLED);
        assert_int_equal(answer(made, SYS_read, 0, 0), ALLOWED);
        assert_int_equal(made->plan.seccomp.log, rows[i].action.kind == ACTION_LOG);
        made_free(made);
    }
}

static void allowed_calls_are_counted(void **state)
{
    (void)state;
    struct made *made = made_new("execve exit_group read write write ?no_such_call setns");
    made_words(made, &made->policy.syscalls_log, "read uname");
    made_words(made, &made->policy.syscalls_kill, "write");
    made_compile(made);
    assert_int_equal(made->plan.seccomp.allowed_calls, 4); /* setns is a house rule's */

    struct sbx_report report = {0};
    char text[256], fingerprint[FINGERPRINT_SIZE];
    guard_seccomp.observe(&made->plan, &report);
    snprintf(text, sizeof(text),
             "filter of %u instructions, 4 calls allowed, others killed; proved, fingerprint %s",
             (unsigned)made->plan.seccomp.program.len,
             seccomp_fingerprint(&made->plan, fingerprint));
    assert_int_equal(report.guard_count, 1);
    assert_int_equal(report.guards[0].state, SBX_STATE_ENFORCED);
    assert_string_equal(report.guards[0].guard, "seccomp");
    assert_string_equal(report.guards[0].mechanism, text);
    made_free(made);
}

/* ---- random policies against a second opinion ----------------------------------------------- */

/* The strongest word on one call, found the slow way: 10 * (plain name) + strength of the list. */
static int opinion(const struct value_list *list, const char *call, int strength)
{
    int best = 0;
    for (size_t i = 0; i < list->count; i++) {
        const char *word = list->items[i].first;
        if (strcmp(word, call) == 0)
            best = 10 + strength;
        const struct call_group *group = *word == '@' ? group_find(word + 1) : NULL;
        for (size_t j = 0; group && best < 10 && j < group->count; j++)
            if (group_number(group, j, ABI_NATIVE) >= 0 &&
                strcmp(table_name(group_call(group, j)), call) == 0)
                best = strength;
    }
    return best;
}

static int64_t expected(const struct sbx_policy *policy, const char *call)
{
    static const int64_t answers[] = {ALLOWED, LOGGED, FAILS(EPERM), FAILS(EPERM), KILLED};
    const struct value_list *lists[] = {&policy->syscalls_allow, &policy->syscalls_log,
                                        &policy->syscalls_errno, &policy->syscalls_report,
                                        &policy->syscalls_kill};
    int best = 0;
    for (int i = 0; i < 5; i++) {
        int found = call ? opinion(lists[i], call, i + 1) : 0;
        best = found > best ? found : best;
    }
    return best ? answers[best % 10 - 1] : answers[policy->syscalls_default.kind];
}

/* A call about whose arguments or whole a house rule has something to say; tested elsewhere. */
static bool house_speaks(const char *call)
{
    static const char *const calls[] = {
        "clone3", "openat2",     "io_uring_enter", "io_uring_register", "io_uring_setup",
        "setns",  "personality", "socket",         "socketpair",        "seccomp"};
    for (size_t i = 0; call && i < sizeof(calls) / sizeof(calls[0]); i++)
        if (strcmp(call, calls[i]) == 0)
            return true;
    return false;
}

/* A call that by name alone may be refused: what starts and ends a program, what can't be allowed.
 */
static bool may_be_refused(const char *call)
{
    static const char *const calls[] = {"execve",           "exit_group",     "clone3",
                                        "openat2",          "io_uring_setup", "io_uring_enter",
                                        "io_uring_register"};
    for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
        if (strcmp(call, calls[i]) == 0)
            return true;
    return false;
}

static void random_word(struct made *made, struct value_list *list)
{
    const struct call_group *group = &call_groups[(size_t)rand() % call_group_count];
    const char *call = table_name(group_call(group, (size_t)rand() % group->count));
    char word[64];
    if (rand() % 3 && !may_be_refused(call))
        snprintf(word, sizeof(word), "?%s", call);
    else
        snprintf(word, sizeof(word), "@%s", group->name);
    made_word(made, list, word);
}

static void compare_all_numbers(const struct made *made)
{
    for (int number = 0; number <= table_newest(ABI_NATIVE); number++) {
        const int call = table_of_number(number, ABI_NATIVE);
        const char *name = call < 0 ? NULL : table_name(call);
        if (!house_speaks(name) && answer(made, number, 0, 0) != expected(&made->policy, name))
            fail_msg("%d (%s): 0x%llx", number, name ? name : "no call",
                     (unsigned long long)answer(made, number, 0, 0));
    }
}

static void random_policies_agree(void **state)
{
    (void)state;
    srand(20240229); /* the same policies each time */
    for (int round = 0; round < 60; round++) {
        struct made *made = made_new("execve exit_group");
        struct value_list *lists[] = {&made->policy.syscalls_allow, &made->policy.syscalls_log,
                                      &made->policy.syscalls_errno, &made->policy.syscalls_report,
                                      &made->policy.syscalls_kill};
        made->policy.syscalls_default =
            (struct value_action){.kind = (enum action_kind)(rand() % 5), .error = EPERM};
        for (int words = rand() % 40; words > 0; words--)
            random_word(made, lists[rand() % 5]);
        made_compile(made);
        compare_all_numbers(made);
        made_free(made);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unknown_names_are_errors),
        cmocka_unit_test(optional_names_may_be_unknown),
        cmocka_unit_test(names_of_other_architectures),
        cmocka_unit_test(newer_names_are_known),
        cmocka_unit_test(the_program_must_be_able_to_start),
        cmocka_unit_test(what_no_filter_sees_cannot_be_allowed),
        cmocka_unit_test(two_errno_values_are_an_error),
        cmocka_unit_test(errno_values_end_at_4094),
        cmocka_unit_test(plain_names_beat_groups),
        cmocka_unit_test(three_zones),
        cmocka_unit_test(every_kind_of_default_and_unknown),
        cmocka_unit_test(allowed_calls_are_counted),
        cmocka_unit_test(random_policies_agree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
