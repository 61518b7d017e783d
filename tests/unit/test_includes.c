/* SPDX-License-Identifier: MIT
 *
 * test_includes.c - arrows run one way: cli -> sandbox.h; launch -> guards -> policy -> base.
 * Guards never include each other, nor the launch; each foreign library appears in one room only.
 */
#include "support/test.h"
#include <dirent.h>
#include <ftw.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the files of a folder may include of the house's own headers, by the start of the name. The
 * first rule whose folder fits a file is the file's. "+" stands for the file's own folder. */
static const struct {
    const char *folder;
    const char *allowed[7];
} rules[] = {
    {"src/base/", {"sandbox/sandbox.h", "base/", NULL}},
    {"src/policy/", {"sandbox/sandbox.h", "base/", "policy/", NULL}},
    {"src/guards/fs/",
     {"sandbox/sandbox.h", "base/", "policy/", "guards/guard.h", "guards/plan.h", "guards/files.h",
      "+"}},
    {"src/guards/landlock/",
     {"sandbox/sandbox.h", "base/", "policy/", "guards/guard.h", "guards/plan.h", "+"}},
    {"src/guards/seccomp/generate/", {"guards/seccomp/table.h", "+", NULL}},
    {"src/guards/seccomp/",
     {"sandbox/sandbox.h", "base/", "policy/", "guards/guard.h", "guards/plan.h",
      "guards/syscalls.h", "+"}},
    {"src/guards/",
     {"sandbox/sandbox.h", "base/", "policy/", "guards/guard.h", "guards/plan.h", NULL}},
    {"src/changes/", {"sandbox/sandbox.h", "base/", "changes/", NULL}},
    {"src/launch/",
     {"sandbox/sandbox.h", "base/", "policy/", "guards/guard.h", "guards/plan.h",
      "guards/syscalls.h", "launch/"}},
    {"src/explain/", {"sandbox/sandbox.h", "base/", "policy/", "guards/", "launch/", "explain/"}},
    {"src/image/", {"sandbox/sandbox.h", "base/", "image/", NULL}},
    {"src/cli/", {"sandbox/sandbox.h", "+", NULL}},
    {"include/sandbox/", {NULL}},
};

/* Each of these may be included from one folder, or one file, only. The helper programs that read
 * images are apart: they are linked with none of the other folders but base. */
static const struct {
    const char *header, *room;
} foreign[] = {
    {"ini.h", "src/policy/"},        {"sys/capability.h", "src/guards/caps"},
    {"bpf/", "src/guards/ebpf/"},    {"jansson.h", "src/explain/"},
    {"archive.h", "src/image/"},     {"archive_entry.h", "src/image/"},
    {"nettle/", "src/image/digest"},
};

/* Where they and the command have one library, their room. */
static const struct {
    const char *header, *room;
} shared[] = {
    {"jansson.h", "src/image/"},
};

/* What the C library and the kernel offer, by the start of the name. */
static bool is_system_header(const char *name)
{
    static const char *const folders[] = {"linux/", "sys/", "asm/", "arpa/", "net/", "netinet/"};
    size_t i;

    if (strchr(name, '/') == NULL)
        return true;
    for (i = 0; i < sizeof(folders) / sizeof(*folders); i++) {
        if (strncmp(name, folders[i], strlen(folders[i])) == 0)
            return true;
    }
    return false;
}

static unsigned files_seen, faults;
static char rooms[sizeof(foreign) / sizeof(*foreign)][PATH_MAX]; /* "" until one file is seen */

static void fault(const char *file, unsigned line, const char *header, const char *what)
{
    fprintf(stderr, "%s:%u: %s: %s\n", file, line, header, what);
    faults++;
}

static bool starts_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

/* A header beside the file, by its plain name or by its path below src/. */
static bool is_own(const char *file, const char *header)
{
    size_t folder = (size_t)(strrchr(file, '/') - file) + 1;

    if (strchr(header, '/') == NULL)
        return true;
    return starts_with(file, "src/") && folder > 4 && strncmp(header, file + 4, folder - 4) == 0 &&
           strchr(header + folder - 4, '/') == NULL;
}

static void check_own(const char *file, unsigned line, const char *header)
{
    size_t rule, i;

    for (rule = 0; rule < sizeof(rules) / sizeof(*rules); rule++) {
        if (starts_with(file, rules[rule].folder))
            break;
    }
    if (rule == sizeof(rules) / sizeof(*rules)) {
        fault(file, line, header, "no rule for this folder");
        return;
    }
    for (i = 0; i < 7 && rules[rule].allowed[i] != NULL; i++) {
        const char *allowed = rules[rule].allowed[i];

        if (strcmp(allowed, "+") == 0 ? is_own(file, header) : starts_with(header, allowed))
            return;
    }
    fault(file, line, header, "this folder must not include it");
}

static bool is_shared(const char *file, const char *header)
{
    for (size_t i = 0; i < sizeof(shared) / sizeof(*shared); i++)
        if (strcmp(header, shared[i].header) == 0 && starts_with(file, shared[i].room))
            return true;
    return false;
}

