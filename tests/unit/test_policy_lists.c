/* SPDX-License-Identifier: MIT
 *
 * test_policy_lists.c - each type of lists, words, quotes and variables.
 */
#include "test_policy.h"
#include <errno.h>
#include <limits.h>
#include <sys/socket.h>

static void path_lists(void **state)
{
    (void)state;
    struct sbx_policy *policy = load_text("[files]\nro = /a ?/b//c/\n  \"/d e\"\n\t/f\n");
    const struct value_list *ro = &policy->files_ro;
    assert_list(ro, "/a /b/c \"/d e\" /f");
    assert_string_equal(ro->items[1].first, "/b/c");
    assert_false(ro->items[0].optional);
    assert_true(ro->items[1].optional);
    assert_int_equal(ro->items[0].origin.line, 2);
    assert_int_equal(ro->items[2].origin.line, 3);
    assert_int_equal(ro->items[3].origin.line, 4);
    assert_string_equal(ro->items[3].origin.file, "t.ini");
    assert_int_equal(ro->origin.line, 2);
    policy_free(policy);
    refuse_text("[files]\nro = /a\n  b\n", 3, "'b' is not an absolute path");
    refuse_key("files", "rw = /a/../b", "'.' or '..'");
}

static void binds(void **state)
{
    (void)state;
    struct sbx_policy *policy = load_key("files", "bind = /a:/b ?/c/:/d/:rw /e:/f:ro");
    const struct item *items = policy->files_bind.items;
    assert_int_equal(policy->files_bind.count, 3);
    assert_string_equal(items[0].first, "/a");
    assert_string_equal(items[0].second, "/b");
    assert_false(items[0].writable);
    assert_string_equal(items[1].text, "/c:/d:rw");
    assert_true(items[1].writable);
    assert_true(items[1].optional);
    assert_false(items[2].writable);
    policy_free(policy);
    refuse_key("files", "bind = /a", "is no bind");
    refuse_key("files", "bind = /a:", "not an absolute path");
    refuse_key("files", "bind = :/a", "not an absolute path");
    refuse_key("files", "bind = /a:/b:rx", "'rx' is not known");
    refuse_key("files", "bind = /a:/b:", "'' is not known");
    refuse_key("files", "bind = /a:/b:rw:ro", "is no bind");
    refuse_key("files", "bind = /a:/b:rw,ro", "are about the same");
    refuse_key("files", "bind = /a:/b:rw,rw", "are about the same");
    refuse_key("files", "bind = /a:/b:rw,", "'' is not known");
    refuse_key("files", "bind = /a:/b:RW", "'RW' is not known");
}

/* Options in any order, with or without what holds anyway, have one form. */
static void bind_options(void **state)
{
    (void)state;
    struct sbx_policy *policy = load_key("files", "bind = /a:/b:noexec /a:/c:nosymfollow,noexec,rw "
                                                  "/a:/d:symfollow,exec,ro \"/a:/e\\::noexec\"");
    const struct item *items = policy->files_bind.items;
    assert_list(&policy->files_bind,
                "/a:/b:noexec /a:/c:rw,noexec,nosymfollow /a:/d \"/a:/e\\::noexec\"");
    assert_int_equal(items[0].options, VIEW_NOEXEC);
    assert_false(items[0].writable);
    assert_int_equal(items[1].options, VIEW_NOEXEC | VIEW_NOSYMFOLLOW);
    assert_true(items[1].writable);
    assert_int_equal(items[2].options, 0);
    assert_string_equal(items[3].second, "/e:");
    policy_free(policy);
    refuse_key("files", "bind = /a:/b:noexce", "'noexce' is not known");
    refuse_key("files", "bind = /a:/b:noexec,exec", "exec, and an option before it");
}

static void view_options(void **state)
{
    (void)state;
    struct sbx_policy *policy = load_key(
        "files", "rw = /a:noexec ?/b:nosymfollow,noexec \"/c\\:d\" /e:exec \"${PWD}:noexec\"");
    const struct item *items = policy->files_rw.items;
    assert_int_equal(policy->files_rw.count, 5);
    assert_string_equal(items[0].text, "/a:noexec");
    assert_string_equal(items[0].first, "/a");
    assert_int_equal(items[0].options, VIEW_NOEXEC);
    assert_string_equal(items[1].text, "/b:noexec,nosymfollow");
    assert_true(items[1].optional);
    assert_string_equal(items[2].text, "\"/c\\:d\"");
    assert_string_equal(items[2].first, "/c:d");
    assert_int_equal(items[2].options, 0);
    assert_string_equal(items[3].text, "/e");
    assert_int_equal(items[4].options, VIEW_NOEXEC);
    policy_free(policy);
    refuse_key("files", "ro = /a:", "'' is not known");
    refuse_key("files", "ro = /a:b", "'b' is not known");
    refuse_key("files", "ro = /a:rw", "'rw' is not known");
    refuse_key("files", "rw = /a:noexec:noexec", "too many parts");
    refuse_key("files", "rw = a:noexec", "not an absolute path");
}

