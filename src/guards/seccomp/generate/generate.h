/* SPDX-License-Identifier: MIT
 *
 * generate.h - turns syscalls/calls.tbl and groups.tbl into C, while building. What is wrong in
 * them ends the build, with the file and the line.
 */
#ifndef SECCOMP_GENERATE_H
#define SECCOMP_GENERATE_H

#include "guards/seccomp/table.h"
#include <stdint.h>
#include <stdio.h>

enum { NAME_SIZE = 40, ROWS_MAX = 1024, GROUPS_MAX = 64, WORDS_MAX = 256 };

/* A file while it is read line by line. */
struct source {
    const char *path;
    FILE *file;
    unsigned line;
    char text[512]; /* the line, without its end and without a comment */
};

/* Ends the program with what is wrong at a line. */
void wrong(const char *path, unsigned line, const char *format, ...)
    __attribute__((format(printf, 3, 4), noreturn));

void source_open(struct source *source, const char *path);

/* The next line that is neither blank nor a comment: 1, or 0 at the end. */
int source_next(struct source *source);

/* One system call. */
struct row {
    char name[NAME_SIZE];
    int numbers[ABIS];    /* -1: the ABI lacks it */
    uint8_t since[3];     /* 0: never implemented */
    char like[NAME_SIZE]; /* what others call the same call of i386; "" where there is none */
    int differs;          /* i386 takes its arguments elsewhere */
    unsigned line;
};

struct calls {
    struct row rows[ROWS_MAX];
    int count;
};

void calls_read(struct calls *calls, const char *path);
int calls_find(const struct calls *calls, const char *name);
void calls_write(const struct calls *calls, FILE *out);

enum { ABIS_ALL = (1 << ABIS) - 1 };

/* One word of a group: a call, or another group. */
struct word {
    char text[NAME_SIZE];
    unsigned abis; /* a bit for each ABI on which it counts */
    unsigned line;
};

struct section {
    char name[NAME_SIZE], alias[NAME_SIZE], help[160];
    struct word words[WORDS_MAX];
    int count;
    unsigned line;
};

struct groups {
    struct section sections[GROUPS_MAX];
    int count;
};

void groups_read(struct groups *groups, const struct calls *calls, const char *path);
void groups_write(const struct groups *groups, const struct calls *calls, FILE *out);

#endif
