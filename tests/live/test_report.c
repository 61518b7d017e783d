/* SPDX-License-Identifier: MIT
 *
 * test_report.c - the figures of the report against the program's own, and both formats.
 */
#include "support/run.h"
#include "support/stage.h"
#include "support/test.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The number that follows `key` in what the program wrote. */
static int64_t own_figure(const struct result *r, const char *key)
{
    const char *place = strstr(r->out, key);

    if (place == NULL) {
        result_print(r);
        fail_msg("the program did not say \"%s\"", key);
        return -1;
    }
    return strtoll(place + strlen(key), NULL, 10);
}

static void expect_near(const char *what, int64_t value, int64_t own)
{
    double apart = ((double)value - (double)own) / (double)own * 100;

    printf("%s: report %lld, the program's own %lld: %+.2f %%\n", what, (long long)value,
           (long long)own, apart);
    assert_true(apart >= -5 && apart <= 5);
}

static void cpu(void **state)
{
    static const char *const ways[] = {"own", "child", "orphan"};
    struct result r;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
        RUN(&r, .set = LIST("limits.cpu_time=10s", "limits.wall_time=20s"),
            .argv = LIST(payload("usage"), ways[i], "300"));
        expect_outcome(&r, "exited", 0);
        expect_near(ways[i], report_int(&r, "cpu_us"), own_figure(&r, "cpu_us "));
        expect_near("user and system", report_int(&r, "user_us") + report_int(&r, "sys_us"),
                    own_figure(&r, "cpu_us "));
        result_free(&r);
    }
}

/* The kernel tells in whole ticks what a living process's dead children used: what is rounded away
 * for a while must not be taken for lost, and counted again. */
static void cpu_of_many_children(void **state)
{
    struct result r;

    (void)state;
    RUN(&r, .set = LIST("limits.cpu_time=10s", "limits.wall_time=30s"),
        .argv = LIST(payload("many_children")));
    expect_outcome(&r, "exited", 0);
    expect_near("many children", report_int(&r, "cpu_us"), own_figure(&r, "cpu_us "));
    result_free(&r);
}

static void wall(void **state)
{
    int64_t best = INT64_MAX;
    int try;

    (void)state;
    for (try = 0; try < 3; try++) {
        struct result r;
        int64_t value;

        RUN(&r, .argv = LIST(payload("sleeper"), "300"));
        expect_outcome(&r, "exited", 0);
        value = report_int(&r, "wall_ns");
        assert_true(value >= 300000000);
        assert_true((uint64_t)value < r.wall_ns);
        if (value < best)
            best = value;
        result_free(&r);
    }
    expect_near("wall, best of three", best, 300000000);
}

static void peak_of(const char *program, const char *kilobytes)
{
    struct result r;

    RUN(&r, .set = LIST("limits.memory=256M"), .argv = LIST(payload(program), kilobytes));
    expect_outcome(&r, "exited", 0);
    expect_near(program, report_int(&r, "memory_peak_bytes"), own_figure(&r, "peak_bytes "));
    assert_true(strlen(report_string(&r, "memory_peak_source")) > 0);
    result_free(&r);
}

static void memory(void **state)
{
    (void)state;
    peak_of("peak", "102400");
    peak_of("peak-static", "102400");
    peak_of("peak-static", "20000");
}

/* The launcher's own pages are not the program's; those of a sanitizer are too many to be left out.
 */
#ifdef SANDBOX_SANITIZED
enum { TINY = 16 * 1024 * 1024 };
#else
enum { TINY = 2 * 1024 * 1024 };
#endif
static void memory_of_a_tiny_program(void **state)
{
    struct result r;

    (void)state;
    RUN(&r, .argv = LIST(payload("nothing-static")));
    expect_outcome(&r, "exited", 0);
    printf("peak of a static program that does nothing: %lld bytes, by %s\n",
           (long long)report_int(&r, "memory_peak_bytes"), report_string(&r, "memory_peak_source"));
    assert_true(report_int(&r, "memory_peak_bytes") < TINY);
    result_free(&r);
}

static void output_bytes(void **state)
{
    struct result r;

    (void)state;
    RUN(&r, .set = LIST("limits.output=1M"), .argv = LIST(payload("flood"), "both", "100000"));
    expect_outcome(&r, "exited", 0);
    assert_int_equal(report_int(&r, "output_bytes"), 200000);
    result_free(&r);
}

