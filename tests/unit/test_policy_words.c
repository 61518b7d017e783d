/* SPDX-License-Identifier: MIT
 *
 * test_policy_words.c - quotes, escapes and marks; and that each word has one form, by which !word
 * names it.
 */
#include "policy/keys.h"
#include "test_policy.h"

static void separators(void **state)
{
    (void)state;
    struct sbx_policy *policy = load_key("files", "bind = \"/a\\:b:/c\" \"/d:/e\\:ro\" \"/f\\:g\\:h"
                                                  ":/i:rw\" /j\":\"/k /l:\"/m n\"");
    const struct item *items = policy->files_bind.items;
    assert_int_equal(policy->files_bind.count, 5);
    assert_string_equal(items[0].first, "/a:b");
    assert_string_equal(items[0].second, "/c");
    assert_string_equal(items[1].second, "/e:ro");
    assert_false(items[1].writable);
    assert_string_equal(items[2].first, "/f:g:h");
    assert_string_equal(items[2].second, "/i");
    assert_true(items[2].writable);
    assert_string_equal(items[3].first, "/j");
    assert_string_equal(items[3].second, "/k");
    assert_string_equal(items[4].second, "/m n");
    assert_string_equal(items[0].text, "\"/a\\:b:/c\"");
    assert_string_equal(items[3].text, "/j:/k");
    policy_free(policy);

    policy = load_key("files", "symlink = \"a\\:b:/c\" \"a:/b\\:c\" \"\\::/d\"");
    items = policy->files_symlink.items;
    assert_int_equal(policy->files_symlink.count, 3);
    assert_string_equal(items[0].first, "a:b");
    assert_string_equal(items[0].second, "/c");
    assert_string_equal(items[1].first, "a");
    assert_string_equal(items[1].second, "/b:c");
    assert_string_equal(items[2].first, ":");
    policy_free(policy);

    policy =
        load_key("files", "tmpfs = \"/a\\:b:size=1M\" \"/a\\:size=1M\" \"/a:size=1M\\,mode=1\"");
    items = policy->files_tmpfs.items;
    assert_string_equal(items[0].first, "/a:b");
    assert_int_equal(items[0].size, 1 << 20);
    assert_string_equal(items[1].first, "/a:size=1M");
    assert_int_equal(items[1].size, 0);
    assert_int_equal(items[2].mode, 1);
    policy_free(policy);

    policy = load_key("files", "bind = /a\\:/b"); /* outside of quotes it is a letter */
    assert_string_equal(policy->files_bind.items[0].first, "/a\\");
    assert_string_equal(policy->files_bind.items[0].second, "/b");
    policy_free(policy);
    refuse_key("files", "bind = \"/a\\:/b\"", "is no bind");
    refuse_key("files", "symlink = \"a\\:/b\"", "no symbolic link");
    refuse_key("environment", "set = \"A\\=b\"", "'A=b' sets no variable");
    refuse_key("environment", "set = \"A\\=b=c\"", "'A=b' is not the name of a variable");
    refuse_key("environment", "set = \"A\\x42=c\"", "must not be hidden");
    refuse_key("files", "bind = \"/a:/b:\\,w\"", "'/a:/b:,w': ',w' is not known");
    refuse_key("files", "ro = \"/${HO\\=E}\"", "no backslash may stand in the name");
    refuse_key("files", "ro = ?\"/${env:HO\\=E}\"", "no backslash may stand in the name");
}

static void escapes(void **state)
{
    (void)state;
    static const char *const values[] = {
        "${HOME}", "$\\\":,=", "x ; y",        "${HOME}",   "\n\t\x1b\xff\xc3\xbc",
        "\\x41",   "a\\;b",    "\xe2\x80\xae", "\x10\x10x", "\"\\",
    };
    struct sbx_policy *policy =
        load_text("[environment]\nset = \"A=\\${HOME}\" \"B=\\$\\\\\\\"\\:\\,\\=\" \"C=x \\; y\""
                  " \"D=\\${HOME}\" \"E=\\n\\x09\\x1b\\xff\\xC3\\xBC\" F=\\x41 G=a\\;b"
                  " \"H=\\xe2\\x80\\xae\" \"I=\\x10\\x10x\" \"J=\\\"\\\\\"\n");
    assert_int_equal(policy->environment_set.count, sizeof(values) / sizeof(values[0]));
    for (size_t i = 0; i < policy->environment_set.count; i++)
        assert_string_equal(policy->environment_set.items[i].second, values[i]);
    assert_string_equal(policy->environment_set.items[0].text, "\"A=\\${HOME}\"");
    assert_string_equal(policy->environment_set.items[3].text, "\"D=\\${HOME}\"");
    assert_string_equal(policy->environment_set.items[4].text, "\"E=\\n\\x09\\x1b\\xff\xc3\xbc\"");
    assert_string_equal(policy->environment_set.items[5].text, "F=\\x41");
    assert_string_equal(policy->environment_set.items[7].text, "\"H=\\xe2\\x80\\xae\"");
    policy_free(policy);
}