static void check_foreign(const char *file, unsigned line, const char *header)
{
    size_t i;

    if (is_shared(file, header))
        return;

    for (i = 0; i < sizeof(foreign) / sizeof(*foreign); i++) {
        const char *name = foreign[i].header;
        bool is_folder = name[strlen(name) - 1] == '/';

        if (is_folder ? !starts_with(header, name) : strcmp(header, name) != 0)
            continue;
        if (!starts_with(file, foreign[i].room))
            fault(file, line, header, "another room has this library");
        if (strcmp(name, "ini.h") == 0 && rooms[i][0] != '\0' && strcmp(rooms[i], file) != 0)
            fault(file, line, header, "one file alone may include it");
        snprintf(rooms[i], sizeof(rooms[i]), "%s", file);
        return;
    }
    if (!is_system_header(header))
        fault(file, line, header, "neither the house's own nor a known library");
}

/* #include <...> and #include "...": own headers stand in either form, so the name decides. */
static void check_line(const char *file, unsigned line, const char *text)
{
    static const char *const house[] = {"sandbox/", "base/",    "policy/", "guards/",
                                        "launch/",  "changes/", "cli/",    "image/"};
    char header[256], open;
    size_t i;

    if (sscanf(text, " # include %c%255[^\">]", &open, header) != 2)
        return;
    for (i = 0; i < sizeof(house) / sizeof(*house); i++) {
        if (starts_with(header, house[i])) {
            check_own(file, line, header);
            return;
        }
    }
    if (open == '"')
        check_own(file, line, header);
    else
        check_foreign(file, line, header);
}

static int check_file(const char *path, const struct stat *status, int type, struct FTW *where)
{
    const char *file = path + strlen(SANDBOX_SOURCES) + 1;
    char text[1024];
    unsigned line = 0;
    FILE *source;

    (void)status, (void)where;
    if (type != FTW_F ||
        (strstr(file, ".c") == NULL && strstr(file, ".h") == NULL && strstr(file, ".def") == NULL))
        return 0;
    source = fopen(path, "re");
    assert_non_null(source);
    files_seen++;
    while (fgets(text, sizeof(text), source) != NULL)
        check_line(file, ++line, text);
    fclose(source);
    return 0;
}

static void arrows(void **state)
{
    (void)state;
    assert_int_equal(nftw(SANDBOX_SOURCES "/src", check_file, 16, FTW_PHYS), 0);
    assert_int_equal(nftw(SANDBOX_SOURCES "/include", check_file, 16, FTW_PHYS), 0);
    assert_true(files_seen > 20);
    if (faults > 0)
        fail_msg("%u includes go the wrong way", faults);
}

/* The test sees what it is there to see. */
static void wrong_ways_are_seen(void **state)
{
    static const struct {
        const char *file, *line;
    } wrong[] = {
        {"src/base/x.c", "#include \"policy/policy.h\""},
        {"src/policy/x.c", "#include \"guards/plan.h\""},
        {"src/guards/caps.c", "#include \"guards/fs/fs.h\""},
        {"src/guards/fs/x.c", "#include \"guards/seccomp/calls.h\""},
        {"src/guards/fs/x.c", "#  include \"launch/order.h\""},
        {"src/guards/net.c", "#include <sys/capability.h>"},
        {"src/launch/x.c", "#include \"guards/fs/fs.h\""},
        {"src/launch/x.c", "#include <sys/capability.h>"},
        {"src/changes/x.c", "#include \"policy/policy.h\""},
        {"src/explain/x.c", "#include \"changes/walk.h\""},
        {"src/cli/x.c", "#include \"base/error.h\""},
        {"src/cli/x.c", "#include <jansson.h>"},
        {"src/launch/x.c", "#include <curl/curl.h>"},
        {"src/launch/x.c", "#include \"image/cache.h\""},
        {"src/launch/x.c", "#include <archive.h>"},
        {"src/image/x.c", "#include \"policy/policy.h\""},
        {"src/image/x.c", "#include <nettle/sha2.h>"},
    };
    static const struct {
        const char *file, *line;
    } right[] = {
        {"src/base/x.c", "#include \"base/fd.h\""},
        {"src/guards/fs/x.c", "#include \"guards/fs/fs.h\""},
        {"src/guards/fs/x.c", "#include \"fs.h\""},
        {"src/launch/x.c", "#include \"guards/guard.h\""},
        {"src/image/x.c", "#include <jansson.h>"},
        {"src/cli/x.c", "#include <sandbox/sandbox.h>"},
        {"src/cli/x.c", "#include \"cli.h\""},
        {"src/cli/x.c", "#include <stdio.h>"},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
        faults = 0;
        check_line(wrong[i].file, 1, wrong[i].line);
        assert_int_equal(faults, 1);
    }
    faults = 0;
    for (i = 0; i < sizeof(right) / sizeof(*right); i++)
        check_line(right[i].file, 1, right[i].line);
    assert_int_equal(faults, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(wrong_ways_are_seen),
                                       cmocka_unit_test(arrows)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
