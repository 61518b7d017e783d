/* SPDX-License-Identifier: MIT
 *
 * number.h - numbers with and without units. Decimal digits only: no sign, no fraction, no base.
 */
#ifndef POLICY_NUMBER_H
#define POLICY_NUMBER_H

#include <stdint.h>

struct unit {
    const char *name;
    uint64_t factor;
};

/* The maxima: of durations, in nanoseconds (146 years), and of all else. */
#define DURATION_MAX (UINT64_C(1) << 62)
#define AMOUNT_MAX   ((uint64_t)INT64_MAX)

/* What is wrong with a number. */
enum number_fault {
    NUMBER_FINE,
    NUMBER_NO_DIGITS, /* it does not start with a digit */
    NUMBER_NO_UNIT,   /* it needs one */
    NUMBER_BAD_UNIT,  /* what follows the digits is no unit of the table */
    NUMBER_TOO_LARGE,
};

/* Digits alone, up to `max`. Returns 0, or -1 with *number untouched. */
int number_parse(const char *text, uint64_t max, uint64_t *number);

/* Octal digits alone, up to `max`. Returns 0, or -1 with *mode untouched. */
int mode_parse(const char *text, unsigned max, unsigned *mode);

/* Digits and a unit of the table, which ends with a NULL name. A unit whose name is "" makes the
 * others optional. The result is at most the maximum of the table: what reckons with it may add to
 * it and hand it to the kernel as a signed number. *rest, where not NULL, receives what follows the
 * digits. */
enum number_fault number_with_unit(const char *text, const struct unit *units, uint64_t *number,
                                   const char **rest);

/* "2", "1.5", "150%" to thousandths, up to RATIO_MAX. At most three decimals, one of a percentage.
 * Returns 0, or -1 with *thousandths untouched. */
#define RATIO_MAX UINT64_C(1000000000)
int ratio_parse(const char *text, uint64_t *thousandths);

/* The largest unit of the table that divides a number, which is not 0. */
const struct unit *number_unit(uint64_t number, const struct unit *units);

extern const struct unit size_units[];
extern const struct unit duration_units[];

#endif