static void refused_escapes(void **state)
{
    (void)state;
    static const char *const refused[] = {
        "\\x00", "\\x0", "\\x", "\\xg0", "\\x0g", "\\X41", "\\N", "\\0", "\\ ", "\\'", "\\{", "\\/",
    };
    char line[64];
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        snprintf(line, sizeof(line), "set = \"A=%s\"", refused[i]);
        refuse_key("environment", line, refused[i][1] == 'x' ? "'\\x' stands for" : "backslash");
    }
    refuse_key("environment", "set = \"A=b\\\"", "not closed");
    refuse_key("environment", "set = \"A=b\\", "not closed");
    refuse_key("environment", "set = \"A=b\" C\"", "not closed");
    refuse_key("environment", "set = \"A=b ; c\"", "not closed");
    refuse_key("environment", "set = A=\"b\n c\"", "not closed");
    refuse_key("root", "cwd = \"/a\\x00\"", "'\\x' stands for");
    refuse_key("identity", "hostname = \"a\\q\"", "backslash");
    /* Escapes make no path that could not be written without them. */
    refuse_key("files", "ro = \"/a/\\x2e./b\"", "must not be hidden");
    refuse_key("files", "ro = \"\\x61\"", "must not be hidden");
    refuse_key("syscalls", "default = \"\\x61llow\"", "is 'a'");
    refuse_key("files", "ro = \"/\\x7e\" \"/\\x20\"", "must not be hidden");
}

/* Quotes may stand anywhere in a word, and hold blanks together. */
static void quotes_inside(void **state)
{
    (void)state;
    struct sbx_policy *policy =
        load_key("files", "ro = /a\" \"b \"/c\"\"/d\" \"/e\"/f ?\"/g h\" ?/i\"\tj\" /k\"\"");
    const struct item *items = policy->files_ro.items;
    assert_int_equal(policy->files_ro.count, 6);
    assert_string_equal(items[0].first, "/a b");
    assert_string_equal(items[1].first, "/c/d");
    assert_string_equal(items[2].first, "/e/f");
    assert_string_equal(items[3].first, "/g h");
    assert_true(items[3].optional);
    assert_string_equal(items[4].first, "/i\tj");
    assert_string_equal(items[5].first, "/k");
    assert_list(&policy->files_ro, "\"/a b\" /c/d /e/f \"/g h\" \"/i\\x09j\" /k");
    policy_free(policy);
}

/* In quotes a mark is a letter like any other. */
static void marks(void **state)
{
    (void)state;
    file_text("base.ini",
              "[files]\nsymlink = \"?a:/1\" \"!b:/2\" \"#c:/3\" ?\"?d:/4\" \"?e:/5\"\n");
    struct sbx_policy *policy =
        load_text("[profile]\nextends = base\n[files]\n"
                  "symlink = !\"?a:/1\" !\"!b:/2\" !\"#c:/3\" !\"?d:/4\" \"!e:/6\"\n");
    assert_list(&policy->files_symlink, "\"?e:/5\" \"!e:/6\"");
    assert_string_equal(policy->files_symlink.items[0].first, "?e");
    assert_false(policy->files_symlink.items[0].optional);
    policy_free(policy);
    refuse_key("files", "symlink = #a:/b", "can't begin with '#'");
    refuse_key("files", "symlink = ?#a:/b", "can't begin with '#'");
    refuse_key("files", "symlink = !!a:/b", "one mark at most");
    refuse_key("files", "symlink = ?", "no word behind");
    refuse_key("files", "symlink = a:/b !", "no word behind");
    refuse_key("files", "symlink = ?\"\"", "empty word");
}

