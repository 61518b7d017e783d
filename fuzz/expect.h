/* SPDX-License-Identifier: MIT
 *
 * expect.h - what must hold whatever the input is. A fuzzer sees a broken promise as a crash.
 */
#ifndef FUZZ_EXPECT_H
#define FUZZ_EXPECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Ends the process, loudly, where `condition` does not hold; a format and its arguments follow. */
#define EXPECT(condition, ...)                                                                     \
    ((condition) ? (void)0 : expect_failed(__FILE__, __LINE__, #condition, __VA_ARGS__))

void expect_failed(const char *file, int line, const char *condition, const char *format, ...)
    __attribute__((noreturn, format(printf, 4, 5)));

/* The door of each target, as libFuzzer and replay.c call it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
