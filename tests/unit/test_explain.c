/* SPDX-License-Identifier: MIT
 *
 * test_explain.c - what sbx_explain() says is a profile that means the same, whatever stands in the
 * comments around it; and each thing that this machine refuses is in it.
 */
#include "launch/prepare.h"
#include "test_policy.h"
#include <dirent.h>
#include <stdbool.h>

static char *explained(const struct sbx_policy *policy, const char *const *argv)
{
    const struct sbx_command command = {.argv = argv};
    struct sbx_error error = {0};
    char *text = NULL;
    if (sbx_explain(policy, argv ? &command : NULL, &text, &error) != 0)
        fail_msg("%s (%s)", error.text, error.hint);
    assert_non_null(text);
    return text;
}

static char *printed(const struct sbx_policy *policy, bool origins)
{
    struct sbx_error error = {0};
    char *text = NULL;
    assert_int_equal(sbx_policy_print(policy, origins, &text, &error), 0);
    return text;
}

static void says(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("'%s' is not in:\n%s", part, text);
}

static void says_not(const char *text, const char *part)
{
    if (strstr(text, part))
        fail_msg("'%s' is in:\n%s", part, text);
}

/* Each line from `text` to `end` is a comment. */
static void all_comments(const char *text, const char *end)
{
    while (text < end) {
        const char *line_end = memchr(text, '\n', (size_t)(end - text));
        assert_non_null(line_end);
        if (*text != ';')
            fail_msg("no comment: %.*s", (int)(line_end - text), text);
        for (const char *c = text; c < line_end; c++)
            assert_true((unsigned char)*c >= 0x20 && *c != 0x7f);
        text = line_end + 1;
    }
}

/* Around the policy there are comments alone, and the whole is a profile that means the same. */
static void loads_again(const struct sbx_policy *policy, const char *text)
{
    char *with_origins = printed(policy, true), *before = printed(policy, false);
    const char *start = strstr(text, with_origins);
    assert_non_null(start);
    all_comments(text, start);
    all_comments(start + strlen(with_origins), text + strlen(text));
    file_text("again.ini", text);
    struct sbx_policy *again = load("again.ini");
    char *after = printed(again, false);
    assert_string_equal(after, before);
    free(with_origins);
    free(before);
    free(after);
    policy_free(again);
}

#define ARGV(...) ((const char *const[]){__VA_ARGS__, NULL})

/* ---- the text ------------------------------------------------------------------------------- */

static void the_shipped(void **state)
{
    (void)state;
    size_t count = 0;
    DIR *directory = opendir(SANDBOX_PROFILES);
    assert_non_null(directory);
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        char path[512];
        if (!strstr(entry->d_name, ".ini"))
            continue;
        snprintf(path, sizeof(path), "%s/%s", SANDBOX_PROFILES, entry->d_name);
        struct sbx_policy *policy = load(path);
        char *text = explained(policy, ARGV("true"));
        loads_again(policy, text);
        says(text, path);
        says_not(text, "no guard answers");
        free(text);
        policy_free(policy);
        count++;
    }
    closedir(directory);
    assert_true(count >= 5);
}

static void the_parts(void **state)
{
    (void)state;
    file_text("one.ini", "[syscalls]\nallow = @base\n[files]\ntmpfs = /t\n");
    file_text("two.ini", "[profile]\nextends = one\n[process]\nnice = 3\n");
    struct sbx_policy *policy =
        load_with("two.ini", ARGV("process.umask=077", "files.tmpfs+=/u"), 2);
    char *text = explained(policy, ARGV("true", "and", "more"));
    loads_again(policy, text);
    says(text, "; profile: two.ini --set process.umask=077 --set files.tmpfs+=/u\n");
    says(text, "; extends: one\n");
    says(text, "; files read: two.ini one.ini\n");
    says(text, "; program: true and more\n");
    says(text, "nice = 3                                     ; two.ini:4:8\n");
    says(text, "umask = 077                                  ; --set:1:15\n");
    says(text, "\n;   process.umask = 077\n;       enforced: ");
    says(text, "\n;   files.tmpfs = /t /u\n;       enforced: ");
    says(text, "\n;   Nothing is asked for by namespaces.time, root.lower, root.image, ");
    says(text, "\n;    1. quiet: ");
    says(text, ". seccomp: last: ");
    free(text);
    policy_free(policy);
}

