/* SPDX-License-Identifier: MIT
 *
 * constants.c - constants.def as a table. The values are this machine's: the compiler has them from
 * the headers.
 */
#include "guards/seccomp/constants.h"
#include "policy/suggest.h"
#include <asm/ioctls.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* For a C library of 64 bits there is no such flag, and it says 0; other libraries and Go set the
 * kernel's. */
#undef O_LARGEFILE
#if defined(__x86_64__)
#define O_LARGEFILE 00100000
#elif defined(__aarch64__)
#define O_LARGEFILE 00400000
#endif

/* Texts in place: a table of pointers would cost each start of the program its relocation. */
static const struct {
    char set[9];
    char name[39];
    uint64_t value;
} constants[] = {
#define CONSTANT(set, name) {#set, #name, (uint64_t)(name)},
#include "guards/seccomp/constants.def"
#undef CONSTANT
};
enum { CONSTANTS = sizeof(constants) / sizeof(constants[0]), WORD_SIZE = 64 };

static bool in_sets(size_t index, struct slice sets)
{
    struct slice set;
    while (slice_next(&sets, ',', &set))
        if (slice_is(set, constants[index].set, strlen(constants[index].set)))
            return true;
    return false;
}

static int unknown_constant(struct slice sets, const char *word, const char *argument,
                            struct sbx_error *error)
{
    struct suggest suggest;
    const char *whole = NULL; /* of which the word is the end: "unix" of AF_UNIX */
    bool elsewhere = false;
    suggest_start(&suggest, word);
    for (size_t i = 0; i < CONSTANTS; i++) {
        const char *end = strchr(constants[i].name, '_');
        elsewhere |= strcmp(constants[i].name, word) == 0;
        if (end && strcasecmp(end + 1, word) == 0 && (!sets.length || in_sets(i, sets)))
            whole = constants[i].name;
        if (!sets.length || in_sets(i, sets))
            suggest_offer(&suggest, constants[i].name);
    }
    err_set(error, SBX_E_USAGE, 0, "explain",
            elsewhere ? "'%s' is no value of '%s'" : "'%s' is not known as a value of '%s'", word,
            argument);
    const char *meant = whole ? whole : suggest_best(&suggest);
    if (meant)
        return err_hint(error, "did you mean '%s'?", meant);
    return err_hint(error, "write a constant of the manual page, or a number: 10, 0x0a or 012");
}

/* Digits as C has them: decimal, 0x, 0; a '-' may stand in front. */
static int read_number(const char *word, uint64_t *value)
{
    const bool negative = *word == '-';
    const char *digits = word + negative;
    char *end;
    if (*digits < '0' || *digits > '9')
        return -1;
    errno = 0;
    unsigned long long number = strtoull(digits, &end, 0);
    if (errno != 0 || *end || (negative && number > (uint64_t)INT64_MAX + 1))
        return -1;
    *value = negative ? -(uint64_t)number : number;
    return 0;
}

static int read_constant(struct slice sets, const char *word, const char *argument, uint64_t *value,
                         struct sbx_error *error)
{
    for (size_t i = 0; i < CONSTANTS; i++)
        if ((!sets.length || in_sets(i, sets)) && strcmp(constants[i].name, word) == 0) {
            *value = constants[i].value;
            return 0;
        }
    if (read_number(word, value) == 0)
        return 0;
    if ((*word >= '0' && *word <= '9') || *word == '-') {
        err_set(error, SBX_E_USAGE, 0, "explain", "'%s' is no number of at most 64 bits", word);
        return err_hint(error, "write it as in C: 10, 0x0a or 012");
    }
    return unknown_constant(sets, word, argument, error);
}

int constants_parse(struct slice sets, const char *text, const char *name, uint64_t *value,
                    struct sbx_error *error)
{
    uint64_t whole = 0;
    const char *cursor = text;
    do {
        char word[WORD_SIZE];
        uint64_t one = 0;
        cursor += strspn(cursor, " \t");
        const size_t length = strcspn(cursor, "|");
        size_t used = length;
        while (used && (cursor[used - 1] == ' ' || cursor[used - 1] == '\t'))
            used--;
        if (!used || used >= sizeof(word)) {
            err_set(error, SBX_E_USAGE, 0, "explain", "'%s' is no value of '%s'", text, name);
            return err_hint(error, "write constants or numbers, joined by '|'");
        }
        memcpy(word, cursor, used);
        word[used] = '\0';
        if (read_constant(sets, word, name, &one, error) != 0)
            return -1;
        whole |= one;
        cursor += length;
    } while (*cursor++ == '|');
    *value = whole;
    return 0;
}

const char *constant_of_value(struct slice sets, uint64_t value)
{
    for (size_t i = 0; i < CONSTANTS; i++)
        if (constants[i].value == value && in_sets(i, sets))
            return constants[i].name;
    return NULL;
}

const char *constant_of_bit(struct slice sets, uint64_t bit)
{
    const char *exact = constant_of_value(sets, bit);
    for (size_t i = 0; i < CONSTANTS && !exact; i++)
        if ((constants[i].value & bit) && in_sets(i, sets))
            return constants[i].name;
    return exact;
}

const char *constant_within(struct slice sets, uint64_t bits, uint64_t *value)
{
    const char *name = NULL;
    int most = 0;
    for (size_t i = 0; i < CONSTANTS; i++) {
        const int count = __builtin_popcountll(constants[i].value);
        if ((constants[i].value & ~bits) != 0 || count <= most || !in_sets(i, sets))
            continue;
        name = constants[i].name;
        *value = constants[i].value;
        most = count;
    }
    return name;
}