static void tmpfs(void **state)
{
    (void)state;
    struct sbx_policy *policy =
        load_key("files", "tmpfs = /a /b:size=64M,inodes=10000,mode=0700 /c:mode=0");
    const struct item *items = policy->files_tmpfs.items;
    assert_int_equal(policy->files_tmpfs.count, 3);
    assert_string_equal(items[0].first, "/a");
    assert_int_equal(items[0].size, 0);
    assert_int_equal(items[0].mode, 01777);
    assert_string_equal(items[1].first, "/b");
    assert_int_equal(items[1].size, 64 << 20);
    assert_int_equal(items[1].inodes, 10000);
    assert_int_equal(items[1].mode, 0700);
    assert_int_equal(items[2].mode, 0);
    policy_free(policy);
    refuse_key("files", "tmpfs = /a:size=0", "'0' is no value for size");
    refuse_key("files", "tmpfs = /a:size=50%", "is no value for size");
    refuse_key("files", "tmpfs = /a:size=unlimited", "is no value for size");
    refuse_key("files", "tmpfs = /a:size=9223372036854775808", "is no value for size");
    refuse_key("files", "tmpfs = /a:inodes=9223372036854775808", "is no value for inodes");
    refuse_key("files", "tmpfs = /a:inodes=18014398509481984", "is no value for inodes");
    policy_free(load_key("files", "tmpfs = /a:inodes=18014398509481983"));
    refuse_key("files", "tmpfs = /a:inodes=0", "'0' is no value for inodes");
    refuse_key("files", "tmpfs = /a:inodes=1k", "is no value for inodes");
    refuse_key("files", "tmpfs = /a:mode=10000", "is no value for mode");
    refuse_key("files", "tmpfs = /a:mode=0,mode=0", "mode stands twice");
    refuse_key("files", "tmpfs = /a:size=1,size=2", "size stands twice");
    refuse_key("files", "tmpfs = /a:", "no option ''");
    refuse_key("files", "tmpfs = /a:size=1,", "no option ''");
    refuse_key("files", "tmpfs = /a:exec", "no option 'exec'");
    refuse_key("files", "tmpfs = /a:size=1:mode=0", "is no tmpfs");
    refuse_key("files", "tmpfs = /a:size=${HOME}", "is no value for size");
    assert_hint(refuse_key("files", "tmpfs = /a:sise=1", "no option 'sise'"), "'size'");
}

static void small_files(void **state)
{
    (void)state;
    struct sbx_policy *policy = load_key(
        "files", "text = \"/a=x = y\\n\" /b= \"/c\\=d=e\" /h=${HOME}=\\n \"/i=\\${HOME};\"");
    const struct item *items = policy->files_text.items;
    assert_int_equal(policy->files_text.count, 5);
    assert_string_equal(items[0].first, "/a");
    assert_string_equal(items[0].second, "x = y\n");
    assert_string_equal(items[0].text, "\"/a=x = y\\n\"");
    assert_string_equal(items[1].second, "");
    assert_string_equal(items[2].first, "/c=d");
    assert_string_equal(items[2].second, "e");
    assert_string_equal(items[2].text, "\"/c\\=d=e\"");
    assert_null(strchr(items[3].second, '\n')); /* no escape outside of quotes */
    assert_string_equal(items[4].second, "${HOME};");
    policy_free(policy);
    refuse_key("files", "text = /a", "has no content");
    refuse_key("files", "text = \"/a\\=b\"", "has no content");
    refuse_key("files", "text = a=b", "not an absolute path");
    refuse_key("files", "text = =b", "not an absolute path");
    refuse_key("files", "text = /a=${env:EMPTY_ONE}", "is not set");
}