static void guards(void **state)
{
    static const char *const enforced[] = {"fs", "net", "caps", "seccomp"};
    json_t *line;
    struct result r;
    size_t i;

    (void)state;
    RUN(&r, .argv = LIST(payload("nothing")));
    expect_outcome(&r, "exited", 0);
    for (i = 0; i < sizeof(enforced) / sizeof(*enforced); i++) {
        if (strcmp(report_guard(&r, enforced[i]), "enforced") != 0) {
            result_print(&r);
            fail_msg("the guard %s is not enforced", enforced[i]);
        }
    }
    json_array_foreach(json_object_get(r.report, "guards"), i, line)
    {
        assert_true(strlen(json_string_value(json_object_get(line, "mechanism"))) > 0);
    }
    result_free(&r);
}

/* Nothing gets weaker in silence: a limit of memory without a cgroup is said to be that. */
static void unkept(void **state)
{
    struct result r;

    (void)state;
    RUN(&r, .set = LIST("limits.memory=64M", "limits.enforce=best-effort"),
        .argv = LIST(payload("nothing")));
    expect_outcome(&r, "exited", 0);
    assert_string_equal(report_guard(&r, "limits"), "partial");
    assert_true(report_unkept(&r, "memory"));
    result_free(&r);
}

static void strict(void **state)
{
    struct result r;

    (void)state;
    RUN(&r, .set = LIST("limits.memory=64M", "limits.cpu_time=unlimited", "limits.enforce=strict"),
        .argv = LIST(payload("nothing")));
    expect_refused(&r, 125, "memory");
    expect_word(&r, r.err, "cgroup");
    result_free(&r);
    RUN(&r, .set = LIST("limits.memory=unlimited", "limits.enforce=strict"),
        .argv = LIST(payload("nothing")));
    expect_refused(&r, 125, "cpu_time");
    expect_word(&r, r.err, "cgroup");
    result_free(&r);
    RUN(&r,
        .set =
            LIST("limits.memory=unlimited", "limits.cpu_time=unlimited", "limits.enforce=strict"),
        .argv = LIST(payload("nothing")));
    expect_outcome(&r, "exited", 0);
    assert_string_equal(report_guard(&r, "limits"), "enforced");
    result_free(&r);
}

static void meta_of(const char *program, const char *argument, const char *const *words)
{
    struct result r;

    RUN(&r, .options = LIST("--report-format", "meta"),
        .set = LIST("limits.cpu_time=200ms", "limits.wall_time=5s"),
        .argv = LIST(payload(program), argument));
    assert_non_null(r.report_text);
    assert_null(r.report);
    for (; *words != NULL; words++)
        expect_word(&r, r.report_text, *words);
    result_free(&r);
}

static void meta(void **state)
{
    (void)state;
    meta_of("exit_code", "0", LIST("time:0.0", "time-wall:0.", "max-rss:", "exitcode:0\n"));
    meta_of("exit_code", "3", LIST("status:RE\n", "exitcode:3\n", "message:"));
    meta_of("die", "segv", LIST("status:SG\n", "exitsig:11\n", "message:"));
    meta_of("spin", "1", LIST("status:TO\n", "killed:1\n", "time:0.2", "message:"));
    meta_of("denied", "", LIST("status:SG\n", "exitsig:31\n"));
}

static void meta_of_a_failure(void **state)
{
    struct result r;

    (void)state;
    RUN(&r, .options = LIST("--report-format", "meta"), .argv = LIST("/does/not/exist"));
    assert_int_equal(r.status, 127);
    expect_word(&r, r.report_text, "status:XX\n");
    result_free(&r);
}

/* Whatever the name of a program is, the report is valid JSON and one line of error is printable.
 */
static void odd_names(void **state)
{
    static const char *const names[] = {"/no/new\nline", "/no/\"quote\\", "/no/\x1b[31mred",
                                        "/no/\xff\xfe", "/no/\x01\x7f"};
    const char *byte;
    struct result r;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
        RUN(&r, .argv = LIST(names[i]));
        expect_refused(&r, 127, "/no/");
        assert_non_null(r.report);
        for (byte = r.err; *byte != '\0'; byte++)
            assert_false((*byte >= 0 && *byte < 32 && *byte != '\n') || *byte == 127);
        result_free(&r);
    }
}

static int body(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cpu),
        cmocka_unit_test(cpu_of_many_children),
        cmocka_unit_test(wall),
        cmocka_unit_test(memory),
        cmocka_unit_test(memory_of_a_tiny_program),
        cmocka_unit_test(output_bytes),
        cmocka_unit_test(guards),
        cmocka_unit_test(unkept),
        cmocka_unit_test(strict),
        cmocka_unit_test(meta),
        cmocka_unit_test(meta_of_a_failure),
        cmocka_unit_test(odd_names),
    };

    (void)argc, (void)argv;
    return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(int argc, char **argv)
{
    return stage_main(argc, argv, NULL, body);
}
