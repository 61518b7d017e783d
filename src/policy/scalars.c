/* SPDX-License-Identifier: MIT
 *
 * scalars.c - the parsers of single values.
 */
#include "policy/expand.h"
#include "policy/keys.h"
#include "policy/names.h"
#include "policy/number.h"
#include "policy/suggest.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { NICE_MAX = 19, MODE_MAX = 0777 };

static struct field whole(const char *text)
{
    return (struct field){text, strlen(text)};
}

int scalar_string(const struct parse *parse, const char *text, union value *value)
{
    const char *out = NULL;
    if (*text && expand(parse, whole(text), false, &out) != 0)
        return -1;
    if (out && strlen(out) > STRING_MAX)
        return value_error(parse, NULL, "the text has more than %d bytes", STRING_MAX);
    /* An empty one is none, whether nothing stands there or variables that hold nothing. */
    value->string = (struct value_string){out && *out ? out : NULL, parse->origin};
    return 0;
}

int scalar_path(const struct parse *parse, const char *text, union value *value)
{
    const char *out = NULL;
    if (expand_path(parse, whole(text), false, &out) != 0)
        return -1;
    value->path = (struct value_path){out, parse->origin};
    return 0;
}

/* Turns a fault of a number into an error. */
static int number_error(const struct parse *parse, const char *text, enum number_fault fault,
                        const struct unit *units, const char *rest)
{
    char hint[HINT_SIZE] = "";
    struct suggest suggest;
    const char *name = parse->key->type->name;
    const char *rule = units == duration_units
                           ? "write digits and one of the units ns us ms s m h, for example 1500ms"
                           : "write digits, and one of K M G T (1024 each) behind them if need be";
    if (fault == NUMBER_BAD_UNIT && (*rest == '.' || *rest == ',')) {
        snprintf(hint, sizeof(hint), "numbers are whole: take a smaller unit, for example %s",
                 units == duration_units ? "1500ms for 1.5s" : "1536M for 1.5G");
        return value_error(parse, hint, "'%s' is not %s", text, name);
    }
    if (fault == NUMBER_BAD_UNIT && *text == '0' && (*rest == 'x' || *rest == 'X'))
        return value_error(parse, "numbers are decimal", "'%s' is not %s", text, name);
    if (fault == NUMBER_BAD_UNIT) {
        /* Of KB, MiB and the like the first letter is meant. */
        char first[] = {rest[0], '\0'};
        suggest_start(&suggest, units == size_units && strchr("BbIi", rest[1]) ? first : rest);
        for (; units->name; units++)
            suggest_offer(&suggest, units->name);
        suggest_text(&suggest, hint, sizeof(hint));
        size_t used = strlen(hint);
        snprintf(hint + used, sizeof(hint) - used, "%s%s", used ? " " : "", rule);
        return value_error(parse, hint, "'%s' is not %s: '%s' is no unit", text, name, rest);
    }
    if (fault == NUMBER_NO_UNIT)
        return value_error(parse, rule, "'%s' has no unit", text);
    if (fault == NUMBER_TOO_LARGE)
        return value_error(parse, key_allows_unlimited(parse->key) ? "write unlimited" : NULL,
                           units == duration_units
                               ? "'%s' is too large: at most 2^62 ns (about 146 years) are allowed"
                               : "'%s' is too large: at most 2^63 - 1 is allowed",
                           text);
    suggest_start(&suggest, text);
    suggest_offer(&suggest, "unlimited");
    if (key_allows_unlimited(parse->key) && suggest_best(&suggest))
        suggest_text(&suggest, hint, sizeof(hint));
    return value_error(parse, *hint ? hint : rule, "'%s' is not %s", text, name);
}

/* A number with a unit, or "unlimited", that may not be 0 for each key. */
static int limit_parse(const struct parse *parse, const char *text, const struct unit *units,
                       uint64_t *limit)
{
    const char *rest = "";
    uint64_t number = POLICY_UNLIMITED;
    if (strcmp(text, "unlimited") == 0) {
        if (!key_allows_unlimited(parse->key))
            return value_error(parse, NULL, "this value can't be unlimited");
    } else {
        enum number_fault fault = number_with_unit(text, units, &number, &rest);
        if (fault != NUMBER_FINE)
            return number_error(parse, text, fault, units, rest);
    }
    const char *reason = key_zero_refused(parse->key);
    if (number == 0 && reason)
        return value_error(parse,
                           key_allows_unlimited(parse->key) ? "write unlimited for no limit"
                                                            : "write a size of 1 or more",
                           "0 makes no sense here: %s", reason);
    *limit = number;
    return 0;
}