static void links(void **state)
{
    (void)state;
    struct sbx_policy *policy = load_key("files", "symlink = usr/bin:/bin ../x:/y");
    const struct item *items = policy->files_symlink.items;
    assert_string_equal(items[0].first, "usr/bin");
    assert_string_equal(items[0].second, "/bin");
    assert_string_equal(items[1].first, "../x");
    policy_free(policy);
    refuse_key("files", "symlink = /a", "no symbolic link");
    refuse_key("files", "symlink = :/a", "no symbolic link");
    refuse_key("files", "symlink = ${env:EMPTY_ONE}:/a", "is not set");
    refuse_key("files", "symlink = a:b", "not an absolute path");
    refuse_key("files", "symlink = a:/b:/c", "no symbolic link");
}

static void assigns(void **state)
{
    (void)state;
    struct sbx_policy *policy =
        load_key("environment", "set = A=1 B= \"C=a b\" D=\"x = \\\"y\\\\\" _e=f=g:h");
    const struct item *items = policy->environment_set.items;
    assert_int_equal(policy->environment_set.count, 5);
    assert_string_equal(items[0].first, "A");
    assert_string_equal(items[0].second, "1");
    assert_string_equal(items[1].second, "");
    assert_string_equal(items[2].second, "a b");
    assert_string_equal(items[3].second, "x = \"y\\");
    assert_string_equal(items[4].second, "f=g:h");
    policy_free(policy);
    refuse_key("environment", "set = A", "sets no variable");
    refuse_key("environment", "set = =A", "not the name of a variable");
    refuse_key("environment", "set = 1A=b", "not the name of a variable");
    refuse_key("environment", "set = A-B=c", "not the name of a variable");
    refuse_key("environment", "set = A = b", "sets no variable");
    refuse_key("environment", "set = ${env:HOME}=b", "not the name of a variable");
}

static void calls(void **state)
{
    (void)state;
    struct sbx_policy *policy = load_text("[syscalls]\nallow = read @file-read ?pread64\n"
                                          "errno = mbind clone3:ENOSYS @mount:1\n");
    assert_list(&policy->syscalls_allow, "read @file-read pread64");
    assert_string_equal(policy->syscalls_allow.items[1].first, "@file-read");
    assert_true(policy->syscalls_allow.items[2].optional);
    const struct item *items = policy->syscalls_errno.items;
    assert_int_equal(items[0].number, 0);
    assert_string_equal(items[1].first, "clone3");
    assert_string_equal(items[1].text, "clone3:ENOSYS");
    assert_int_equal(items[1].number, ENOSYS);
    assert_string_equal(items[2].first, "@mount");
    assert_int_equal(items[2].number, EPERM);
    policy_free(policy);
    refuse_key("syscalls", "allow = Read", "no name of a system call");
    refuse_key("syscalls", "allow = @", "no name of a system call");
    refuse_key("syscalls", "allow = @@a", "no name of a system call");
    refuse_key("syscalls", "allow = read,write", "no name of a system call");
    refuse_key("syscalls", "allow = file-read", "no name of a system call");
    refuse_key("syscalls", "allow = read:EPERM", "no name of a system call");
    refuse_key("syscalls", "errno = read:", "no errno value");
    refuse_key("syscalls", "errno = read:EPERM:EIO", "no errno value");
    refuse_key("syscalls", "errno = :EPERM", "no name of a system call");
    assert_hint(refuse_key("syscalls", "errno = read:ENOSY", "no errno value"), "'ENOSYS'");
    assert_hint(refuse_key("syscalls", "allow = read # all", "can't begin with '#'"), "' ;'");
}

static void families(void **state)
{
    (void)state;
    struct sbx_policy *policy = load_key(
        "network", "families = unix inet inet6 netlink packet vsock bluetooth can alg xdp");
    static const int numbers[] = {AF_UNIX,  AF_INET,      AF_INET6, AF_NETLINK, AF_PACKET,
                                  AF_VSOCK, AF_BLUETOOTH, AF_CAN,   AF_ALG,     AF_XDP};
    assert_int_equal(policy->network_families.count, 10);
    for (size_t i = 0; i < 10; i++)
        assert_int_equal(policy->network_families.items[i].number, numbers[i]);
    policy_free(policy);
    policy = load_key("network", "families =");
    assert_int_equal(policy->network_families.count, 0);
    assert_int_equal(policy->network_families.origin.line, 2);
    policy_free(policy);
    refuse_key("network", "families = none", "no socket family");
    refuse_key("network", "families = AF_UNIX", "no socket family");
    refuse_key("network", "families = 1", "no socket family");
    assert_hint(refuse_key("network", "families = inet4", "no socket family"), "'inet'");
}

