/* SPDX-License-Identifier: MIT
 *
 * test_many_binds.c - thousands of binds, files and directories: each shows what it should, the
 * usual limit on open files is no bound and is the program's all the same, and the time grows with
 * their number and not with its square.
 */
#include "base/fd.h"
#include "support/run.h"
#include "support/stage.h"
#include "support/test.h"
#include "support/tree.h"
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FEW = 1000, BINDS = 2000, MANY = 4000, ROUNDS = 5, USUAL = 1024, NAME = 320 };

static const char *folder(void)
{
    static char path[NAME - 64];
    snprintf(path, sizeof(path), "%s", work_path("store"));
    return path;
}

static const char *place(size_t number, char path[static NAME])
{
    snprintf(path, NAME, "%s/%08x-place-%zu", folder(), (unsigned)number * 2654435761U, number);
    return path;
}

/* Every third place is a file. */
static int make_places(void **state)
{
    char path[NAME];
    (void)state;
    if (mkdir(folder(), 0755) != 0)
        return -1;
    for (size_t i = 0; i < MANY; i++) {
        place(i, path);
        if (i % 3 != 0) {
            if (mkdir(path, 0755) != 0)
                return -1;
            continue;
        }
        autofd fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
        if (fd < 0 || write(fd, "content\n", 8) != 8)
            return -1;
    }
    return 0;
}

static int remove_places(void **state)
{
    (void)state;
    return tree_remove(folder());
}

/* A profile that shows each of the first `count` places by itself. */
static const char *make_profile(size_t count, char profile[static NAME])
{
    char path[NAME];
    snprintf(profile, NAME, "%s-%zu.ini", folder(), count);
    FILE *file = fopen(profile, "w");
    assert_non_null(file);
    fprintf(file, "[profile]\nextends = base\n[files]\nro =\n");
    for (size_t i = 0; i < count; i++)
        fprintf(file, "    %s\n", place(i, path));
    assert_int_equal(fclose(file), 0);
    return profile;
}

/* Counts what is there, reads the files, and asks what could be written to. */
static const char look[] = "cd \"$1\" && ls | wc -l && cat -- *0-place-* 2>/dev/null | sort -u && "
                           "find . -mindepth 1 -writable | wc -l && ulimit -Sn";

static void look_into(const char *profile, const char *const *set, void (*before)(void *),
                      const char *limit)
{
    char expected[64];
    struct result r;
    snprintf(expected, sizeof(expected), "%d\ncontent\n0\n%s\n", BINDS, limit);
    RUN(&r, .profile = profile, .set = set, .argv = LIST("/bin/sh", "-c", look, "sh", folder()),
        .before = before);
    expect_outcome(&r, "exited", 0);
    expect_out(&r, expected);
    result_free(&r);
}

static void set_open_files(rlim_t soft, rlim_t hard)
{
    const struct rlimit limit = {soft, hard};
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
        _exit(125);
}

static rlim_t own_hard_limit(void)
{
    struct rlimit limit;
    return getrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_max : 0;
}

static void usual_limit(void *data)
{
    (void)data;
    set_open_files(USUAL, own_hard_limit());
}

static void usual_hard_limit(void *data)
{
    (void)data;
    set_open_files(USUAL, USUAL);
}

static void all_are_shown(void **state)
{
    char profile[NAME];
    (void)state;
    if (own_hard_limit() < (rlim_t)2 * BINDS)
        skip();
    make_profile(BINDS, profile);
    look_into(profile, LIST("limits.open_files=256"), NULL, "256");
    look_into(profile, LIST("limits.open_files=256"), usual_limit, "256");
    look_into(profile, LIST("limits.open_files=unlimited"), usual_limit, "1024");
    unlink(profile);
}

/* Where the limit can't be raised that is said before anything is started, with the word that finds
 * no room. */
static void refused(void **state)
{
    char profile[NAME];
    struct result r;
    (void)state;
    RUN(&r, .profile = make_profile(BINDS, profile), .argv = LIST("/bin/true"),
        .before = usual_hard_limit);
    expect_refused(&r, 125, "is one mount too many");
    expect_word(&r, r.err, "the launcher's hard limit is 1024");
    expect_word(&r, r.err, "-place-");
    result_free(&r);
    unlink(profile);
}

/* Of the launcher and all that it started. */
static double cpu_ms(const char *profile)
{
    struct result r;
    RUN(&r, .profile = profile, .argv = LIST("/bin/true"));
    expect_outcome(&r, "exited", 0);
    const double ms = (double)(r.usage.ru_utime.tv_sec + r.usage.ru_stime.tv_sec) * 1e3 +
                      (double)(r.usage.ru_utime.tv_usec + r.usage.ru_stime.tv_usec) / 1e3;
    result_free(&r);
    return ms;
}

/* The least of some rounds is what a launch takes by itself. Four times the binds may take five
 * times as long: with their square it would be sixteen. */
static void growth(void **state)
{
    char small[NAME], large[NAME];
    double few = 1e9, many = 1e9;
    (void)state;
#ifdef SANDBOX_SANITIZED
    skip();
#endif
    if (own_hard_limit() < (rlim_t)2 * MANY)
        skip();
    make_profile(FEW, small);
    make_profile(MANY, large);
    for (int i = 0; i < ROUNDS; i++) {
        const double a = cpu_ms(small), b = cpu_ms(large);
        few = a < few ? a : few;
        many = b < many ? b : many;
    }
    unlink(small);
    unlink(large);
    if (many > 5 * few)
        fail_msg("%d binds take %.1f ms of processor time, %d take %.1f", FEW, few, MANY, many);
}

static int body(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_are_shown),
        cmocka_unit_test(refused),
        cmocka_unit_test(growth),
    };
    (void)argc;
    (void)argv;
    return cmocka_run_group_tests(tests, make_places, remove_places);
}

int main(int argc, char **argv)
{
    return stage_main(argc, argv, NULL, body);
}