int scalar_size(const struct parse *parse, const char *text, union value *value)
{
    value->size.origin = parse->origin;
    return limit_parse(parse, text, size_units, &value->size.v);
}

int scalar_duration(const struct parse *parse, const char *text, union value *value)
{
    value->duration.origin = parse->origin;
    return limit_parse(parse, text, duration_units, &value->duration.v);
}

int scalar_count(const struct parse *parse, const char *text, union value *value)
{
    static const struct unit none[] = {{"", 1}, {NULL, 0}};
    uint64_t number = 0;
    if (strcmp(text, "unlimited") != 0 && number_parse(text, UINT64_MAX - 1, &number) != 0)
        return value_error(parse, "write digits alone, or unlimited", "'%s' is not a number", text);
    value->count.origin = parse->origin;
    return limit_parse(parse, text, none, &value->count.v);
}

int scalar_id(const struct parse *parse, const char *text, union value *value)
{
    uint64_t number = 0;
    /* 2^32 - 1 is (uid_t)-1, which the kernel takes for "no change". */
    if (number_parse(text, UINT32_MAX - 1, &number) != 0)
        return value_error(parse, "write a number from 0 to 4294967294; names are not looked up",
                           "'%s' is not a user or group id", text);
    value->id = (struct value_id){(uint32_t)number, parse->origin};
    return 0;
}

int scalar_mode(const struct parse *parse, const char *text, union value *value)
{
    unsigned mode = 0;
    if (mode_parse(text, MODE_MAX, &mode) != 0)
        return value_error(parse, "write it in octal, from 000 to 777", "'%s' is not a file mode",
                           text);
    value->mode = (struct value_mode){mode, parse->origin};
    return 0;
}

/* Thousandths. A ratio of 0 would let nothing run. */
int scalar_ratio(const struct parse *parse, const char *text, union value *value)
{
    uint64_t thousandths = 0;
    if (ratio_parse(text, &thousandths) != 0)
        return value_error(parse, "write 2, 1.5 or 150%, with three decimals at the most",
                           "'%s' is not a ratio", text);
    if (thousandths == 0)
        return value_error(parse, "write a ratio above 0", "0 makes no sense here");
    value->ratio = (struct value_ratio){thousandths, parse->origin};
    return 0;
}

int scalar_nice(const struct parse *parse, const char *text, union value *value)
{
    uint64_t number = 0;
    if (number_parse(text, NICE_MAX, &number) != 0)
        return value_error(parse, "write a number from 0 to 19", "'%s' is not a nice value", text);
    value->nice = (struct value_nice){(int)number, parse->origin};
    return 0;
}

static int action_errno(const struct parse *parse, enum action_kind kind, const char *name,
                        union value *value)
{
    char hint[HINT_SIZE];
    struct suggest suggest;
    int number = errno_parse(name);
    if (number) {
        value->action = (struct value_action){kind, number, parse->origin};
        return 0;
    }
    suggest_start(&suggest, name);
    errno_offer(&suggest);
    if (suggest_best(&suggest))
        suggest_text(&suggest, hint, sizeof(hint));
    else
        snprintf(hint, sizeof(hint), "write a name as errno(3) has it, or a number from 1 to 4095");
    return value_error(parse, hint, "'%s' is no errno value", name);
}

int scalar_action(const struct parse *parse, const char *text, union value *value)
{
    static const struct {
        const char *word;
        enum action_kind kind;
        int error;
    } actions[] = {{"kill", ACTION_KILL, 0},
                   {"allow", ACTION_ALLOW, 0},
                   {"log", ACTION_LOG, 0},
                   {"report", ACTION_REPORT, EPERM}};
    static const char fails[] = "errno:", reports[] = "report:";
    char hint[HINT_SIZE];
    struct suggest suggest;

    if (strncmp(text, fails, sizeof(fails) - 1) == 0)
        return action_errno(parse, ACTION_ERRNO, text + sizeof(fails) - 1, value);
    if (strncmp(text, reports, sizeof(reports) - 1) == 0)
        return action_errno(parse, ACTION_REPORT, text + sizeof(reports) - 1, value);
    suggest_start(&suggest, text);
    for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
        if (strcmp(text, actions[i].word) == 0) {
            value->action = (struct value_action){actions[i].kind, actions[i].error, parse->origin};
            return 0;
        }
        suggest_offer(&suggest, actions[i].word);
    }
    suggest_text(&suggest, hint, sizeof(hint));
    if (strcmp(text, "errno") == 0 || errno_parse(text))
        snprintf(hint, sizeof(hint), "write errno:%s", errno_parse(text) ? text : "EPERM");
    return value_error(parse, hint,
                       "'%s' is not an action; the value is kill, report, allow, log or errno:NAME",
                       text);
}
