/* SPDX-License-Identifier: MIT
 *
 * test_policy_files.c - names and files that are no good profiles, and how many may extend each
 * other.
 */
#include "test_policy_marks.h"
#include <errno.h>
#include <sys/socket.h>
#include <sys/un.h>

/* A profile that says nothing is a profile. */
static void empty(void **state)
{
    static const char *const texts[] = {
        "",
        "\n",
        "\n\n\r\n",
        "; only\n# comments",
        "\xef\xbb\xbf",
        "\xef\xbb\xbf\n",
        "   \t \n\t",
        "[limits]",
        "[limits]\n[files]\n[limits]\n",
        "  ; an indented comment\n  # another",
    };
    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct sbx_policy *policy = load_text(texts[i]);
        assert_int_equal(policy->limits_memory.v, POLICY_UNLIMITED);
        policy_free(policy);
    }
}

/* An empty list is a list: nothing is allowed. It is not the same as no list. */
static void empty_lists(void **state)
{
    (void)state;
    struct sbx_policy *policy = load_text("[syscalls]\nallow =\n[network]\nfamilies = ; none\n");
    assert_int_equal(policy->syscalls_allow.count, 0);
    assert_int_equal(policy->syscalls_allow.origin.line, 2);
    assert_int_equal(policy->network_families.count, 0);
    assert_int_equal(policy->network_families.origin.line, 4);
    policy_free(policy);
    policy = load_text("");
    assert_null(policy->syscalls_allow.origin.file);
    assert_int_equal(policy->network_families.count, 3);
    policy_free(policy);
    /* Extending it adds nothing, and takes nothing away. */
    file_text("base.ini", "[network]\nfamilies = unix\n");
    policy = load_text("[profile]\nextends = base\n[network]\nfamilies =\n");
    assert_list(&policy->network_families, "unix");
    policy_free(policy);
}

static void not_files(void **state)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "s.ini"};
    (void)state;
    refuse("/dev/zero", "is a device");
    refuse("/dev/full", "is a device");
    refuse("/", "is a directory");
    refuse(".", "there is no profile '.'");
    refuse("./", "is a directory");
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(refuse("s.ini", "can't open").sys_errno, ENXIO);
    close(fd);
    /* Of a size that is not known before. */
    refuse("/proc/self/status", "grew while it was read");
    file_text("t.ini", "");
    assert_int_equal(refuse("t.ini/", "can't open").sys_errno, ENOENT);
    assert_int_equal(refuse("t.ini/x.ini", "can't open").sys_errno, ENOENT);
}

/* The same where a profile extends them: the line that does is told. */
static void extended_not_files(void **state)
{
    static const char *const names[] = {"dir",       "pipe",       "loop",   "./dir.ini",
                                        "/dev/zero", "./loop.ini", "nothing"};
    static const char *const parts[] = {"is a directory",     "is a pipe",   "can't open",
                                        "is a directory",     "is a device", "can't open",
                                        "there is no profile"};
    char text[128];
    (void)state;
    assert_int_equal(mkdir("dir.ini", 0700), 0);
    assert_int_equal(mkfifo("pipe.ini", 0600), 0);
    assert_int_equal(symlink("loop.ini", "loop.ini"), 0);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        snprintf(text, sizeof(text), "[profile]\nextends = <<%s>>\n", names[i]);
        expect(text, parts[i]);
        /* That it may be absent does not say that it may be wrong. */
        if (strcmp(names[i], "nothing") == 0)
            continue;
        snprintf(text, sizeof(text), "[profile]\nextends = <<?%s>>\n", names[i]);
        expect(text, parts[i]);
    }
    file_text("bad.ini", "[limits]\nmemory = 2X\n");
    file_text("t.ini", "[profile]\nextends = ?bad\n");
    assert_string_equal(refuse("t.ini", "'2X'").origin.file, "bad.ini");
}

static void names(void **state)
{
    char name[5001];
    (void)state;
    assert_int_equal(mkdir("sub", 0700), 0);
    file_text("sub/t.ini", "[profile]\nextends = ../base\n");
    file_text("base.ini", "");
    file_text("base", "[limits]\npids = 4\n");
    struct sbx_policy *policy =
        load("sub/../sub/t.ini"); /* a path names a file, whatever its name */
    assert_int_equal(policy->limits_pids.v, 4);
    assert_string_equal(policy->file, "sub/../sub/t.ini");
    policy_free(policy);
    refuse("..", "there is no profile '..'");
    refuse(".ini", "can't open");
    refuse("-x", "there is no profile '-x'");
    refuse("a\nb", "there is no profile 'a\nb'");
    refuse("", "is empty");
    expect("[profile]\nextends = base <<\"a\\x0ab\">>\n", "there is no profile");
    memset(name, 'n', sizeof(name) - 1);
    name[sizeof(name) - 1] = '\0';
    assert_int_equal(refuse(name, "can't open the profile '").sys_errno, ENAMETOOLONG);
    name[0] = '/';
    assert_int_equal(refuse(name, "can't open the profile '/nnn").sys_errno, ENAMETOOLONG);
    memset(name, '/', sizeof(name) - 1);
    refuse(name, "can't open the profile '//");
}

