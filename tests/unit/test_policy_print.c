/* SPDX-License-Identifier: MIT
 *
 * test_policy_print.c - the canonical text of a policy, read as a profile, is the same policy.
 */
#include "policy/keys.h"
#include "policy/print.h"
#include "policy/value.h"
#include "test_policy_printed.h"

static void assert_text(const char *a, const char *b)
{
    assert_int_equal(a != NULL, b != NULL);
    if (a)
        assert_string_equal(a, b);
}

static void assert_same_list(const struct value_list *a, const struct value_list *b)
{
    assert_int_equal(a->count, b->count);
    for (size_t i = 0; i < a->count; i++) {
        const struct item *one = &a->items[i], *two = &b->items[i];
        assert_text(one->text, two->text);
        assert_text(one->first, two->first);
        assert_text(one->second, two->second);
        assert_int_equal(one->optional, two->optional);
        assert_int_equal(one->writable, two->writable);
        assert_int_equal(one->size, two->size);
        assert_int_equal(one->inodes, two->inodes);
        assert_int_equal(one->mode, two->mode);
        assert_int_equal(one->number, two->number);
    }
}

/* The same values, whatever their origins. */
static void assert_same(const struct sbx_policy *a, const struct sbx_policy *b)
{
    for (const struct key *key = policy_keys; key < policy_keys + KEY_COUNT; key++) {
        const void *one = (const char *)a + key->offset, *two = (const char *)b + key->offset;
        if (key == &policy_keys[KEY_profile_extends])
            continue;
        if (key->type->item)
            assert_same_list(one, two);
        else if (key->type == &policy_types[TYPE_string] || key->type == &policy_types[TYPE_path])
            assert_text(((const struct value_string *)one)->v,
                        ((const struct value_string *)two)->v);
        else if (key->type == &policy_types[TYPE_upper]) {
            const struct value_upper *x = one, *y = two;
            assert_text(x->v, y->v);
            assert_true(x->tmpfs == y->tmpfs && x->size == y->size && x->inodes == y->inodes);
        } else
            assert_memory_equal(one, two, key->type->size - sizeof(struct origin));
    }
}

/* Prints, reads that, and prints it again. */
static void assert_round(const struct sbx_policy *policy)
{
    for (int origins = 0; origins < 2; origins++) {
        char *text = printed(policy, origins);
        file_text("again.ini", text);
        struct sbx_error error;
        struct sbx_policy *again = NULL;
        if (policy_load("again.ini", NULL, 0, &again, &error) != 0)
            fail_msg("%u:%u: %s\n%s", error.origin.line, error.origin.column, error.text, text);
        assert_same(policy, again);
        char *second = printed(again, false), *first = printed(policy, false);
        assert_string_equal(first, second);
        free(second);
        free(first);
        free(text);
        policy_free(again);
    }
}

static void round_text(const char *text)
{
    struct sbx_policy *policy = load_text(text);
    assert_round(policy);
    policy_free(policy);
}

static void shipped(void **state)
{
    static const char *const names[] = {"base",         "build",      "dry-run",   "judge",
                                        "judge-python", "judge-java", "judge-node"};
    char path[512];
    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        snprintf(path, sizeof(path), "%s/%s.ini", SANDBOX_PROFILES, names[i]);
        struct sbx_policy *policy = load(path);
        assert_round(policy);
        policy_free(policy);
    }
    round_text("");
}

static void values(void **state)
{
    (void)state;
    setenv("MINE", "a:b=c \"d\" ${HOME}\n\\x ; e\xff\xe2\x80\xae", 1);
    round_text("[profile]\ndescription = One \"two\" ; a comment\n  three\n[limits]\n"
               "memory = 1025K\ncpu_time = 90s\nwall_time = 3600s\nstack = 9223372036854775807\n"
               "core = 0\nfile_size = 1\noutput = unlimited\npids = 9223372036854775807\n"
               "[identity]\nuid = 4294967294\nhostname = \" a b \"\n[process]\numask = 7\n"
               "[root]\ncwd = \"/a b/c;d\"\nsize = 3T\n[syscalls]\ndefault = errno:4000\n"
               "unknown = errno:EWOULDBLOCK\n[network]\nrefused = errno:1\n");
    round_text(
        "[files]\nro = ?\"/a b\" \"/#\" \"/?\" ${HOME}/x \"/${env:MINE}\" \"/a\\:b\"\n"
        "bind = ?\"/a\\:b:/c d:rw\" ${HOME}:/x \"/${env:MINE}:/y\" /b\\:/c\n"
        "tmpfs = /t:mode=7,size=1537K,inodes=3 \"/${env:MINE}:size=1\" \"/a\\:b\" /u:mode=0\n"
        "symlink = \"?x:/1\" \"!x:/2\" \"#x:/3\" \";x:/4\" \"${env:MINE}:/${env:MINE}\"\n"
        "[environment]\nset = A= \"B=  \" C=${env:MINE} \"D=;\" E=; \"F=\\;\" G=\\x41 \"H= \\;\"\n"
        "pass = A ?B\n[syscalls]\nerrno = ?read:4000 @base:1 write\n"
        "[capabilities]\nkeep = NET_RAW ?chown\n[network]\nfamilies = ?netlink\n");
    round_text("[files]\nro =\n[environment]\nset =\n[network]\nfamilies =\n"
               "[identity]\nhostname =\n[profile]\ndescription = \"\\\"\"\n");
    round_text("[profile]\ndescription = \"# no comment\"\n[identity]\nhostname = \"[x]\"\n");
    round_text("[profile]\ndescription = a ;b\n[identity]\nhostname = \"a \\;b\\\\\"\n");
    round_text("[profile]\ndescription = \"\\\"a\\\" b\\x07\\x10\\$\"\n");
    round_text("[profile]\ndescription = a\tb ${env:MINE} \\n = x\n");
}