static void words(void **state)
{
    (void)state;
    struct sbx_policy *policy = load_text("[capabilities]\nkeep = net_bind_service CAP_CHOWN\n"
                                          "[environment]\npass = TERM ?LANG _b9\n");
    assert_list(&policy->capabilities_keep, "cap_net_bind_service cap_chown");
    assert_list(&policy->environment_pass, "TERM LANG _b9");
    policy_free(policy);
    refuse_key("environment", "pass = ${HOME}", "variables have no meaning here");
    refuse_key("environment", "pass = \"\"", "empty word");
    refuse_key("environment", "pass = ?", "'?' has no word");
    refuse_key("environment", "pass = ! A", "'!' has no word");
    refuse_key("environment", "pass = ?!A", "one mark at most");
    refuse_key("environment", "pass = \"a", "not closed");
    refuse_key("environment", "pass = \"a\\q\"", "backslash");
    refuse_key("environment", "pass = \"a\\\\\\\"", "not closed");
}

/* A comment ends the line even in quotes: the quote stays open, and that is said. */
static void comment_in_quotes(void **state)
{
    (void)state;
    assert_hint(refuse_key("environment", "set = \"A=b ;c\"", "not closed"), "' ;'");
    struct sbx_policy *policy = load_key("environment", "set = \"A=b;c\"");
    assert_string_equal(policy->environment_set.items[0].second, "b;c");
    policy_free(policy);
}

static void lists_have_a_bound(void **state)
{
    (void)state;
    FILE *file = fopen("t.ini", "we");
    assert_non_null(file);
    fputs("[environment]\npass =\n", file);
    for (int i = 0; i < 4097; i++)
        fputs(" A\n", file);
    fclose(file);
    assert_int_equal(refuse("t.ini", "more than 4096 words").origin.line, 4099);
}

/* ---- variables ------------------------------------------------------------------------------ */

static void variables(void **state)
{
    char text[1024], directory[256], real[PATH_MAX];
    assert_non_null(getcwd(directory, sizeof(directory)));
    setenv("XDG_RUNTIME_DIR", "/run/user/7", 1);
    setenv("MINE", "a b", 1);
    assert_int_equal(mkdir("sub", 0700), 0);
    file_text("sub/t.ini",
              "[files]\nro = ${HOME}/x ${PWD}/x ${XDG_RUNTIME_DIR}/x/ ${PROFILE_DIR}/x\n"
              "[environment]\nset = A=${USER} B=${UID} C=<${env:MINE}${env:MINE}>\n"
              "[root]\ncwd = ${HOME}\n[identity]\nhostname = of-${USER}\n");
    struct sbx_policy *policy = load("sub/t.ini");
    assert_non_null(realpath("sub", real));
    snprintf(text, sizeof(text), "%s/x %s/x /run/user/7/x %.256s/x", (char *)*state, directory,
             real);
    assert_list(&policy->files_ro, text);
    snprintf(text, sizeof(text), "A=somebody B=%u \"C=<a ba b>\"", (unsigned)getuid());
    assert_list(&policy->environment_set, text);
    assert_string_equal(policy->root_cwd.v, *state);
    assert_string_equal(policy->identity_hostname.v, "of-somebody");
    policy_free(policy);
}

/* What is in a variable is text: no separator, no quote, no mark, no variable. */
static void variables_are_text(void **state)
{
    (void)state;
    setenv("HOME", "/h:/etc:rw", 1);
    setenv("MINE", "a \"b\" ?c ${UID} =:;#", 1);
    struct sbx_policy *policy = load_text("[files]\nbind = ${HOME}:/t\ntmpfs = ${HOME}:size=1M\n"
                                          "symlink = ${HOME}${HOME}:/l\n"
                                          "[environment]\nset = A=${env:MINE}\n");
    const struct item *bind = policy->files_bind.items;
    assert_int_equal(policy->files_bind.count, 1);
    assert_string_equal(bind->first, "/h:/etc:rw");
    assert_string_equal(bind->second, "/t");
    assert_false(bind->writable);
    assert_string_equal(policy->files_tmpfs.items[0].first, "/h:/etc:rw");
    assert_int_equal(policy->files_tmpfs.items[0].size, 1 << 20);
    assert_string_equal(policy->files_symlink.items[0].first, "/h:/etc:rw/h:/etc:rw");
    assert_int_equal(policy->environment_set.count, 1);
    assert_string_equal(policy->environment_set.items[0].second, "a \"b\" ?c ${UID} =:;#");
    policy_free(policy);
    setenv("HOME", "/a/../b", 1);
    refuse_key("files", "ro = ${HOME}/c", "'.' or '..'");
    setenv("HOME", "relative", 1);
    refuse_key("files", "ro = ${HOME}/c", "not an absolute path");
}

