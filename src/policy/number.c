/* SPDX-License-Identifier: MIT
 *
 * number.c - reads numbers, and refuses each one that could be read in two ways.
 */
#include "policy/number.h"
#include <stddef.h>
#include <string.h>

const struct unit size_units[] = {
    {"", 1},
    {"K", UINT64_C(1) << 10},
    {"M", UINT64_C(1) << 20},
    {"G", UINT64_C(1) << 30},
    {"T", UINT64_C(1) << 40},
    {NULL, 0},
};

const struct unit duration_units[] = {
    {"ns", 1},
    {"us", UINT64_C(1000)},
    {"ms", UINT64_C(1000000)},
    {"s", UINT64_C(1000000000)},
    {"m", UINT64_C(60000000000)},
    {"h", UINT64_C(3600000000000)},
    {NULL, 0},
};

static enum number_fault digits(const char *text, uint64_t *number, const char **rest)
{
    uint64_t sum = 0;
    enum number_fault fault = NUMBER_FINE;
    const char *c = text;
    for (; *c >= '0' && *c <= '9'; c++) {
        if (__builtin_mul_overflow(sum, UINT64_C(10), &sum) ||
            __builtin_add_overflow(sum, (uint64_t)(*c - '0'), &sum))
            fault = NUMBER_TOO_LARGE;
    }
    *rest = c;
    if (c == text)
        return NUMBER_NO_DIGITS;
    *number = sum;
    return fault;
}

int number_parse(const char *text, uint64_t max, uint64_t *number)
{
    const char *rest;
    uint64_t found = 0;
    if (digits(text, &found, &rest) != NUMBER_FINE || *rest || found > max)
        return -1;
    *number = found;
    return 0;
}

int mode_parse(const char *text, unsigned max, unsigned *mode)
{
    unsigned found = 0;
    const char *c = text;
    for (; *c >= '0' && *c <= '7'; c++) {
        found = found * 8 + (unsigned)(*c - '0');
        if (found > max)
            return -1;
    }
    if (c == text || *c)
        return -1;
    *mode = found;
    return 0;
}

enum number_fault number_with_unit(const char *text, const struct unit *units, uint64_t *number,
                                   const char **rest)
{
    const char *end;
    uint64_t found = 0;
    enum number_fault fault = digits(text, &found, &end);
    if (rest)
        *rest = end;
    if (fault == NUMBER_NO_DIGITS)
        return fault;
    for (const struct unit *unit = units; unit->name; unit++) {
        if (strcmp(unit->name, end) != 0)
            continue;
        if (fault != NUMBER_FINE || __builtin_mul_overflow(found, unit->factor, &found) ||
            found > (units == duration_units ? DURATION_MAX : AMOUNT_MAX))
            return NUMBER_TOO_LARGE;
        *number = found;
        return NUMBER_FINE;
    }
    if (*end)
        return NUMBER_BAD_UNIT;
    if (found != 0 || fault != NUMBER_FINE)
        return NUMBER_NO_UNIT;
    *number = 0; /* nothing is nothing in any unit */
    return NUMBER_FINE;
}

int ratio_parse(const char *text, uint64_t *thousandths)
{
    const char *rest;
    uint64_t whole = 0, part = 0;
    if (digits(text, &whole, &rest) != NUMBER_FINE || whole > RATIO_MAX)
        return -1;
    uint64_t scale = 1000;
    if (*rest == '.') {
        const char *start = ++rest;
        for (; *rest >= '0' && *rest <= '9' && scale > 1; rest++) {
            scale /= 10;
            part += (uint64_t)(*rest - '0') * scale;
        }
        if (rest == start)
            return -1;
    }
    uint64_t sum = whole * 1000 + part;
    if (*rest == '%') {
        if (sum % 100 != 0)
            return -1; /* finer than a thousandth */
        sum /= 100;
        rest++;
    }
    if (*rest || sum > RATIO_MAX)
        return -1;
    *thousandths = sum;
    return 0;
}

const struct unit *number_unit(uint64_t number, const struct unit *units)
{
    const struct unit *best = units;
    for (const struct unit *unit = units; unit->name; unit++)
        if (number % unit->factor == 0 && unit->factor > best->factor)
            best = unit;
    return best;
}
