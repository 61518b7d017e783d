/* SPDX-License-Identifier: MIT
 *
 * test_host_files.c - files of the host that the program is given as stdin or stdout, or by a
 * writable bind: it gets no more out of them than the caller meant. Each time the same program
 * first shows, unconfined, that it would.
 */
#include "base/fd.h"
#include "support/run.h"
#include "support/stage.h"
#include "support/test.h"
#include "support/tree.h"
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NOBODY = 65534 }; /* whom root's programs run as */

static const char *const profiles[] = {"base", "judge"};
enum { PROFILES = sizeof(profiles) / sizeof(*profiles) };

/* A file that the program's user owns; the caller closes the fd. */
static int make_file(const char *name, int flags, const char *text)
{
    int fd = open(work_path(name), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | flags, 0644);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    if (stage()->as_root)
        assert_int_equal(fchown(fd, NOBODY, NOBODY), 0);
    return fd;
}

static void expect_text(int fd, const char *way, const char *text, bool same)
{
    char bytes[256] = "";
    ssize_t length = pread(fd, bytes, sizeof(bytes) - 1, 0);

    assert_true(length >= 0);
    if ((strncmp(bytes, text, strlen(text)) == 0) != same)
        fail_msg("%s: the file holds \"%s\"", way, bytes);
}

/* ---- set-id bits ---------------------------------------------------------------------------- */

static void try_on_stdout(const char *profile, const char *way)
{
    struct result r;
    struct stat status;
    autofd fd = make_file("out", 0, "");

    RUN(&r, .profile = profile, .unconfined = profile == NULL, .argv = LIST(payload("meddle"), way),
        .out = &fd);
    result_free(&r);
    assert_int_equal(fstat(fd, &status), 0);
    unlink(work_path("out"));
    if (((status.st_mode & (S_ISUID | S_ISGID)) != 0) != (profile == NULL))
        fail_msg("%s under %s: mode %o", way, profile != NULL ? profile : "nothing",
                 (unsigned)status.st_mode);
}

static void no_set_id_on_stdout(void **state)
{
    static const char *const ways[] = {"fchmod", "fchmod-link"};
    size_t i, p;

    (void)state;
    for (i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
        try_on_stdout(NULL, ways[i]);
        for (p = 0; p < PROFILES; p++)
            try_on_stdout(profiles[p], ways[i]);
    }
}

/* A folder that the program may write, bound at /rw; unconfined it is the same folder. */
static void make_folder(char folder[static 256])
{
    snprintf(folder, 256, "%s", work_path("rw"));
    assert_int_equal(mkdir(folder, 0700), 0);
    assert_int_equal(chmod(folder, 0777), 0);
}

static mode_t try_in_folder(const char *profile, const char *way, const char *name)
{
    struct result r;
    struct stat status = {0};
    char folder[256], path[300], bind[400];
    int fd;

    make_folder(folder);
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    snprintf(bind, sizeof(bind), "files.bind=%s:/rw:rw", folder);
    fd = make_file("rw/old", 0, "");
    close(fd);
    if (profile != NULL)
        snprintf(path, sizeof(path), "/rw/%s", name);
    RUN(&r, .profile = profile, .unconfined = profile == NULL, .set = LIST(bind),
        .argv = LIST(payload("meddle"), way, path));
    result_free(&r);
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    if (lstat(path, &status) != 0)
        status.st_mode = 0;
    assert_int_equal(tree_remove(folder), 0);
    return status.st_mode;
}

static bool is_set_id(mode_t mode)
{
    return (mode & (S_ISUID | S_ISGID)) != 0;
}

