/* SPDX-License-Identifier: MIT
 *
 * test_policy_extends.c - profiles that start from others, and where they are found.
 */
#include "test_policy.h"
#include <errno.h>

static void adds_and_replaces(void **state)
{
    (void)state;
    file_text("base.ini", "[profile]\ndescription = The base\n[limits]\nmemory = 1M\npids = 2\n"
                          "[files]\nro = /a /b\n[network]\nfamilies = unix\n");
    struct sbx_policy *policy =
        load_text("[files]\nro = /c /a\n[limits]\nmemory = 3M\n"
                  "[network]\nfamilies = inet\n[profile]\nextends = base\n");
    assert_list(&policy->files_ro, "/a /b /c /a");
    assert_string_equal(policy->files_ro.items[0].origin.file, "base.ini");
    assert_string_equal(policy->files_ro.items[2].origin.file, "t.ini");
    assert_string_equal(policy->files_ro.origin.file, "base.ini");
    assert_int_equal(policy->limits_memory.v, 3 << 20);
    assert_int_equal(policy->limits_memory.origin.line, 4);
    assert_int_equal(policy->limits_pids.v, 2);
    assert_string_equal(policy->limits_pids.origin.file, "base.ini");
    assert_list(&policy->network_families, "unix inet");
    assert_list(&policy->profile_extends, "base");
    assert_null(policy->profile_description.v);
    policy_free(policy);
}

static void several(void **state)
{
    (void)state;
    file_text("a.ini", "[limits]\nmemory = 1M\npids = 1\n[files]\nro = /a\n");
    file_text("b.ini", "[limits]\nmemory = 2M\n[files]\nro = /b\n");
    struct sbx_policy *policy = load_text("[profile]\nextends = a\n  b\n[files]\nro = /t\n");
    assert_list(&policy->files_ro, "/a /b /t");
    assert_int_equal(policy->limits_memory.v, 2 << 20);
    assert_int_equal(policy->limits_pids.v, 1);
    policy_free(policy);
}

/* Both sides of a diamond start from the same file, which counts once, by whatever name. */
static void diamond(void **state)
{
    (void)state;
    file_text("base.ini", "[files]\nro = /base\n");
    assert_int_equal(symlink("base.ini", "alias.ini"), 0);
    file_text("a.ini", "[profile]\nextends = base\n[files]\nro = /a\n");
    file_text("b.ini", "[profile]\nextends = alias ./base.ini\n[files]\nro = /b !/base\n");
    struct sbx_policy *policy = load_text("[profile]\nextends = a b base\n[files]\nro = /t\n");
    assert_list(&policy->files_ro, "/a /b /t");
    policy_free(policy);
}

static void circles(void **state)
{
    (void)state;
    file_text("a.ini", "[profile]\nextends = b\n");
    file_text("b.ini", "[profile]\n\nextends = c\n");
    file_text("c.ini", "[profile]\nextends =\n\n a\n");
    struct sbx_error error = refuse("a.ini", "in a circle: a.ini extends b.ini extends c.ini "
                                             "extends a.ini");
    assert_string_equal(error.origin.file, "c.ini");
    assert_int_equal(error.origin.line, 4);
    file_text("d.ini", "[profile]\nextends = a\n");
    refuse("d.ini", "circle: a.ini extends b.ini extends c.ini extends a.ini");
    file_text("self.ini", "[profile]\nextends = self\n");
    refuse("self.ini", "circle: self.ini extends self.ini");
}

static void missing(void **state)
{
    (void)state;
    file_text("common.ini", "");
    struct sbx_error error =
        refuse_key("profile", "extends = comon", "there is no profile 'comon'");
    assert_hint(error, "'common'");
    assert_non_null(strstr(error.text, "the current directory, "));
    assert_non_null(strstr(error.text, "/.config/sandbox/profiles/, /etc/sandbox/profiles/, "));
    assert_non_null(strstr(error.text, "/share/sandbox/profiles/"));
    error = refuse_key("profile", "extends = ./comon.ini", "can't open the profile './comon.ini'");
    assert_int_equal(error.sys_errno, ENOENT);
    refuse_key("profile", "extends = !common", "takes no '!common'");
    error = refuse("comon", "there is no profile 'comon' in ");
    assert_string_equal(error.origin.file, "");
    assert_hint(refuse("comon.ini", "can't open"), "without its .ini");
    struct sbx_policy *policy = load_text("[profile]\nextends = ?comon ?./x/comon.ini common\n");
    policy_free(policy);
}

/* The error of an extended profile is told at its own line. */
static void broken_base(void **state)
{
    (void)state;
    file_text("base.ini", "[limits]\nmemory = x\n");
    file_text("t.ini", "[profile]\nextends = base\n");
    struct sbx_error error = refuse("t.ini", "'x' is not a size");
    assert_string_equal(error.origin.file, "base.ini");
    assert_int_equal(error.origin.line, 2);
    assert_int_equal(unlink("base.ini"), 0);
    assert_int_equal(mkdir("base.ini", 0700), 0);
    error = refuse("t.ini", "'base.ini' is a directory");
    assert_int_equal(error.origin.line, 2);
}