/* !word names a word by what it means, however it was written. */
static void one_form(void **state)
{
    (void)state;
    static const struct {
        const char *section, *key, *added, *removed;
    } cases[] = {
        {"capabilities", "keep", "net_raw", "cap_net_raw"},
        {"capabilities", "keep", "CAP_NET_RAW", "net_raw"},
        {"capabilities", "ambient", "Cap_Net_Raw", "NET_RAW"},
        {"files", "ro", "/a//b/", "/a/b"},
        {"files", "ro", "?/a", "/a"},
        {"files", "ro", "\"/a\"", "/a"},
        {"files", "ro", "\"/\\xc3\\xbc b\"", "/\xc3\xbc\" \"b"},
        {"files", "ro", "${HOME}/x", "${HOME}//x/"},
        {"files", "ro", "\"/a\\;b\"", "/a;b"},
        {"files", "ro", "\"/a\\$b\\,\\=\"", "/a$b,="},
        {"files", "bind", "/a:/b:ro", "/a:/b"},
        {"files", "bind", "/a/:/b/:rw", "\"/a:/b:rw\""},
        {"files", "bind", "\"/a\\:b:/c\"", "\"/a\\:b:/c:ro\""},
        {"files", "tmpfs", "/a:mode=0700,size=1M,inodes=5", "/a:size=1024K,inodes=5,mode=700"},
        {"files", "tmpfs", "/a:size=1G", "/a:size=1073741824"},
        {"files", "tmpfs", "/a:inodes=010", "/a:inodes=10"},
        {"files", "symlink", "a:/b/", "\"a:/b\""},
        {"environment", "set", "A=b", "\"A=b\""},
        {"environment", "set", "A=b=c", "\"A=b\\=c\""},
        {"environment", "set", "\"A=\"", "A="},
        {"environment", "pass", "A", "\"A\""},
        {"syscalls", "errno", "read:1", "read:EPERM"},
        {"syscalls", "errno", "read:EAGAIN", "read:EWOULDBLOCK"},
        {"syscalls", "errno", "read:11", "read:EWOULDBLOCK"},
        {"syscalls", "errno", "read:04000", "read:4000"},
        {"syscalls", "errno", "?@base:ENOTSUP", "@base:95"},
        {"syscalls", "allow", "?read", "read"},
        {"network", "families", "?netlink", "netlink"},
    };
    char text[512];
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        snprintf(text, sizeof(text), "[%s]\n%s = %s\n", cases[i].section, cases[i].key,
                 cases[i].added);
        file_text("base.ini", text);
        snprintf(text, sizeof(text), "[profile]\nextends = base\n[%s]\n%s = !%s\n",
                 cases[i].section, cases[i].key, cases[i].removed);
        struct sbx_policy *policy = load_text(text);
        const struct value_list *list =
            (const void *)((const char *)policy + key_find(cases[i].section, cases[i].key)->offset);
        assert_int_equal(list->count, 0);
        policy_free(policy);
    }
}

/* Words that mean something else stay two. */
static void other_words(void **state)
{
    (void)state;
    file_text("base.ini", "[files]\nbind = \"/a\\:b:/c\" /a:/b\ntmpfs = /t:size=1M /t:mode=0700\n"
                          "ro = \"/\\\\x61\" \"/${PROFILE_DIR}\"\n"
                          "[syscalls]\nerrno = read:EPERM read\n[environment]\nset = A=b A=c\n");
    assert_hint(refuse_text("[profile]\nextends = base\n[files]\nbind = !/a:/b:rw\n", 4, "nothing"),
                "'!/a:/b'");
    refuse_text("[profile]\nextends = base\n[files]\ntmpfs = !/t\n", 4, "takes nothing away");
    refuse_text("[profile]\nextends = base\n[files]\nro = !/a\n", 4, "takes nothing away");
    struct sbx_policy *policy =
        load_text("[profile]\nextends = base\n[files]\nbind = !/a:/b\ntmpfs = !/t:mode=0700\n"
                  "[syscalls]\nerrno = !read\n[environment]\nset = !A=c\n");
    assert_list(&policy->files_bind, "\"/a\\:b:/c\"");
    assert_list(&policy->files_tmpfs, "/t:size=1M");
    assert_list(&policy->syscalls_errno, "read:EPERM");
    assert_list(&policy->environment_set, "A=b");
    policy_free(policy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(separators), TEST(escapes),  TEST(refused_escapes), TEST(quotes_inside),
        TEST(marks),      TEST(one_form), TEST(other_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
