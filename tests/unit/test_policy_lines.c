/* SPDX-License-Identifier: MIT
 *
 * test_policy_lines.c - raw lines: nothing can be smuggled past the eye of whoever reads a profile.
 */
#include "test_policy.h"
#include <errno.h>

#define BYTES(name, text) file_bytes((name), (text), sizeof(text) - 1)

/* A line of `length` bytes with a start and an end. */
static void line_of(char *line, size_t size, size_t length, const char *start, const char *end)
{
    assert_true(length < size);
    memset(line, 'x', length);
    memcpy(line, start, strlen(start));
    memcpy(line + length - strlen(end), end, strlen(end) + 1);
}

/* inih's buffer ends after 198 bytes; what a profile says does not. */
static void long_lines(void **state)
{
    (void)state;
    char line[1024];
    for (size_t length = 190; length < 450; length++) {
        line_of(line, sizeof(line), length, "description = ", "END");
        struct sbx_policy *policy = load_key("profile", line);
        assert_int_equal(strlen(policy->profile_description.v), length - strlen("description = "));
        assert_non_null(strstr(policy->profile_description.v, "xEND"));
        policy_free(policy);
    }
    line_of(line, sizeof(line), 198, "description = ", "END");
    memcpy(line + 198, "\r", 2);
    policy_free(load_key("profile", line));
}

/* The same with a comment, a list on more lines, and a section, around the end of the buffer. */
static void long_lists(void **state)
{
    (void)state;
    char line[512], text[2048];
    for (size_t length = 150; length < 260; length++) {
        line_of(line, sizeof(line), length, "/", "/z");
        snprintf(text, sizeof(text),
                 "[files] %190s; comment\nro = /a %s /b ; memory = 1\n    /c %s ; /no\n /d\n", "",
                 line, line);
        struct sbx_policy *policy = load_text(text);
        assert_int_equal(policy->files_ro.count, 6);
        assert_string_equal(policy->files_ro.items[1].first, line);
        assert_string_equal(policy->files_ro.items[2].first, "/b");
        assert_string_equal(policy->files_ro.items[4].first, line);
        assert_string_equal(policy->files_ro.items[5].first, "/d");
        assert_int_equal(policy->files_ro.items[4].origin.line, 3);
        assert_int_equal(policy->files_ro.items[4].origin.column, 8);
        policy_free(policy);
    }
}

/* Blanks before and behind what counts, around the end of the buffer and far beyond it. */
static void long_blanks(void **state)
{
    (void)state;
    static char text[40000];
    for (int blanks = 180; blanks < 5000; blanks += blanks < 220 ? 1 : 997) {
        snprintf(text, sizeof(text), "[files]%*s\nro =%*s/a%*s/b%*s; c\n%*s/c%*s/d\n", blanks, "",
                 blanks, "", blanks, "", blanks, "", blanks, "", blanks, "");
        struct sbx_policy *policy = load_text(text);
        assert_list(&policy->files_ro, "/a /b /c /d");
        assert_int_equal(policy->files_ro.items[2].origin.column, blanks + 1);
        policy_free(policy);
        snprintf(text, sizeof(text), "[files]\nro =%*s\n%*s\n%*s; c\n /a\n%*s# c\n", blanks, "",
                 blanks, "", blanks, "", blanks, "");
        policy = load_text(text);
        assert_list(&policy->files_ro, "/a");
        policy_free(policy);
        snprintf(text, sizeof(text), "[limits]%*sx\n", blanks, "");
        refuse_text(text, 1, "behind the section's ']'");
        snprintf(text, sizeof(text), "[files]\nro = /a\n%*s[limits]\n", blanks, "");
        refuse_text(text, 3, "may not be indented");
    }
}

/* One line that fills the file. */
static void longest_line(void **state)
{
    (void)state;
    const size_t length = 1 << 20;
    char *text = malloc(length + 1), *to;
    assert_non_null(text);
    to = stpcpy(text, "[environment]\nset =");
    for (int i = 0; i < 4000; i++)
        to += sprintf(to, " A%d=%0250d", i, i);
    file_bytes("t.ini", text, (size_t)(to - text));
    struct sbx_policy *policy = load("t.ini");
    assert_int_equal(policy->environment_set.count, 4000);
    assert_string_equal(policy->environment_set.items[3999].first, "A3999");
    assert_int_equal(strlen(policy->environment_set.items[3999].second), 250);
    policy_free(policy);
    memset(to, ' ', (size_t)(text + length - to));
    memcpy(text + length - 2, " B", 2);
    file_bytes("t.ini", text, length);
    assert_int_equal(refuse("t.ini", "'B' sets no variable").origin.line, 2);
    memset(text, ';', length);
    file_bytes("t.ini", text, length);
    policy_free(load("t.ini"));
    memset(text, 'x', length);
    file_bytes("t.ini", text, length);
    assert_int_equal(refuse("t.ini", "neither a [section]").origin.line, 1);
    memset(text, '[', length);
    file_bytes("t.ini", text, length);
    refuse("t.ini", "']' is missing");
    free(text);
}