/* What on a line of its own would be taken for something else. */
static void look_alikes(void **state)
{
    (void)state;
    round_text("[environment]\nset = pass=2 clear=no set=x \"pass=a\\\\b\" \"pass= c\"\n");
    round_text("[files]\ntext = \"/a=\\n[files]\\nro = /x\\n\" \"/b\\=c=d\\=\" /e= /f=${env:MINE} "
               "\"/g=\\$\\:;\"\n");
    round_text("[files]\nsymlink = \"ro=x:/l\" ro=:/m \"rw = x:/n\" [x]:/o \"[files]:/p\" [:/q\n"
               "    ?\"bind=x:/r\" ?ro=x:/s \"[a] b:/t\" \"ro=\\\\\\\"x:/u\"\n");
}

/* A word may hold any bytes: from a variable, for one. */
static void any_bytes(void **state)
{
    static const char nasty[] =
        " \t\n\r\"\\\\:=,;$${}?!#[]%/.'`\x01\x10\x1f\x7f\xff\xc3\xbc\xe2\x80"
        "\xae\xef\xbb\xbf\xc2\xa0xa0";
    char value[32];
    unsigned seed = 1;
    (void)state;
    for (int i = 0; i < 500; i++) {
        size_t length = 0;
        do {
            seed = seed * 1103515245 + 12345;
            value[length++] = nasty[(seed >> 16) % (sizeof(nasty) - 1)];
        } while (length < sizeof(value) - 1 && (seed >> 8) % 8);
        value[length] = '\0';
        setenv("MINE", value, 1);
        file_text("t.ini",
                  "[profile]\ndescription = ${env:MINE}\n[identity]\nhostname = ${env:MINE} x\n"
                  "[environment]\nset = A=${env:MINE} ?B=x${env:MINE}x\n"
                  "[files]\nsymlink = ${env:MINE}:/l ${env:MINE}x:/m\n");
        struct sbx_policy *policy = load("t.ini");
        assert_string_equal(policy->profile_description.v, value);
        assert_string_equal(policy->environment_set.items[0].second, value);
        assert_round(policy);
        policy_free(policy);
        /* As a path it may be refused, for its dots. */
        struct sbx_error error;
        file_text("t.ini", "[root]\ncwd = /${env:MINE}\n[files]\nro = /${env:MINE}\n"
                           "bind = /${env:MINE}:/${env:MINE}x:rw\ntmpfs = ?/${env:MINE}:mode=1\n");
        if (policy_load("t.ini", NULL, 0, &policy, &error) == 0) {
            assert_round(policy);
            policy_free(policy);
        } else {
            assert_non_null(strstr(error.text, "'.' or '..'"));
        }
    }
}

static void origins(void **state)
{
    (void)state;
    const char *const overrides[] = {"limits.pids=3", "files.ro+=/c"};
    file_text("base.ini", "[files]\nro = /a\n");
    file_text("t.ini", "[profile]\nextends = base\n[files]\nro =\n    ?/b\n");
    struct sbx_policy *policy = load_with("t.ini", overrides, 2);
    char *text = printed(policy, true);
    assert_non_null(strstr(text, "pids = 3                                     ; --set:1:13\n"));
    assert_non_null(
        strstr(text, "\n    /a                                       ; base.ini:2:6\n"));
    assert_non_null(strstr(text, "\n    ?/b                                      ; t.ini:5:5\n"));
    assert_non_null(strstr(text, "\n    /c                                       ; --set:2:11\n"));
    assert_non_null(strstr(text, "\nstack = 8M                                   ; built in\n"));
    assert_null(strstr(text, "extends"));
    free(text);
    policy_free(policy);
}

/* A file's name shows nothing but itself in the comments, and ends none of them. */
static void odd_name(void **state)
{
    (void)state;
    assert_int_equal(mkdir("a\n[limits]\nmemory = 1;", 0700), 0);
    file_text("a\n[limits]\nmemory = 1;/x\x1b.ini", "[limits]\npids = 3\n[files]\nro = /a\n");
    struct sbx_policy *policy = load("a\n[limits]\nmemory = 1;/x\x1b.ini");
    char *text = printed(policy, true);
    assert_non_null(strstr(text, "; a\\x0a[limits]\\x0amemory = 1;/x\\x1b.ini:2:8\n"));
    free(text);
    assert_round(policy);
    policy_free(policy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(shipped),   TEST(values),  TEST(look_alikes),
        TEST(any_bytes), TEST(origins), TEST(odd_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
