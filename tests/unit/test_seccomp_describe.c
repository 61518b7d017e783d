/* SPDX-License-Identifier: MIT
 *
 * What is told of a filter: its description, the keys that it keeps, and each call with what it
 * gets, which must be what the filter answers.
 */
#include "guards/seccomp/members.h"
#include "guards/syscalls.h"
#include "seccomp_fixture.h"
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <seccomp.h>

/* ---- describe ------------------------------------------------------------------------------- */

static char *described(const struct made *made)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    guard_seccomp.describe(&made->plan, out);
    assert_int_equal(fclose(out), 0);
    return text;
}

static void a_filter_is_described(void **state)
{
    (void)state;
    struct made *made = made_new("@base @process socket");
    made_words(made, &made->policy.syscalls_log, "uname");
    made->policy.syscalls_default.origin = (struct origin){.file = "te\nst.ini", .line = 5};
    made_compile(made);
    char *text = described(made);
    char first[128];
    snprintf(first, sizeof(first), "install a filter of %u instructions, which logs\n",
             (unsigned)made->plan.seccomp.program.len);
    assert_int_equal(strncmp(text, first, strlen(first)), 0);
    static const char *const parts[] = {
        "  known calls that no list names: kill (te\\x0ast.ini:5)\n",
        "  calls that are newer than the table: errno ENOSYS (built in)\n",
        "  house rule on io_uring_setup, io_uring_enter, io_uring_register: errno ENOSYS: ",
        "  house rule on clone3: errno ENOSYS: ",
        "  house rule on ioctl, by cmd: errno EPERM: requests to a terminal",
        "  house rule on clone, by flags: errno EPERM: ",
        "  house rule on socket, by domain: errno EAFNOSUPPORT (built in): ",
    };
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        if (!strstr(text, parts[i]))
            fail_msg("no \"%s\" in:\n%s", parts[i], text);
    /* What does not pass is narrowed by nothing. */
    assert_null(strstr(text, "fchmod"));
    assert_null(strstr(text, "unshare"));
    assert_null(strstr(text, "socketpair"));
    assert_null(strstr(text, "setns"));
    free(text);
    made->policy.namespaces_nested.v = YESNO_YES;
    text = described(made);
    assert_null(strstr(text, "on clone,"));
    free(text);
    made_free(made);
}

/* The same for the same filter, another one for another, and told. */
static void a_filter_has_a_fingerprint(void **state)
{
    char first[FINGERPRINT_SIZE], again[FINGERPRINT_SIZE], other[FINGERPRINT_SIZE], line[256];
    (void)state;
    struct made *made = made_new("@base"), *same = made_new("@base");
    struct made *more = made_new("@base sethostname");
    made_compile(made);
    made_compile(same);
    made_compile(more);
    seccomp_fingerprint(&made->plan, first);
    assert_string_equal(seccomp_fingerprint(&same->plan, again), first);
    assert_string_not_equal(seccomp_fingerprint(&more->plan, other), first);
    assert_int_equal(strlen(first), strlen("sha256:") + 64);
    snprintf(line, sizeof(line),
             "\n  proved to do what follows, for every call there is; fingerprint %s\n", first);
    char *text = described(made);
    assert_non_null(strstr(text, line));
    free(text);
    made_free(made);
    made_free(same);
    made_free(more);
}

static void no_filter_is_not_described(void **state)
{
    (void)state;
    struct made *made = made_new("@base");
    char *text = described(made);
    assert_string_equal(text, "");
    free(text);
    made_free(made);
}

/* ---- wall ----------------------------------------------------------------------------------- */

static void expect_wall(const struct made *made, enum key_id key, enum sbx_state wanted)
{
    struct wall wall;
    assert_true(guard_seccomp.wall(&made->plan, key, &wall));
    if (wall.state != wanted)
        fail_msg("%s.%s: %d", policy_keys[key].section, policy_keys[key].name, wall.state);
    assert_string_not_equal(wall.mechanism, "");
}

static void keys_that_the_filter_keeps(void **state)
{
    (void)state;
    struct made *made = made_new("@base");
    made_words(made, &made->policy.syscalls_kill, "@debug");
    expect_wall(made, KEY_syscalls_default, SBX_STATE_UNAVAILABLE); /* nothing was prepared */
    made_compile(made);
    expect_wall(made, KEY_syscalls_default, SBX_STATE_ENFORCED);
    expect_wall(made, KEY_syscalls_unknown, SBX_STATE_ENFORCED);
    expect_wall(made, KEY_syscalls_allow, SBX_STATE_ENFORCED);
    expect_wall(made, KEY_syscalls_kill, SBX_STATE_ENFORCED);
    expect_wall(made, KEY_syscalls_errno, SBX_STATE_OFF);
    expect_wall(made, KEY_syscalls_log, SBX_STATE_OFF);
    expect_wall(made, KEY_syscalls_arch, SBX_STATE_ENFORCED);
    expect_wall(made, KEY_syscall_rules, SBX_STATE_OFF);
    expect_wall(made, KEY_network_families, SBX_STATE_ENFORCED);
    expect_wall(made, KEY_network_refused, SBX_STATE_ENFORCED);
    made->policy.syscalls_default.kind = ACTION_ALLOW;
    made->policy.syscalls_unknown.kind = ACTION_ALLOW;
    expect_wall(made, KEY_syscalls_default, SBX_STATE_OFF);
    expect_wall(made, KEY_syscalls_unknown, SBX_STATE_OFF);

    unsigned kept = 0;
    for (int key = 0; key < KEY_COUNT; key++) {
        struct wall wall = {.state = SBX_STATE_PARTIAL};
        if (guard_seccomp.wall(&made->plan, (enum key_id)key, &wall))
            kept++;
        else
            assert_int_equal(wall.state, SBX_STATE_PARTIAL); /* untouched */
    }
    assert_int_equal(kept, 12);
    made_free(made);
}