/* In the order of the launch: PID 1 ends with its fork, the payload with its exec. */
static void the_order(void **state)
{
    static const char *const order[] = {
        "PID 1 of the new", ". ns: ",      ". fork: ", "PID 2, which",
        ". limits: ",       ". seccomp: ", ". exec: ", "Refused here"};
    (void)state;
    struct sbx_policy *policy = load_text("[syscalls]\nallow = @base\n");
    char *text = explained(policy, ARGV("true"));
    const char *at = strstr(text, "The launch, in order.");
    assert_non_null(at);
    for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
        at = strstr(at, order[i]);
        assert_non_null(at);
    }
    free(text);
    policy_free(policy);
}

static void any_program(void **state)
{
    (void)state;
    struct sbx_policy *policy = load_text("[syscalls]\nallow = @base\n");
    char *text = explained(policy, NULL);
    loads_again(policy, text);
    says(text, "; program: any\n");
    says(text, "No program is named");
    free(text);
    text = explained(policy, ARGV("true"));
    says_not(text, "No program is named");
    free(text);
    policy_free(policy);
}

/* ---- hostile texts -------------------------------------------------------------------------- */

#define HOSTILE "\n[limits]\nmemory = 1M\n;"

static void no_way_out(void **state)
{
    static const char name[] = "x" HOSTILE ".ini", target[] = "/no" HOSTILE "such";
    (void)state;
    file_text(name, "[profile]\n"
                    "description = \"x\\x0a[limits]\\x0amemory = 1M\\x0a; \\x1b[2J\"\n"
                    "[files]\nro = \"/no\\x0a[limits]\\x0amemory = 1M\\x0a;such\"\n"
                    "[environment]\nset = \"A=\\x0a[limits]\\x0amemory = 1M\"\n"
                    "[syscalls]\nallow = @base\n");
    struct sbx_policy *policy = load(name);
    assert_string_equal(policy->files_ro.items[0].first, target);
    char *text = explained(policy, ARGV("/no" HOSTILE "program", "a" HOSTILE, "\r\x1b]0;x\a"));
    loads_again(policy, text);
    says(text, "; profile: x\\x0a[limits]\\x0amemory = 1M\\x0a;.ini\n");
    says(text, "; program: /no\\x0a[limits]");
    says(text, "! fs: ");
    free(text);
    policy_free(policy);
}

/* A value that is long, and cut where it only reminds, is not cut within a character. */
static void long_values(void **state)
{
    char value[401] = "", profile[512];
    (void)state;
    for (size_t i = 0; i + 2 < sizeof(value); i += 2)
        memcpy(value + i, "\xc3\xa4", 3);
    snprintf(profile, sizeof(profile), "[syscalls]\nallow = @base\n[environment]\nset = A=x%s\n",
             value);
    struct sbx_policy *policy = load_text(profile);
    char *text = explained(policy, ARGV("true"));
    loads_again(policy, text);
    says(text, "\xc3\xa4...\n");
    free(text);
    policy_free(policy);
}

/* ---- what is refused ------------------------------------------------------------------------ */

static void refused_here(void **state)
{
    (void)state;
    struct sbx_policy *policy = load_text("[syscalls]\nallow = @base\n[files]\nro = /no/such\n");
    char *text = explained(policy, ARGV("true"));
    loads_again(policy, text);
    says(text, "\n; ! fs: ");
    says(text, "/no/such");
    says(text, "(t.ini:4:6)");
    says(text, "\n; ! files.ro = /no/such\n;       REFUSED by fs, see the end\n");
    says(text, "\n; refused: fs");
    says(text, "; see the end\n; not kept whole: root.base, root.lower,");
    says(text, "\n;         ! never reached: it is refused, see the end\n");
    says_not(text, "\n;   nothing\n");
    free(text);
    policy_free(policy);
}

static void nothing_refused(void **state)
{
    (void)state;
    struct sbx_policy *policy = load_text("[syscalls]\nallow = @base\n");
    char *text = explained(policy, ARGV("/no/such/program"));
    says(text, "\n; ! fs: /no/such/program does not exist (No such file or directory)\n");
    free(text);
    text = explained(policy, ARGV("true"));
    if (!strstr(text, "! ns: ")) /* without user namespaces there is no launch either */
        says(text, "\n; Refused here.\n;\n;   nothing\n");
    free(text);
    policy_free(policy);
}

/* A made-up machine that lacks several things: all of them are found in one go, but for what can't
 * be looked at without another. */