static void no_set_id_in_a_writable_bind(void **state)
{
    static const struct {
        const char *way, *name;
    } cases[] = {{"chmod", "old"},   {"fchmodat", "old"}, {"fchmodat2", "old"}, {"open", "new"},
                 {"openat2", "new"}, {"creat", "new"},    {"mknod", "new"}};
    size_t i, p;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        if (!is_set_id(try_in_folder(NULL, cases[i].way, cases[i].name))) {
            printf("the control of %s does not work here\n", cases[i].way);
            assert_string_equal(cases[i].way, "fchmodat2"); /* of Linux 6.6 */
        }
        for (p = 0; p < PROFILES; p++) {
            mode_t mode = try_in_folder(profiles[p], cases[i].way, cases[i].name);

            if (is_set_id(mode))
                fail_msg("%s under %s: mode %o", cases[i].way, profiles[p], (unsigned)mode);
        }
    }
}

/* Other changes of mode are a builder's everyday work. */
static void plain_modes_can_be_set(void **state)
{
    size_t p;

    (void)state;
    for (p = 0; p < PROFILES; p++)
        assert_int_equal(try_in_folder(profiles[p], "plain-chmod", "old") & 07777, 0751);
}

/* ---- contents ------------------------------------------------------------------------------- */

static void try_append(const char *way, bool confined)
{
    struct result r;
    autofd fd = make_file("log", O_APPEND, "what was there before\n");

    RUN(&r, .unconfined = !confined, .argv = LIST(payload("meddle"), way), .out = &fd);
    result_free(&r);
    expect_text(fd, way, "what was there before\n", confined);
    unlink(work_path("log"));
}

/* The caller said ">>": what is there stays. */
static void appended_file_stays(void **state)
{
    static const char *const ways[] = {"truncate", "reopen", "overwrite"};
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
        try_append(ways[i], false);
        try_append(ways[i], true);
    }
}

/* `own`: of the launcher's user, where that is root */
static void try_input(const char *way, bool own, bool confined)
{
    struct result r;
    autofd fd = make_file("in", 0, "the input\n");

    if (stage()->as_root && own) {
        assert_int_equal(fchown(fd, 0, 0), 0);
        assert_int_equal(fchmod(fd, 0600), 0);
    }
    assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
    RUN(&r, .unconfined = !confined, .argv = LIST(payload("meddle"), way), .in = &fd);
    result_free(&r);
    expect_text(fd, way, "the input\n", confined);
    unlink(work_path("in"));
}

/* Even where the caller has it open for writing. */
static void input_file_stays(void **state)
{
    static const char *const ways[] = {"stdin-write", "stdin-truncate"};
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
        try_input(ways[i], false, false);
        try_input(ways[i], false, true);
        try_input(ways[i], true, true);
    }
}

static void input_file_can_be_read(void **state)
{
    struct result r;
    autofd fd = make_file("in", 0, "40\n2\n");
    autofd again = open(work_path("in"), O_RDONLY | O_CLOEXEC);

    (void)state;
    assert_true(fd >= 0 && again >= 0);
    RUN(&r, .argv = LIST(payload("sum")), .in = &again);
    expect_outcome(&r, "exited", 0);
    expect_out(&r, "42\n");
    result_free(&r);
    assert_int_equal(lseek(again, 3, SEEK_SET), 3);
    RUN(&r, .argv = LIST(payload("sum")), .in = &again);
    expect_outcome(&r, "exited", 0);
    expect_out(&r, "2\n"); /* from where the caller was */
    result_free(&r);
    RUN(&r, .argv = LIST(payload("read_file"), "/proc/self/fd/0"), .in = &again);
    expect_outcome(&r, "exited", 0);
    expect_out(&r, "40\n2\n");
    result_free(&r);
    unlink(work_path("in"));
}

static int body(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_set_id_on_stdout),    cmocka_unit_test(no_set_id_in_a_writable_bind),
        cmocka_unit_test(plain_modes_can_be_set), cmocka_unit_test(appended_file_stays),
        cmocka_unit_test(input_file_stays),       cmocka_unit_test(input_file_can_be_read),
    };

    (void)argc, (void)argv;
    return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(int argc, char **argv)
{
    return stage_main(argc, argv, NULL, body);
}