/* A profile that only another user may read is not passed over, whoever names it. */
static void unreadable(void **state)
{
    (void)state;
    file_text("base.ini", "");
    file_text("t.ini", "[profile]\nextends = base ?base\n[limits]\npids = x\n");
    assert_int_equal(chmod("base.ini", 0), 0);
    if (geteuid() == 0 && (chmod(".", 0755) != 0 || seteuid(65534) != 0))
        skip();
    struct arena arena = {NULL};
    struct sbx_error error;
    struct diag diag = {.error = &error, .arena = &arena};
    struct sbx_policy *policy = read_with("t.ini", NULL, 0, &diag);
    if (getuid() == 0)
        assert_int_equal(seteuid(0), 0);
    assert_int_equal(diag.errors, 3);
    assert_non_null(strstr(diag.first->next->text, "can't open the profile 'base.ini'"));
    assert_int_equal(diag.first->next->sys_errno, EACCES);
    assert_int_equal(diag.first->next->origin.column, 11);
    assert_int_equal(diag.last->origin.column, 16);
    policy_free(policy);
    arena_free(&arena);
}

/* What is wrong with the ways in which profiles extend each other is told once, too. */
static void circles(void **state)
{
    (void)state;
    file_text("t.ini", "");
    assert_int_equal(symlink("t.ini", "alias.ini"), 0);
    file_text("a.ini", "[profile]\nextends = t\n");
    expect("[profile]\nextends = <<t>> <<./t.ini>> <<?alias>>\n[limits]\npids = <<x>>\n",
           "circle: t.ini extends t.ini", "circle: t.ini extends t.ini",
           "circle: t.ini extends t.ini", "is not a number");
    file_text("t.ini", "[profile]\nextends = a\n[limits]\npids = x\n");
    struct arena arena = {NULL};
    struct sbx_error error;
    struct diag diag = {.error = &error, .arena = &arena};
    struct sbx_policy *policy = read_with("t.ini", NULL, 0, &diag);
    assert_int_equal(diag.errors, 2);
    assert_string_equal(diag.last->origin.file, "a.ini");
    assert_non_null(strstr(diag.last->text, "in a circle: t.ini extends a.ini extends t.ini"));
    policy_free(policy); /* the origins are its */
    arena_free(&arena);
}

/* 64 in a row, and 64 side by side. */
static void how_many(void **state)
{
    char name[32], text[2048] = "[profile]\nextends =";
    (void)state;
    for (int i = 1; i <= 64; i++) {
        snprintf(name, sizeof(name), "w%d.ini", i);
        file_text(name, i % 2 ? "[files]\nro = /a\n" : "");
        snprintf(text + strlen(text), sizeof(text) - strlen(text), " w%d", i);
        if (i == 63)
            policy_free(load_text(text));
    }
    refuse_text(text, 2, "more than 64 profiles");
    for (int i = 0; i < 64; i++) {
        snprintf(name, sizeof(name), "p%d.ini", i);
        snprintf(text, sizeof(text), "[profile]\nextends = p%d\n[files]\nro = /%d\n", i + 1, i);
        file_text(name, i < 63 ? text : "[files]\nro = /63\n");
    }
    struct sbx_policy *policy = load("p0.ini");
    assert_int_equal(policy->files_ro.count, 64);
    assert_string_equal(policy->files_ro.items[0].first, "/63");
    assert_string_equal(policy->files_ro.items[63].first, "/0");
    policy_free(policy);
    file_text("p63.ini", "[profile]\nextends = p64\n");
    file_text("p64.ini", "");
    assert_string_equal(refuse("p0.ini", "more than 64 profiles").origin.file, "p63.ini");
}

/* The later one wins, and whoever extends wins over what it extends. */
static void order(void **state)
{
    (void)state;
    file_text("base.ini",
              "[limits]\nmemory = 1M\npids = 1\nstack = 1M\ncore = 1\n[files]\nro = /0\n");
    file_text("a.ini", "[profile]\nextends = base\ndescription = a\n"
                       "[limits]\nmemory = 2M\npids = 2\n[files]\nro = /a\n");
    file_text("b.ini", "[profile]\nextends = base\n[limits]\nmemory = 3M\n[files]\nro = /b !/0\n");
    struct sbx_policy *policy = load_text("[limits]\nstack = 4M\n[files]\nro = /t\n"
                                          "[profile]\nextends = a b base\n");
    assert_int_equal(policy->limits_memory.v, 3 << 20);
    assert_int_equal(policy->limits_pids.v, 2); /* the base is not read again */
    assert_int_equal(policy->limits_stack.v, 4 << 20);
    assert_int_equal(policy->limits_core.v, 1);
    assert_list(&policy->files_ro, "/a /b /t");
    assert_null(policy->profile_description.v);
    policy_free(policy);
    policy = load_text("[profile]\nextends = b a\n[files]\nro = /t\n");
    assert_int_equal(policy->limits_memory.v, 2 << 20);
    assert_list(&policy->files_ro, "/b /a /t");
    policy_free(policy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(empty), TEST(empty_lists), TEST(not_files), TEST(extended_not_files),
        TEST(names), TEST(unreadable),  TEST(circles),   TEST(how_many),
        TEST(order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