/* inih would take what stands behind its buffer's end for a line of its own. */
static void smuggling(void **state)
{
    (void)state;
    char line[1024];
    for (size_t length = 190; length < 450; length++) {
        line_of(line, sizeof(line), length, "; ", "\tmemory = 1");
        struct sbx_policy *policy = load_key("limits", line);
        assert_int_equal(policy->limits_memory.v, POLICY_UNLIMITED);
        policy_free(policy);
        line_of(line, sizeof(line), length, "x", "memory = 1");
        refuse_key("limits", line, "unknown key");
    }
}

/* "?/a" and a no-break space, then "; /b", looks like a comment and would show /b. */
static void unseen_characters(void **state)
{
    (void)state;
    static const char *const unseen[] = {"\xc2\xa0",     "\xc2\xad",     "\xe2\x80\x80",
                                         "\xe2\x80\x8b", "\xe2\x80\x8d", "\xe2\x80\xaf",
                                         "\xe2\x81\xa0", "\xe3\x80\x80", "\xe3\x85\xa4",
                                         "\xef\xb8\x8f", "\xef\xbb\xbf", "\xf3\xa0\x80\xa0"};
    char text[256];
    for (size_t i = 0; i < sizeof(unseen) / sizeof(unseen[0]); i++) {
        snprintf(text, sizeof(text), "[files]\nro = ?/a%s; /b\n", unseen[i]);
        assert_int_equal(refuse_text(text, 2, "looks like a blank").origin.column, 9);
        snprintf(text, sizeof(text), "[files]\nro = /a\n%s/b\n", unseen[i]);
        refuse_text(text, 3, "looks like a blank");
        snprintf(text, sizeof(text), "[files]\nro = /a\n  %s; /b\n", unseen[i]);
        refuse_text(text, 3, "looks like a blank");
        /* In a comment it does no harm, and some languages can't do without. */
        snprintf(text, sizeof(text), "; a%s: b\n[files] ; %s\n  # %s\nro = /a ; b%s; c\n",
                 unseen[i], unseen[i], unseen[i], unseen[i]);
        struct sbx_policy *policy = load_text(text);
        assert_list(&policy->files_ro, "/a");
        policy_free(policy);
        snprintf(text, sizeof(text), "files.ro=?/a%s; /b", unseen[i]);
        file_text("t.ini", "");
        refuse_with("t.ini", &(const char *){text}, 1, "not what it looks like");
    }
    /* Neighbours of the ranges, and a character of four bytes. */
    struct sbx_policy *policy =
        load_text("[files]\nro = /\xc2\xa1\xc2\xac\xe2\x80\x90\xe3\x80\x81\xf0\x9f\x98\x80\n");
    assert_list(&policy->files_ro, "/\xc2\xa1\xc2\xac\xe2\x80\x90\xe3\x80\x81\xf0\x9f\x98\x80");
    policy_free(policy);
}

static void full_line_keeps_its_neighbour(void **state)
{
    (void)state;
    char line[256], text[1024];
    line_of(line, sizeof(line), 198, "; ", "");
    snprintf(text, sizeof(text), "[limits]\n%s\nmemory = 7\n%s\npids = 8", line, line);
    struct sbx_policy *policy = load_text(text);
    assert_int_equal(policy->limits_memory.v, 7);
    assert_int_equal(policy->limits_memory.origin.line, 3);
    assert_int_equal(policy->limits_pids.v, 8);
    policy_free(policy);
}