static void takes_away(void **state)
{
    (void)state;
    file_text("base.ini", "[files]\nro = /a ?/b/ \"/c d\" ${HOME}/e /f-x\nbind = /x:/y:rw\n"
                          "[syscalls]\nerrno = mbind:ENOSYS\n");
    struct sbx_policy *policy = load_text("[profile]\nextends = base\n"
                                          "[files]\nro = /a !/a !//b !\"/c d\" !${HOME}/e\n"
                                          "bind = !/x:/y:rw\n[syscalls]\nerrno = !mbind:ENOSYS\n");
    assert_list(&policy->files_ro, "/f-x /a");
    assert_list(&policy->files_bind, "");
    assert_list(&policy->syscalls_errno, "");
    policy_free(policy);
    assert_hint(refuse_text("[profile]\nextends = base\n[syscalls]\nerrno = !mbind\n", 4,
                            "'!mbind' takes nothing away"),
                "'!mbind:ENOSYS'");
    assert_hint(
        refuse_text("[profile]\nextends = base\n[files]\nbind = !/x:/y\n", 4, "takes nothing away"),
        "'!/x:/y:rw'");
    assert_hint(refuse_text("[profile]\nextends = base\n[files]\n\nro = /z\n  !/f-y\n", 6,
                            "'!/f-y' takes nothing away"),
                "'/f-x'");
    assert_hint(refuse_text("[files]\nro = /a !/a\n", 2, "takes nothing away"), "empty");
    refuse_text("[network]\nfamilies = !unix\n", 2, "takes nothing away");
}

static void search_path(void **state)
{
    char text[512];
    (void)state;
    assert_int_equal(system("mkdir -p .config/sandbox/profiles xdg/sandbox/profiles sub"), 0);
    file_text(".config/sandbox/profiles/mine.ini", "[files]\nro = /home-config\n");
    file_text("mine.ini", "[files]\nro = /beside\n");
    struct sbx_policy *policy = load("mine");
    assert_list(&policy->files_ro, "/home-config");
    assert_string_equal(policy->name, "mine");
    policy_free(policy);

    file_text("xdg/sandbox/profiles/mine.ini", "[files]\nro = /xdg-config\n");
    snprintf(text, sizeof(text), "%s/xdg", (char *)*state);
    setenv("XDG_CONFIG_HOME", text, 1);
    policy = load("mine");
    assert_list(&policy->files_ro, "/xdg-config");
    policy_free(policy);

    /* Beside the extending file first; a path is relative to that file. */
    file_text("sub/t.ini", "[profile]\nextends = mine ../mine.ini\n");
    policy = load("sub/t.ini");
    assert_list(&policy->files_ro, "/xdg-config /beside");
    policy_free(policy);
    file_text("sub/mine.ini", "[files]\nro = /sub\n");
    policy = load("sub/t.ini");
    assert_list(&policy->files_ro, "/sub /beside");
    policy_free(policy);
}

/* A directory that is another user's is passed over; a profile that can't be read is not. */
static void closed_places(void **state)
{
    if (geteuid() != 0)
        skip();
    assert_int_equal(chmod(".", 0755), 0);
    assert_int_equal(system("mkdir -p .config/sandbox/profiles closed/.config/sandbox/profiles"),
                     0);
    file_text(".config/sandbox/profiles/mine.ini", "[files]\nro = /a\n");
    assert_int_equal(chmod(".config/sandbox/profiles/mine.ini", 0), 0);
    file_text("closed/.config/sandbox/profiles/mine.ini", "");
    assert_int_equal(chmod("closed", 0700), 0);
    assert_int_equal(seteuid(65534), 0);
    struct sbx_error denied = refuse("mine", "can't open the profile");
    char home[256];
    snprintf(home, sizeof(home), "%s/closed", (char *)*state);
    setenv("HOME", home, 1);
    struct sbx_error passed = refuse("mine", "there is no profile 'mine'");
    assert_int_equal(seteuid(0), 0);
    assert_int_equal(denied.sys_errno, EACCES);
    assert_int_equal(passed.sys_errno, 0);
}

static void too_many(void **state)
{
    char name[32], text[64];
    (void)state;
    for (int i = 0; i < 70; i++) {
        snprintf(name, sizeof(name), "p%d.ini", i);
        snprintf(text, sizeof(text), "[profile]\nextends = p%d\n", i + 1);
        file_text(name, text);
    }
    refuse("p0.ini", "more than 64 profiles");
    file_text("p60.ini", "");
    struct sbx_policy *policy = load("p0.ini");
    policy_free(policy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(adds_and_replaces), TEST(several),     TEST(diamond),    TEST(circles),
        TEST(missing),           TEST(broken_base), TEST(takes_away), TEST(search_path),
        TEST(closed_places),     TEST(too_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
