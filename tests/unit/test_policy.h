/* SPDX-License-Identifier: MIT
 *
 * test_policy.h - what the tests of the profile loader share: a folder for profiles, and checks on
 * what became of one.
 */
#ifndef TEST_POLICY_H
#define TEST_POLICY_H

/* cmocka.h wants these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "policy/load.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define UNUSED __attribute__((unused))

/* Each test starts in an empty folder, with a known environment. */
UNUSED static int folder_enter(void **state)
{
    char template[] = "/tmp/sandbox-policy-XXXXXX";
    char *path = mkdtemp(template) ? strdup(template) : NULL;
    if (!path || chdir(path) != 0)
        return -1;
    setenv("HOME", path, 1);
    setenv("USER", "somebody", 1);
    unsetenv("XDG_CONFIG_HOME");
    unsetenv("XDG_RUNTIME_DIR");
    *state = path;
    return 0;
}

UNUSED static int folder_leave(void **state)
{
    char command[128];
    if (chdir("/") != 0)
        return -1;
    snprintf(command, sizeof(command), "rm -rf -- '%s'", (char *)*state);
    free(*state);
    return system(command); /* NOLINT(cert-env33-c): a path of our own making */
}

UNUSED static void file_bytes(const char *name, const void *bytes, size_t length)
{
    FILE *file = fopen(name, "we");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

UNUSED static void file_text(const char *name, const char *text)
{
    file_bytes(name, text, strlen(text));
}

/* Loads a profile that is right. */
UNUSED static struct sbx_policy *load_with(const char *name, const char *const *overrides,
                                           size_t count)
{
    struct sbx_error error = {0};
    struct sbx_policy *policy = NULL;
    if (policy_load(name, overrides, count, &policy, &error) != 0)
        fail_msg("%s:%u: %s (%s)", error.origin.file, error.origin.line, error.text, error.hint);
    assert_non_null(policy);
    return policy;
}

UNUSED static struct sbx_policy *load(const char *name)
{
    return load_with(name, NULL, 0);
}

UNUSED static struct sbx_policy *load_text(const char *text)
{
    file_text("t.ini", text);
    return load("t.ini");
}

/* Loads a profile that is wrong; the error's text holds `part`. */
UNUSED static struct sbx_error refuse_with(const char *name, const char *const *overrides,
                                           size_t count, const char *part)
{
    struct sbx_error error = {0};
    char untouched;
    struct sbx_policy *policy = (struct sbx_policy *)(void *)&untouched;
    if (policy_load(name, overrides, count, &policy, &error) == 0)
        fail_msg("accepted, although: %s", part);
    assert_ptr_equal(policy, &untouched);
    assert_int_equal(error.code, SBX_E_PROFILE);
    assert_string_equal(error.stage, "profile");
    if (!strstr(error.text, part))
        fail_msg("'%s' is not in '%s' (%s:%u)", part, error.text, error.origin.file,
                 error.origin.line);
    return error;
}

UNUSED static struct sbx_error refuse(const char *name, const char *part)
{
    return refuse_with(name, NULL, 0, part);
}

UNUSED static struct sbx_error refuse_text(const char *text, unsigned line, const char *part)
{
    file_text("t.ini", text);
    struct sbx_error error = refuse("t.ini", part);
    assert_string_equal(error.origin.file, "t.ini");
    if (error.origin.line != line)
        fail_msg("line %u, not %u: %s", error.origin.line, line, error.text);
    return error;
}

/* The same for one key of a profile, whose line is 2. */
UNUSED static struct sbx_policy *load_key(const char *section, const char *line)
{
    char text[4096];
    snprintf(text, sizeof(text), "[%s]\n%s\n", section, line);
    return load_text(text);
}

UNUSED static struct sbx_error refuse_key(const char *section, const char *line, const char *part)
{
    char text[4096];
    snprintf(text, sizeof(text), "[%s]\n%s\n", section, line);
    return refuse_text(text, 2, part);
}

#define assert_hint(error, part)                                                                   \
    do {                                                                                           \
        struct sbx_error hinted = (error);                                                         \
        if (!strstr(hinted.hint, (part)))                                                          \
            fail_msg("'%s' is not in the hint '%s' of '%s'", (part), hinted.hint, hinted.text);    \
    } while (0)

/* The texts of a list, with blanks between them. */
UNUSED static void assert_list(const struct value_list *list, const char *expected)
{
    char text[8192] = "";
    size_t used = 0;
    for (size_t i = 0; i < list->count; i++)
        used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s", i ? " " : "",
                                 list->items[i].text);
    assert_string_equal(text, expected);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, folder_enter, folder_leave)

#endif
