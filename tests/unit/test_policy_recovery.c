/* SPDX-License-Identifier: MIT
 *
 * test_policy_recovery.c - all mistakes of a profile are told in one run, and none that is only the
 * consequence of another.
 */
#include "test_policy_marks.h"

/* One mistake of each kind. */
static void one_of_each(void **state)
{
    (void)state;
    file_text("base.ini", "[files]\nro = /a /b\n");
    expect("<<pids>> = 1\n"
           "[profile]\n"
           "extends = base <<!x>>\n"
           "[limits]\n"
           "<<memory>> =\n"
           "cpu_time = <<2>> ; no unit\n"
           "<<wall time>>\n"
           "    5s\n"
           "<<stak>> = 64M\n"
           "    65M\n"
           "pids = <<1K>>\n"
           "output = 1M\n"
           "    <<2M>>\n"
           "<<pids>> = 3\n"
           "[<<file>>]\n"
           "rw = c\n"
           "    d\n"
           "[files]\n"
           "ro = /c <<d>> /e\n"
           "    <<rw = /f>>\n"
           "    /g <<\"/h>>\n"
           "tmpfs = <</t:exec>> /u\n"
           "bind = /a:/b <<!/x:/y>>\n"
           "; <<\x01>>\n"
           "<<[network>>\n"
           "mode = no\n"
           "[syscalls]\n"
           "default = <<errno:EPREM>>\n"
           "allow = read <<wr-ite>> <<#more>>\n"
           "    @base\n"
           "<<kill : x>> = y\n"
           "    more\n",
           "before any section", "takes no '!x'", "the value is missing", "has no unit",
           "neither a [section]", "unknown key 'stak'", "is not a number", "takes one value",
           "set twice", "unknown section [file]", "not an absolute path", "like the key 'rw'",
           "not closed", "no option 'exec'", "takes nothing away", "control character",
           "']' is missing", "no errno value", "no name of a system call", "can't begin with '#'",
           "is no key");
}

/* What stands below a line that can't be read belongs to it. */
static void lost_lines(void **state)
{
    (void)state;
    expect("[files]\n<<r0>> = /a\n  b\n\n; c\n\td \"\n", "unknown key 'r0'");
    expect("[files]\n<<ro /a>>\n  b\n  ro = /c\n", "neither a [section]");
    expect("[files]\nro = /a\n<<ro>> = /b\n  c\n", "set twice");
    expect("[files]\nro = /a\nx<<\x01>> = /b\n  c\n", "control character");
    expect("<<memory 1M>>\n  2M\n[limits]\npids = 1\n", "neither a [section]");
    /* Another key ends it. */
    expect("[files]\n<<r0>> = /a\n  b\nrw = <<c>>\n", "unknown key", "'c' is not");
    expect("[files]\n<<ro /a>>\n  b\nrw =\n <<c>>\n", "neither a", "'c' is not");
}

/* Whose keys follow is not known then. */
static void lost_sections(void **state)
{
    (void)state;
    expect("[<<limit>>]\nmemory = 2X\nfoo = 1\n  bar\nmemory = 3X\n", "unknown section");
    expect("[limits]\npids = 1\n<<[files>>\nro = a\npids = 2\n", "']' is missing");
    expect("[limits]\npids = 1\n[files] <<x>>\nro = a\n", "behind the section's ']'");
    expect("[limits]\npids = 1\n[files<<\x7f>>]\nro = a\n", "control character");
    expect("[limits]\npids = 1\n  <<[files]>>\nro = a\n", "may not be indented");
    expect("[limits]\npids = 1\n<<files]>>\nro = a\n", "neither a [section]");
    expect("[limits]\npids = 1\n\n[<<limitslimitslimitslimitslimitslimitslimitslimitslimitslimits"
           "limits>>]\nro = a\n",
           "unknown section");
    /* The next one is known again. */
    expect("[<<limit>>]\nmemory = 2X\n[limits]\nmemory = <<3X>>\n", "unknown section", "'3X'");
    expect("<<[limit>>\nmemory = 2X\n[limits]\nmemory = <<3X>>\n", "']' is missing", "'3X'");
}

/* Keys without a section lack one thing. */
static void no_section(void **state)
{
    (void)state;
    expect("<<memory>> = 1M\n  2M\npids = x\nro = /a\n[limits]\npids = <<x>>\n",
           "before any section", "is not a number");
    expect("  <</a>>\nro = /b\n  /c\n", "no key above");
}