static void all_refusals(void **state)
{
    static const struct host poor = {
        .kernel_major = 6,
        .kernel_minor = 1,
        .uid = 1000,
        .gid = 1000,
        .cpus = 4,
        .max_user_namespaces = 0,
        .unprivileged_userns = -1,
        .apparmor_userns = -1,
        .proc_shows_tree = true,
    };
    static const char *const argv[] = {"true", NULL};
    static const struct sbx_command command = {.argv = argv};
    (void)state;
    struct sbx_policy *policy = load_text("[syscalls]\nallow = @base\n[limits]\nmemory = 1M\n");
    struct refusals refusals;
    struct plan plan;
    struct sbx_error error;
    assert_int_equal(plan_prepare_all(&plan, policy, &command, &poor, &refusals, &error), 0);
    assert_int_equal(refusals.count, 5);
    assert_ptr_equal(refusals.list[0].guard, &guard_ns);
    assert_null(refusals.list[0].rests_on);
    assert_int_equal(refusals.list[0].error.code, SBX_E_HOST);
    assert_ptr_equal(refusals.list[1].guard, &guard_stdin);
    assert_ptr_equal(refusals.list[1].rests_on, &guard_ns);
    assert_ptr_equal(refusals.list[2].guard, &guard_fs);
    assert_ptr_equal(refusals.list[2].rests_on, &guard_ns);
    assert_ptr_equal(refusals.list[3].guard, &guard_limits);
    assert_ptr_equal(refusals.list[4].guard, &guard_landlock);
    assert_ptr_equal(refusals.list[4].rests_on, &guard_fs);
    assert_null(refusals.list[3].rests_on);
    assert_non_null(strstr(refusals.list[3].error.text, "limits.memory"));
    assert_int_equal(refusals.list[3].error.origin.line, 4);
    /* Those that are fine have prepared, those that are not have left nothing. */
    assert_true(plan.seccomp.on);
    assert_int_equal(plan.limits.count, 0);
    assert_int_equal(plan.limits.memory_bytes, 0);
    plan_free(&plan);
    policy_free(policy);
}

static void errors(void **state)
{
    static const char *const empty[] = {NULL};
    static const struct sbx_command nothing = {.argv = empty};
    (void)state;
    struct sbx_error error = {0};
    char *text = (char *)&error;
    struct sbx_policy *policy = load_text("[syscalls]\nallow = @base\n");
    assert_int_equal(sbx_explain(policy, &nothing, &text, &error), -1);
    assert_int_equal(error.code, SBX_E_USAGE);
    policy_free(policy);
    policy = load_text("[syscalls]\nallow = read\n");
    assert_int_equal(sbx_explain(policy, NULL, &text, &error), -1);
    assert_int_equal(error.code, SBX_E_PROFILE);
    assert_string_equal(error.origin.file, "t.ini");
    assert_int_equal(error.origin.line, 2);
    assert_ptr_equal(text, &error);
    policy_free(policy);
}

static void one_call(void **state)
{
    (void)state;
    struct sbx_policy *policy = load_text("[syscalls]\nallow = @base\n");
    struct sbx_error error = {0};
    char *text = NULL;
    assert_int_equal(sbx_explain_call(policy, "ptrace", NULL, 0, &text, &error), 0);
    says(text, "ptrace");
    says(text, "kill");
    free(text);
    text = (char *)&error;
    assert_int_equal(sbx_explain_call(policy, "no_such_call", NULL, 0, &text, &error), -1);
    assert_int_equal(error.code, SBX_E_USAGE);
    assert_ptr_equal(text, &error);
    policy_free(policy);
}

static void one_group(void **state)
{
    (void)state;
    struct sbx_error error = {0};
    char *text = NULL;
    assert_int_equal(sbx_explain_group("@clock", &text, &error), 0);
    says(text, "@clock-set: DANGEROUS");
    says(text, "clock_settime                     227      112      264  2.6\n");
    says(text, "clock_settime64                     -        -      404  5.1\n");
    free(text);
    assert_int_equal(sbx_explain_group("@", &text, &error), 0);
    says(text, "@base ");
    says(text, "Also @basic.");
    says(text, "@bpf ");
    free(text);
    text = (char *)&error;
    assert_int_equal(sbx_explain_group("@file-reed", &text, &error), -1);
    assert_int_equal(error.code, SBX_E_USAGE);
    says(error.text, "unknown group of system calls '@file-reed'");
    says(error.hint, "@file-read");
    assert_int_equal(sbx_explain_group("base", &text, &error), -1);
    assert_ptr_equal(text, &error);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_shipped),  TEST(the_parts),   TEST(the_order),    TEST(any_program),
        TEST(no_way_out),   TEST(long_values), TEST(refused_here), TEST(nothing_refused),
        TEST(all_refusals), TEST(errors),      TEST(one_call),     TEST(one_group),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