static void control_characters(void **state)
{
    (void)state;
    BYTES("t.ini", "[limits]\nmemory = 1\0M\n");
    assert_int_equal(refuse("t.ini", "control character (0x00)").origin.line, 2);
    BYTES("t.ini", "[limits]\n; a comment \0\nmemory = 1M\n");
    assert_int_equal(refuse("t.ini", "control character (0x00) at byte 13").origin.line, 2);
    BYTES("t.ini", "\0");
    refuse("t.ini", "control character (0x00)");
    refuse_key("limits", "memory = 1M\rpids = 2", "control character (0x0d)");
    refuse_key("limits", "memory = 1M\v", "control character (0x0b)");
    refuse_key("limits", "memory = 1M\f", "control character (0x0c)");
    refuse_key("profile", "description = \x1b[31m", "control character (0x1b)");
    refuse_key("profile", "description = \x7f", "control character (0x7f)");
    BYTES("t.ini", "[limits]\nmemory = 1M\r");
    refuse("t.ini", "control character (0x0d)");
    struct sbx_policy *policy = load_text("[profile]\ndescription\t=\tgr\xc3\xbc\xc3\x9f\n");
    assert_string_equal(policy->profile_description.v, "gr\xc3\xbc\xc3\x9f");
    policy_free(policy);
}

static void line_ends(void **state)
{
    (void)state;
    struct sbx_policy *policy =
        load_text("[limits]\r\nmemory = 1M\r\n\r\n[files]\r\nro = /a\r\n  /b\r\n");
    assert_int_equal(policy->limits_memory.v, 1 << 20);
    assert_list(&policy->files_ro, "/a /b");
    assert_int_equal(policy->files_ro.items[1].origin.line, 6);
    policy_free(policy);
    policy = load_text("[limits]\nmemory = 1M");
    assert_int_equal(policy->limits_memory.v, 1 << 20);
    policy_free(policy);
    policy = load_text("\n\n[limits]\n\n# one\n;two\n  ; three\nmemory = 1M\n");
    assert_int_equal(policy->limits_memory.origin.line, 8);
    policy_free(policy);
}

static void byte_order_mark(void **state)
{
    (void)state;
    struct sbx_policy *policy = load_text("\xef\xbb\xbf[limits]\nmemory = 1M\n");
    assert_int_equal(policy->limits_memory.v, 1 << 20);
    assert_int_equal(policy->limits_memory.origin.line, 2);
    policy_free(policy);
    policy = load_text("\xef\xbb\xbf");
    policy_free(policy);
    refuse_text("[limits]\n\xef\xbb\xbfmemory = 1M\n", 2, "looks like a blank");
    refuse_text("\xef\xbb\xbf\xef\xbb\xbf[limits]\n", 1, "looks like a blank");
}

static void sections(void **state)
{
    (void)state;
    struct sbx_policy *policy = load_text("[limits] ; the limits\nmemory = 1M\n[files]\n"
                                          "[limits]\t\npids = 3\n");
    assert_int_equal(policy->limits_memory.v, 1 << 20);
    assert_int_equal(policy->limits_pids.v, 3);
    policy_free(policy);
    assert_hint(refuse_text("[limit]\n", 1, "unknown section [limit]"), "'limits'");
    refuse_text("[]\n", 1, "unknown section []");
    refuse_text("[ limits ]\n", 1, "unknown section");
    refuse_text("[limits\nmemory = 1\n", 1, "']' is missing");
    refuse_text("[limits] memory = 1\n", 1, "stands behind the section's ']'");
    refuse_text("[limits]; x\n", 1, "stands behind the section's ']'");
    refuse_text("[limits]]\n", 1, "stands behind the section's ']'");
    refuse_text("[files]\nro = /a\n [limits]\n", 3, "may not be indented");
    refuse_text("[limits ;]\n", 1, "unknown section");
    refuse_text("memory = 1M\n[limits]\n", 1, "before any section");
}

static void keys(void **state)
{
    (void)state;
    assert_hint(refuse_key("limits", "memry = 1M", "unknown key 'memry' in [limits]"), "'memory'");
    assert_hint(refuse_key("limits", "Memory = 1M", "unknown key"), "'memory'");
    assert_hint(refuse_key("files", "memory = 1M", "unknown key"), "section [limits]");
    assert_hint(refuse_key("files", "ro += /a", "unknown key"), "adds to that");
    refuse_key("limits", "memory: 1M", "neither a [section], nor KEY = VALUE");
    refuse_key("files", "bind: /a=/b", "is no key");
    refuse_key("limits", "memory", "neither a [section], nor KEY = VALUE");
    refuse_key("limits", "= 1M", "no key before the '='");
    refuse_key("limits", "memory ;= 1M", "");
    refuse_key("limits", "mem;ory = 1M", "unknown key");
    refuse_text("[limits]\n  memory = 1M\n", 2, "no key above");
    refuse_text("  memory = 1M\n", 1, "no key above");
    refuse_text("[files]\nro = /a\n[limits]\n  /b\n", 4, "no key above");
}

