/* SPDX-License-Identifier: MIT
 *
 * arena.h - memory that is given back all at once. A policy and a plan each own one.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

struct arena_block;

/* Zero-initialise it; arena_free() makes it reusable. */
struct arena {
    struct arena_block *head;
};

/* `size` zeroed bytes, aligned for any type; NULL where memory has run out. */
void *arena_alloc(struct arena *arena, size_t size);

/* Room for `count` things of `size` bytes; NULL also where the product overflows. */
void *arena_array(struct arena *arena, size_t count, size_t size);

/* Copies of a string, of its first `length` bytes, and of a formatted text. NULL as above. */
char *arena_strdup(struct arena *arena, const char *text);
char *arena_strndup(struct arena *arena, const char *text, size_t length);
char *arena_printf(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Frees all that came from the arena. */
void arena_free(struct arena *arena);

#endif