/* ---- each ----------------------------------------------------------------------------------- */

struct seen {
    const struct made *made;
    char last[64];
    unsigned count, narrowed;
    struct syscall_verdict read, clone3, ptrace, ioctl, chown;
};

/* Some arguments that no house rule refuses, and some that each of them does. */
static bool depends(const struct made *made, int number, int64_t *first)
{
    static const uint64_t tries[] = {0, 1, 17, 0x5412, 06000, 0x10000000, 22, UINT64_MAX};
    bool differ =
        answer4(made, number, 0, IPPROTO_TCP, TCP_ULP, 0) != answer4(made, number, 0, 0, 0, 0);
    *first = answer4(made, number, AF_UNIX, 0, 0, 0);
    for (size_t i = 0; i < sizeof(tries) / sizeof(tries[0]); i++)
        differ |= answer4(made, number, tries[i], tries[i], tries[i], tries[i]) !=
                  answer4(made, number, 0, 0, 0, 0);
    return differ;
}

static void see(void *context, const struct syscall_verdict *verdict)
{
    struct seen *seen = context;
    int number = table_number(table_find(verdict->name), ABI_NATIVE);
    int64_t first;
    if (strcmp(seen->last, verdict->name) >= 0)
        fail_msg("%s comes after %s", verdict->name, seen->last);
    snprintf(seen->last, sizeof(seen->last), "%s", verdict->name);
    seen->count++;
    seen->narrowed += verdict->narrowed;
    if (depends(seen->made, number, &first) != verdict->narrowed)
        fail_msg("%s: narrowed: %d", verdict->name, verdict->narrowed);
    if (number != SYS_prctl && number != SYS_socket && number != SYS_socketpair)
        assert_int_equal(returned(verdict->action),
                         verdict->narrowed ? answer4(seen->made, number, 0, 0, 0, 0) : first);
    struct {
        const char *name;
        struct syscall_verdict *into;
    } wanted[] = {{"read", &seen->read},
                  {"clone3", &seen->clone3},
                  {"ptrace", &seen->ptrace},
                  {"ioctl", &seen->ioctl},
                  {"fchown", &seen->chown}};
    for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
        if (strcmp(wanted[i].name, verdict->name) == 0)
            *wanted[i].into = *verdict;
}

static void each_call_has_what_the_filter_answers(void **state)
{
    (void)state;
    struct made *made = made_new("@base @process @file-write @network-client @thread unshare");
    struct seen seen = {.made = made};
    struct sbx_error error = {0};
    made_words(made, &made->policy.syscalls_errno, "@chown:38");
    made->policy.syscalls_default.origin = (struct origin){.file = "test.ini", .line = 50};
    made_compile(made);
    assert_int_equal(syscalls_each(&made->policy, see, &seen, &error), 0);
    assert_true(seen.count > 250);
    assert_true(seen.narrowed >= 10);
    assert_int_equal(seen.read.action.origin.line, 1);
    assert_false(seen.read.narrowed);
    assert_true(seen.ioctl.narrowed);
    assert_int_equal(seen.clone3.action.error, ENOSYS);
    assert_null(seen.clone3.action.origin.file); /* no line of the profile */
    assert_int_equal(seen.ptrace.action.kind, ACTION_KILL);
    assert_int_equal(seen.ptrace.action.origin.line, 50);
    assert_int_equal(seen.chown.action.error, 38);
    assert_int_equal(seen.chown.action.origin.line, 7);
    made_free(made);
}

static void policies_that_run_nowhere_are_not_listed(void **state)
{
    struct sbx_error error = {0};
    (void)state;
    struct made *made = made_new("read");
    assert_int_equal(syscalls_each(&made->policy, see, NULL, &error), -1);
    assert_int_equal(error.code, SBX_E_PROFILE);
    made_free(made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_filter_is_described),
        cmocka_unit_test(a_filter_has_a_fingerprint),
        cmocka_unit_test(no_filter_is_not_described),
        cmocka_unit_test(keys_that_the_filter_keeps),
        cmocka_unit_test(each_call_has_what_the_filter_answers),
        cmocka_unit_test(policies_that_run_nowhere_are_not_listed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
