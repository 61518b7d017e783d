/* SPDX-License-Identifier: MIT
 *
 * expect.c - what a test expects of a result. Each failure shows the whole result.
 */
#include "support/run.h"

#include "support/test.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHOWN "%.2000s"

void result_print(const struct result *result)
{
    fprintf(stderr, "exit status %d, signal %d, %.1f ms\n", result->status, result->signal,
            (double)result->wall_ns / 1e6);
    fprintf(stderr, "stdout (%zu): " SHOWN "\n", result->out_length,
            result->out != NULL ? result->out : "");
    fprintf(stderr, "stderr (%zu): " SHOWN "\n", result->err_length,
            result->err != NULL ? result->err : "");
    fprintf(stderr, "report: %s\n", result->report_text != NULL ? result->report_text : "none");
}

/* Fails the test with the result, unless `good`. */
#define EXPECT(result, good, ...)                                                                  \
    do {                                                                                           \
        if (!(good)) {                                                                             \
            result_print(result);                                                                  \
            fail_msg(__VA_ARGS__);                                                                 \
        }                                                                                          \
    } while (0)

void expect_outcome(const struct result *result, const char *outcome, int status)
{
    const char *seen;

    EXPECT(result, result->report != NULL, "there is no report in JSON");
    seen = report_string(result, "outcome");
    EXPECT(result, strcmp(seen, outcome) == 0, "outcome \"%s\", expected \"%s\"", seen, outcome);
    EXPECT(result, result->status == status, "exit status %d, expected %d", result->status, status);
}

void expect_refused(const struct result *result, int status, const char *word)
{
    EXPECT(result, result->status == status, "exit status %d, expected %d", result->status, status);
    EXPECT(result, strstr(result->err, word) != NULL, "stderr does not have \"%s\"", word);
    if (result->report != NULL)
        expect_outcome(result, "setup_failed", status);
    EXPECT(result, result->out_length == 0, "the program seems to have run");
}

void expect_out(const struct result *result, const char *text)
{
    EXPECT(result, strcmp(result->out, text) == 0, "stdout is not \"%s\"", text);
}

void expect_word(const struct result *result, const char *text, const char *word)
{
    EXPECT(result, text != NULL && strstr(text, word) != NULL, "no \"%s\" in the text", word);
}

static json_t *field(const struct result *result, const char *key)
{
    json_t *value = json_object_get(result->report, key);

    EXPECT(result, value != NULL, "the report has no field \"%s\"", key);
    return value;
}

int64_t report_int(const struct result *result, const char *key)
{
    json_t *value = field(result, key);

    EXPECT(result, json_is_integer(value), "the report's \"%s\" is not a number", key);
    return json_integer_value(value);
}

const char *report_string(const struct result *result, const char *key)
{
    json_t *value = field(result, key);

    EXPECT(result, json_is_string(value), "the report's \"%s\" is not a text", key);
    return json_string_value(value);
}

bool report_bool(const struct result *result, const char *key)
{
    json_t *value = field(result, key);

    EXPECT(result, json_is_boolean(value), "the report's \"%s\" is not a yes or no", key);
    return json_is_true(value);
}

bool report_is_null(const struct result *result, const char *key)
{
    return json_is_null(field(result, key));
}

const char *report_guard(const struct result *result, const char *guard)
{
    json_t *line, *guards = field(result, "guards");
    size_t i;

    json_array_foreach(guards, i, line)
    {
        const char *name = json_string_value(json_object_get(line, "guard"));
        const char *state = json_string_value(json_object_get(line, "state"));

        if (name != NULL && state != NULL && strcmp(name, guard) == 0)
            return state;
    }
    return "";
}

bool report_unkept(const struct result *result, const char *word)
{
    json_t *text, *unkept = field(result, "unkept");
    size_t i;

    json_array_foreach(unkept, i, text)
    {
        if (json_is_string(text) && strstr(json_string_value(text), word) != NULL)
            return true;
    }
    return false;
}