static void twice(void **state)
{
    (void)state;
    refuse_text("[limits]\nmemory = 1M\n\nmemory = 1M\n", 4, "set twice: in line 2 and here");
    refuse_text("[files]\nro = /a\n[limits]\n[files]\nro = /b\n", 5, "in line 2 and here");
    refuse_text("[limits]\nmemory = 1M\nmemory = 2X\n", 3, "set twice");
    refuse_text("[files]\nro =\nro = /b\n", 3, "in line 2 and here");
}

static void continuation(void **state)
{
    (void)state;
    struct sbx_policy *policy = load_text("[files]\nro =\n  /a ; first\n\n; between\n  # and\n"
                                          "\t/b /c\n   ;last\n  /d\nrw = /e\n");
    assert_list(&policy->files_ro, "/a /b /c /d");
    assert_int_equal(policy->files_ro.items[0].origin.line, 3);
    assert_int_equal(policy->files_ro.items[3].origin.line, 9);
    assert_int_equal(policy->files_ro.origin.line, 2);
    assert_list(&policy->files_rw, "/e");
    policy_free(policy);
    refuse_text("[limits]\nmemory = 1M\n  2M\n", 3, "takes one value");
    assert_hint(refuse_text("[syscalls]\nallow = read\n  kill = write\n", 3, "like the key 'kill'"),
                "may not be indented");
    refuse_text("[profile]\ndescription = a\n  extends=b\n", 3, "looks like the key 'extends'");
    refuse_text("[environment]\nset = A=1\n  pass=2\n", 3, "looks like the key 'pass'");
    policy = load_text("[environment]\nset = A=1\n  \"pass=2\" kill=3\n");
    assert_list(&policy->environment_set, "A=1 pass=2 kill=3");
    policy_free(policy);
}

/* The first error of a file is the one that is told. */
static void first_error(void **state)
{
    (void)state;
    refuse_text("[limits]\nmemory = x\n[nowhere]\npids = y\n", 2, "'x' is not a size");
    refuse_text("[limits]\nmemory = 1\n[nowhere]\npids = y\n", 3, "[nowhere]");
}

static void odd_files(void **state)
{
    (void)state;
    assert_int_equal(mkdir("t.ini", 0700), 0);
    refuse("t.ini", "is a directory");
    assert_int_equal(rmdir("t.ini"), 0);
    assert_int_equal(mkfifo("t.ini", 0600), 0);
    refuse("t.ini", "is a pipe");
    assert_int_equal(unlink("t.ini"), 0);
    assert_int_equal(refuse("/dev/null", "is a device").sys_errno, 0);
    assert_int_equal(refuse("t.ini", "can't open").sys_errno, ENOENT);
    assert_int_equal(symlink("t.ini", "t.ini"), 0);
    assert_int_equal(refuse("./t.ini", "can't open").sys_errno, ELOOP);
    refuse("", "the name of the profile is empty");
}

static void unreadable(void **state)
{
    (void)state;
    file_text("t.ini", "[limits]\n");
    assert_int_equal(chmod("t.ini", 0), 0);
    if (geteuid() == 0 && (chmod(".", 0755) != 0 || seteuid(65534) != 0))
        skip();
    struct sbx_error error = refuse("t.ini", "can't open the profile 't.ini'");
    if (getuid() == 0)
        assert_int_equal(seteuid(0), 0);
    assert_int_equal(error.sys_errno, EACCES);
}

static void too_large(void **state)
{
    (void)state;
    size_t length = 1024 * 1024 + 1;
    char *text = malloc(length);
    assert_non_null(text);
    memset(text, '\n', length);
    file_bytes("t.ini", text, length);
    refuse("t.ini", "more than 1048576 bytes");
    file_bytes("t.ini", text, length - 1);
    struct sbx_policy *policy = load("t.ini");
    policy_free(policy);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(long_lines),
        TEST(long_lists),
        TEST(long_blanks),
        TEST(longest_line),
        TEST(smuggling),
        TEST(unseen_characters),
        TEST(full_line_keeps_its_neighbour),
        TEST(line_ends),
        TEST(byte_order_mark),
        TEST(control_characters),
        TEST(sections),
        TEST(keys),
        TEST(twice),
        TEST(continuation),
        TEST(first_error),
        TEST(odd_files),
        TEST(unreadable),
        TEST(too_large),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