/* Whether base.ini, which has this text, makes "!/w" of files.ro an error in who extends it. */
static void expect_removal(const char *base, const char *const *parts, size_t count)
{
    struct arena arena = {NULL};
    struct sbx_error error;
    struct diag diag = {.error = &error, .arena = &arena};
    const struct finding *list[16] = {NULL};
    file_text("base.ini", base);
    file_text("t.ini", "[profile]\nextends = base\n[files]\nro = !/w\n[limits]\npids = x\n");
    struct sbx_policy *policy = read_with("t.ini", NULL, 0, &diag);
    size_t found = findings_sorted(&diag, list, 16);
    if (found != count + 1)
        print_findings(list, found);
    assert_int_equal(found, count + 1);
    for (size_t i = 0, base_seen = 0; i < found; i++) {
        bool own = strcmp(list[i]->origin.file, "t.ini") == 0;
        const char *part = own || base_seen == count ? "is not a number" : parts[base_seen++];
        if (!strstr(list[i]->text, part))
            fail_msg("'%s' is not in '%s'", part, list[i]->text);
    }
    policy_free(policy);
    arena_free(&arena);
}
#define REMOVAL(base, ...)                                                                         \
    expect_removal((base), (const char *const[]){__VA_ARGS__},                                     \
                   sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

/* A word that could not be read may have been the one that is taken away. */
static void removal_of_what_was_lost(void **state)
{
    (void)state;
    REMOVAL("[files]\nro = w\n", "'w' is not an absolute path");
    REMOVAL("[files]\nro = /a \"/w\n", "not closed");
    REMOVAL("[files]\nro = /a\n  /w \x01\n", "control character");
    REMOVAL("[files]\nro = /a\n  rw = /w\n", "looks like the key");
    REMOVAL("[files]\nr0 = /w\n", "unknown key");
    REMOVAL("[files]\nro /w\n", "neither a [section]");
    REMOVAL("[files]\nro = /a\nro = /w\n", "set twice");
    REMOVAL("[file]\nro = /w\n", "unknown section");
    REMOVAL("[files\nro = /w\n", "']' is missing");
    REMOVAL("ro = /w\n", "before any section");
    REMOVAL("[profile]\nextends = nowhere\n", "there is no profile");
    REMOVAL("[profile]\nextends = \"nowhere\n", "not closed");
    REMOVAL("[files]\n  /w\n", "no key above");
}

/* What is wrong elsewhere says nothing of the list. */
static void removal_of_nothing(void **state)
{
    struct arena arena = {NULL};
    struct sbx_error error;
    struct diag diag = {.error = &error, .arena = &arena};
    const struct finding *list[16] = {NULL};
    (void)state;
    file_text("base.ini", "[files]\nrw = b\nro = /a\n[limits]\nmemory = 2X\n; \x01\n");
    file_text("t.ini", "[profile]\nextends = base\n[files]\nro = !/w w\nrw = !/x\n");
    struct sbx_policy *policy = read_with("t.ini", NULL, 0, &diag);
    size_t found = findings_sorted(&diag, list, 16), own = 0;
    for (size_t i = 0; i < found; i++)
        own += strcmp(list[i]->origin.file, "t.ini") == 0;
    if (found != 5 || own != 2)
        print_findings(list, found);
    assert_int_equal(found, 5);
    assert_int_equal(own, 2);
    policy_free(policy);
    arena_free(&arena);
}

/* The errors of the profile, of what it extends and of --set stand side by side. */
static void three_places(void **state)
{
    struct arena arena = {NULL};
    struct sbx_error error;
    struct diag diag = {.error = &error, .arena = &arena};
    (void)state;
    static const char *const overrides[] = {"limits.pids=z", "limits.memory=1M", "files.ro+=!/nope",
                                            "limit.x=1", "files.rw+=c !/nope"};
    static const struct {
        const char *file;
        unsigned line;
        const char *text;
    } expected[] = {
        {"t.ini", 4, "'x' is not a number"},
        {"base.ini", 2, "'y' is not a number"},
        {"base.ini", 3, "unknown key"},
        {"t.ini", 2, "there is no profile 'gone'"},
        {"--set", 1, "'z' is not a number"},
        {"--set", 4, "unknown section [limit]"},
        {"--set", 5, "'c' is not an absolute path"},
    };
    file_text("base.ini", "[limits]\npids = y\nmem = 1\n[files]\nro = /a\n");
    file_text("t.ini", "[profile]\nextends = base gone\n[limits]\npids = x\n");
    struct sbx_policy *policy = read_with("t.ini", overrides, 5, &diag);
    const struct finding *found = diag.first;
    for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++, found = found->next) {
        assert_non_null(found);
        assert_string_equal(found->origin.file, expected[i].file);
        assert_int_equal(found->origin.line, expected[i].line);
        assert_non_null(strstr(found->text, expected[i].text));
        assert_string_equal(found->rule, "invalid");
        assert_int_equal(found->severity, SBX_SEVERITY_ERROR);
    }
    assert_null(found);
    assert_non_null(strstr(error.text, "'x' is not a number"));
    policy_free(policy);
    arena_free(&arena);
}