static void variables_not_set(void **state)
{
    (void)state;
    unsetenv("MINE");
    refuse_key("files", "ro = ${XDG_RUNTIME_DIR}/x", "${XDG_RUNTIME_DIR} is not set");
    refuse_key("environment", "set = A=${env:MINE}", "${env:MINE} is not set");
    refuse_key("root", "cwd = ${XDG_RUNTIME_DIR}", "is not set");
    struct sbx_policy *policy = load_text("[files]\nro = ?${XDG_RUNTIME_DIR}/x /y\n"
                                          "bind = ?/a:${env:MINE}/b\n"
                                          "[environment]\nset = ?A=${env:MINE} ?B=c\n");
    assert_list(&policy->files_ro, "/y");
    assert_list(&policy->files_bind, "");
    assert_list(&policy->environment_set, "B=c");
    policy_free(policy);
    setenv("HOME", "", 1);
    refuse_key("files", "rw = ${HOME}/", "${HOME} is not set or empty");
    setenv("MINE", "", 1);
    policy = load_key("environment", "set = A=${env:MINE}");
    assert_string_equal(policy->environment_set.items[0].second, "");
    policy_free(policy);
}

static void variables_misspelt(void **state)
{
    (void)state;
    assert_hint(refuse_key("files", "ro = ${HOEM}/x", "no variable ${HOEM}"), "'HOME'");
    assert_hint(refuse_key("files", "ro = ${FOO}/x", "no variable ${FOO}"), "${env:NAME}");
    refuse_key("files", "ro = ?${HOEM}/x", "no variable ${HOEM}");
    refuse_key("files", "ro = ${}/x", "no variable ${}");
    refuse_key("files", "ro = /${HOME", "without its '}'");
    refuse_key("files", "ro = ${env:}/x", "names no variable");
    refuse_key("files", "ro = ${env:A=B}/x", "names no variable");
    refuse_key("files", "bind = ${HOME:/a", "is no bind");
    struct sbx_policy *policy = load_key("environment", "set = A=$HOME B=$ C={} D=$$");
    assert_list(&policy->environment_set, "A=$HOME B=$ C={} D=$$");
    policy_free(policy);
}

/* Many large variables in one word end in an error, not in all the memory. */
static void variables_have_a_bound(void **state)
{
    (void)state;
    static char value[100 * 1024 + 1];
    memset(value, 'a', sizeof(value) - 1);
    setenv("MINE", value, 1);
    struct sbx_policy *policy = load_key("environment", "set = A=${env:MINE}");
    assert_int_equal(strlen(policy->environment_set.items[0].second), sizeof(value) - 1);
    policy_free(policy);
    refuse_key("environment", "set = A=${env:MINE}${env:MINE}", "more than 131072 bytes");
    refuse_key("files", "ro = /${env:MINE}", "more than 4095 bytes");
}

/* A long variable in many words: told once, and no memory is taken for the rest. */
static void all_values_together(void **state)
{
    (void)state;
    static char big[120001];
    memset(big, 'x', sizeof(big) - 1);
    setenv("BIG", big, 1);
    FILE *file = fopen("t.ini", "we");
    assert_non_null(file);
    fputs("[environment]\nset =\n", file);
    for (int i = 0; i < 1000; i++)
        fprintf(file, "  A%d=${env:BIG}\n", i);
    fclose(file);
    struct sbx_error error = {0};
    struct arena arena = {NULL};
    struct diag diag = {.error = &error, .arena = &arena};
    const struct load_request request = {.name = "t.ini", .outside = &outside_machine};
    struct sbx_policy *policy = NULL;
    assert_int_equal(policy_read(&request, &diag, &policy), -1);
    assert_int_equal(diag.errors, 1);
    assert_non_null(strstr(error.text, "all values together"));
    assert_int_equal(error.origin.line, 2 + (size_t)8 * 1024 * 1024 / (sizeof(big) - 1) + 1);
    policy_free(policy);
    arena_free(&arena);
    unsetenv("BIG");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(all_values_together),
        TEST(path_lists),
        TEST(binds),
        TEST(bind_options),
        TEST(view_options),
        TEST(tmpfs),
        TEST(links),
        TEST(small_files),
        TEST(assigns),
        TEST(calls),
        TEST(families),
        TEST(words),
        TEST(comment_in_quotes),
        TEST(lists_have_a_bound),
        TEST(variables),
        TEST(variables_are_text),
        TEST(variables_not_set),
        TEST(variables_misspelt),
        TEST(variables_have_a_bound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