/* What could be read is there: a look at the rest of the policy finds more. */
static void the_rest_is_read(void **state)
{
    struct arena arena = {NULL};
    struct sbx_error error;
    struct diag diag = {.error = &error, .arena = &arena};
    (void)state;
    file_text("t.ini", "[files]\nro = /a b /c\n  /d\n[limits]\npids = x\nmemory = 3M\nfoo = 1\n"
                       "[syscalls]\nallow = read \"w\n");
    struct sbx_policy *policy = read_with("t.ini", NULL, 0, &diag);
    assert_int_equal(diag.errors, 4);
    assert_list(&policy->files_ro, "/a /c /d");
    assert_list(&policy->syscalls_allow, "read");
    assert_int_equal(policy->limits_memory.v, 3 << 20);
    assert_int_equal(policy->limits_stack.v, 8 << 20);
    assert_list(&policy->network_families, "unix inet inet6");
    policy_free(policy);
    arena_free(&arena);
}

static size_t count_errors(const char *text, size_t length)
{
    struct arena arena = {NULL};
    struct sbx_error error;
    struct diag diag = {.error = &error, .arena = &arena};
    size_t kept = 0;
    file_bytes("t.ini", text, length);
    struct sbx_policy *policy = read_with("t.ini", NULL, 0, &diag);
    for (const struct finding *found = diag.first; found; found = found->next)
        kept++;
    assert_int_equal(kept, diag.errors);
    policy_free(policy);
    arena_free(&arena);
    return kept;
}

/* As many words that are wrong, lines that are, and keys that are: each has its end. */
static void bounds(void **state)
{
    (void)state;
    const size_t room = 1 << 20;
    char *text = malloc(room), *to;
    assert_non_null(text);
    static const struct {
        const char *start, *piece;
        int times;
        size_t errors;
    } cases[] = {
        {"[files]\nro =", " x", 999, 999},
        {"[files]\nro =", " x", 100000, DIAG_ERRORS_MAX},
        {"[files]\nro =", "\n  x", 100000, DIAG_ERRORS_MAX},
        {"[limits]\n", "memory=1M\n", 100000, DIAG_ERRORS_MAX},
        {"[limits]\n", "x1y2z3=1M\n", 100000, DIAG_ERRORS_MAX},
        {"[limits]\n", "what\n", 100000, DIAG_ERRORS_MAX},
        {"", "[what]\n", 100000, DIAG_ERRORS_MAX},
        {"", "[limits]\n", 100000, 0},
        {"", "memory=1M\n", 100000, 1},
        {"[what]\n", "memory=1M\n", 100000, 1},
        {"[limits\n", "memory=1M\n", 100000, 1},
        {"", "\x01\n", 100000, DIAG_ERRORS_MAX},
        {"[files]\nro = /a\n", " !/b\n", 100000, DIAG_ERRORS_MAX},
        {"[files]\nro =", " /b", 100000, 1}, /* the bound of the list itself */
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        to = stpcpy(text, cases[i].start);
        for (int j = 0; j < cases[i].times; j++)
            to = stpcpy(to, cases[i].piece);
        size_t errors = count_errors(text, (size_t)(to - text));
        if (errors != cases[i].errors)
            fail_msg("%zu errors, not %zu: %s%s...", errors, cases[i].errors, cases[i].start,
                     cases[i].piece);
    }
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(one_of_each),
        TEST(lost_lines),
        TEST(lost_sections),
        TEST(no_section),
        TEST(removal_of_what_was_lost),
        TEST(removal_of_nothing),
        TEST(three_places),
        TEST(the_rest_is_read),
        TEST(bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
